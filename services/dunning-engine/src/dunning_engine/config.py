"""What this service is told by its environment."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from kulant_chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of dunning-engine, beside those of every service."""

    model_config = SettingsConfigDict(env_prefix="KULANT_DUNNING_ENGINE_")

    policy_dir: Path | None = Field(
        default=None, description="Folder of policies, `*.yaml`, read once at start; absent: the standard one alone."
    )
