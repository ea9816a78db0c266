"""What this service is told by its environment."""

from pydantic_settings import SettingsConfigDict

from kulant_chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of dunning-engine; all are those of every service."""

    model_config = SettingsConfigDict(env_prefix="KULANT_DUNNING_ENGINE_")
