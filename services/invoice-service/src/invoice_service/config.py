"""The settings of this service."""

from pydantic_settings import SettingsConfigDict

from kulant_chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read once at start from the environment; nothing beyond what every service is told."""

    model_config = SettingsConfigDict(env_prefix="KULANT_INVOICE_SERVICE_", frozen=True, extra="ignore")
