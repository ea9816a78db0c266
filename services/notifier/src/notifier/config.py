"""The settings of this service."""

from pathlib import Path
from typing import Final, Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from kulant_chassis.settings import ServiceSettings

_URL = r"^https?://[^/]+(/.*)?$"
_ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$"
SMTP_CONNECTIONS: Final = 16
"""Mails that one sender hands over at the same time, unless it is told otherwise."""


class Settings(ServiceSettings):
    """Read once at start from the environment."""

    model_config = SettingsConfigDict(env_prefix="KULANT_NOTIFIER_", frozen=True, extra="ignore")

    sender_address: str = Field(
        default="reminders@kulant.example",
        pattern=_ADDRESS,
        description="Address that all mails come from; the display name is the creditor's.",
    )
    smtp_host: str = Field(description="Mail server that takes mails for delivery.")
    smtp_port: int = Field(ge=1, le=65535, description="Its port: 587 with starttls, 465 with implicit TLS, as a rule.")
    smtp_tls: Literal["none", "starttls", "implicit"] = Field(
        default="none", description="How the connection is secured; `none` only for a server on the same machine."
    )
    smtp_user: str | None = Field(default=None, description="Login, where the server wants one.")
    smtp_password_file: Path | None = Field(default=None, description="File with the password of smtp_user.")
    smtp_connections: int = Field(
        default=SMTP_CONNECTIONS,
        ge=1,
        le=64,
        description="Mails that one sender process hands over at the same time, each over a connection of its own; they"
        " are marked and recorded together. Some servers take no more than 20 connections from one client.",
    )
    smtp_announce_seconds: float = Field(
        default=1.5, gt=0, lt=2, description="Time for connection, MAIL and RCPT; a clearance lives two seconds."
    )
    smtp_per_second: float | None = Field(
        default=None, gt=0, description="Mails that one sender process hands over in a second at most; unset: no limit."
    )
    smtp_per_second_and_tenant: float | None = Field(
        default=None, gt=0, description="The same for the mails of one tenant; unset: no limit."
    )
    inbound_domain: str | None = Field(
        default=None,
        validation_alias="KULANT_INBOUND_DOMAIN",
        pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        description="Domain of the addresses that replies and bounces come back to; unset: they go to the creditor's"
        " own address and to sender_address, and no bounce is noticed.",
    )
    inbound_host: str = Field(default="127.0.0.1", description="Address that the listener for bounces listens on.")
    inbound_port: int | None = Field(
        default=None, ge=0, le=65535, description="Its port, for SMTP or LMTP; 0 takes a free one; unset: no listener."
    )
    batch_reminders: int = Field(default=1000, ge=1, le=1000, description="Reminders of one question to the gate.")
    batch_tenants: int = Field(
        default=16, ge=1, le=100, description="Tenants served at the same time; below that many, each with two batches."
    )

    page_base_url: str = Field(
        validation_alias="KULANT_PAGE_BASE_URL", pattern=_URL, description="Public address of the customers' pages."
    )
    page_secret_file: Path = Field(
        validation_alias="KULANT_PAGE_SECRET_FILE",
        description="Secret that signs the links of pages; feedback-service has the same.",
    )
    service_token_file: Path = Field(
        validation_alias="KULANT_SERVICE_TOKEN_FILE",
        description="Token for the owners' `POST /v1/clearances`: role `clearance`, all tenants.",
    )
    invoice_service_url: str = Field(
        validation_alias="KULANT_INVOICE_SERVICE_URL", pattern=_URL, description="Where invoice-service answers."
    )
    dunning_engine_url: str = Field(
        validation_alias="KULANT_DUNNING_ENGINE_URL", pattern=_URL, description="Where dunning-engine answers."
    )
    feedback_service_url: str = Field(
        validation_alias="KULANT_FEEDBACK_SERVICE_URL", pattern=_URL, description="Where feedback-service answers."
    )
