"""What every service is told from outside, by environment only, checked at start in words."""

import os
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsMissing(Exception):
    """The environment lacks something or holds something unusable; the message says what, in words."""


class ServiceSettings(BaseSettings):
    """Settings of any service; a service adds its own and sets its prefix, such as `KULANT_NOTIFIER_`.

    Secrets are files, named by settings that end in `_file`, or the passwords inside a database URL.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: str = Field(pattern=r"^postgresql://", description="This service's own PostgreSQL database.")
    kafka_bootstrap: str = Field(
        validation_alias="KULANT_KAFKA_BOOTSTRAP", description="Kafka brokers, `host:port`, comma-separated."
    )
    topic_prefix: str = Field(
        default="", validation_alias="KULANT_TOPIC_PREFIX", description="Put before every topic and group name."
    )
    tokens_file: Path = Field(
        validation_alias="KULANT_TOKENS_FILE",
        description="JSON list of API tokens: `sha256` (hex), `tenants` (slugs or `*`), `roles`, `name`?.",
    )
    http_host: str = Field(default="127.0.0.1", description="Address that the API listens on.")
    http_port: int = Field(default=0, ge=0, le=65535, description="Port of the API; 0 takes a free one.")
    database_pool_size: int = Field(default=10, ge=2, le=100, description="Connections to PostgreSQL at most.")
    batch_records: int = Field(default=500, ge=1, le=5000, description="Records of one batch at most.")
    session_timeout_ms: int = Field(
        default=10_000,
        ge=6_000,  # below the brokers' default group.min.session.timeout.ms nobody is let into a group
        description="Kafka takes partitions away from a consumer silent for so long.",
    )
    parking_limit: int = Field(
        default=50, ge=1, description="More facts parked than this, among 20 times as many, stop the consumer."
    )
    lease_seconds: float = Field(
        default=5.0, gt=0, description="A silent relay's or sender's work is taken over after."
    )
    trace_ratio: float = Field(default=0.01, ge=0, le=1, description="Share of untraced causes that begin a trace.")
    log_level: str = Field(default="INFO", validation_alias="KULANT_LOG_LEVEL", description="Least level logged.")

    @classmethod
    def load(cls) -> Self:
        """Read the environment.

        Raises SettingsMissing with one plain sentence for each thing that is absent or wrong.
        """
        try:
            return cls()
        except ValidationError as error:
            prefix = cls.model_config.get("env_prefix", "")
            problems = [
                _in_words(str(problem["loc"][0]) if problem["loc"] else "", prefix, problem["type"], problem["msg"])
                for problem in error.errors(include_input=False, include_url=False)
            ]
            raise SettingsMissing("\n".join(problems)) from None


def _in_words(name: str, prefix: str, kind: str, message: str) -> str:
    variable = name if name.isupper() else f"{prefix}{name.upper()}"
    if kind == "missing":
        return f"Set the environment variable {variable}: it is missing."
    return f"The environment variable {variable} cannot be used: {message}."


def read_secret(path: Path) -> bytes:
    """The content of a secret's file without the line break at its end.

    Raises SettingsMissing where the file cannot be read or is empty.
    """
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise SettingsMissing(f"The secret's file {path} cannot be read: {os.strerror(error.errno or 0)}.") from error
    if not secret:
        raise SettingsMissing(f"The secret's file {path} is empty.")
    return secret
