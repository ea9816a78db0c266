"""The settings of this service."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from kulant_chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read once at start from the environment."""

    model_config = SettingsConfigDict(env_prefix="KULANT_FEEDBACK_SERVICE_", frozen=True, extra="ignore")

    page_secret_file: Path = Field(
        validation_alias="KULANT_PAGE_SECRET_FILE",
        description="Secret that signs the links of pages; the notifier has the same.",
    )
    page_base_url: str | None = Field(
        default=None,
        validation_alias="KULANT_PAGE_BASE_URL",
        pattern=r"^https?://[^/]+(/.*)?$",
        description="Public address of the pages, if it differs from the Host that requests carry.",
    )
    smtp_port: int | None = Field(
        default=None,
        ge=0,
        le=65_535,
        description="Where replies by e-mail come in (SMTP or LMTP, on http_host); absent: nobody listens.",
    )
    inbound_domain: str | None = Field(
        default=None,
        validation_alias="KULANT_INBOUND_DOMAIN",
        pattern=r"^[A-Za-z0-9.-]{1,253}$",
        description="Domain of the addresses that replies go to; the notifier has the same.",
    )
