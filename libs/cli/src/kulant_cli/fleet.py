"""The four services as processes: which roles they have, what they are told, how one asks whether they are ready."""

import http.client
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kulant_cli.credentials import Credentials
from kulant_devstack.ports import LOOPBACK
from kulant_devstack.supervisor import Program

ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "invoice-service": ("api", "consume", "relay", "timers"),
    "dunning-engine": ("api", "consume", "relay", "timers"),
    "notifier": ("api", "consume", "relay", "send"),
    "feedback-service": ("api", "consume", "relay"),
}
"""Every service with all the roles that it can play."""

INBOUND: Final[Mapping[str, tuple[str, str]]] = {
    "feedback-service": ("reply+", "KULANT_FEEDBACK_SERVICE_SMTP_PORT"),
    "notifier": ("bounce+", "KULANT_NOTIFIER_INBOUND_PORT"),
}
"""Services that mails come back to: how the local part begins, and the variable that names their listener's port."""

INBOUND_DOMAIN = "in.kulant.test"
SERVICE_LAYER = 2
STOP_SECONDS = 25.0
_TRACED_SHARE = "0.1"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all services of a stack have in common."""

    kafka: str
    urls: Mapping[str, str]
    smtp_port: int
    inbound_ports: Mapping[str, int]
    traces_url: str | None
    credentials: Credentials

    def environment(self) -> dict[str, str]:
        """The variables that every service is started with."""
        ours = {
            "KULANT_KAFKA_BOOTSTRAP": self.kafka,
            "KULANT_TOKENS_FILE": str(self.credentials.tokens_file),
            "KULANT_SERVICE_TOKEN_FILE": str(self.credentials.service_token_file),
            "KULANT_PAGE_SECRET_FILE": str(self.credentials.page_secret_file),
            "KULANT_PAGE_BASE_URL": self.urls["feedback-service"],
            "KULANT_INVOICE_SERVICE_URL": self.urls["invoice-service"],
            "KULANT_DUNNING_ENGINE_URL": self.urls["dunning-engine"],
            "KULANT_FEEDBACK_SERVICE_URL": self.urls["feedback-service"],
            "KULANT_INBOUND_DOMAIN": INBOUND_DOMAIN,
            "KULANT_NOTIFIER_SMTP_HOST": LOOPBACK,
            "KULANT_NOTIFIER_SMTP_PORT": str(self.smtp_port),
            "PYTHONUNBUFFERED": "1",
        }
        if self.traces_url is not None:
            spans_url = self.traces_url.removesuffix("/zipkin") + "/api/v2/spans"
            ours |= {"OTEL_TRACES_EXPORTER": "zipkin", "OTEL_EXPORTER_ZIPKIN_ENDPOINT": spans_url}
        # A proxy of the surroundings is not for talk between processes of one machine.
        excepted = ",".join(filter(None, (os.environ.get("NO_PROXY"), LOOPBACK, "localhost")))
        return {**os.environ, **ours, "NO_PROXY": excepted, "no_proxy": excepted}


def package_of(service: str) -> str:
    """The Python package, and the database, of a service."""
    return service.replace("-", "_")


def prefix_of(service: str) -> str:
    """How the names of a service's own variables begin."""
    return f"KULANT_{package_of(service).upper()}_"


def service_environment(service: str, database_url: str, port: int) -> dict[str, str]:
    """The variables of one process of a service."""
    prefix = prefix_of(service)
    return {
        f"{prefix}DATABASE_URL": database_url,
        f"{prefix}HTTP_HOST": LOOPBACK,
        f"{prefix}HTTP_PORT": str(port),
        f"{prefix}TRACE_RATIO": _TRACED_SHARE,
    }


def service_program(name: str, service: str, words: tuple[str, ...], environment: Mapping[str, str]) -> Program:
    """The process of that name, playing these roles."""
    argv = (sys.executable, "-m", package_of(service), *words)
    return Program(name, argv, env=environment, layer=SERVICE_LAYER, stop_seconds=STOP_SECONDS)


def migrating_command() -> tuple[str, ...]:
    """Migrates all services' databases; it is told what each of the services is told."""
    return (sys.executable, "-m", "kulant_cli.migrating", *map(package_of, ROLES))


def is_ready(url: str) -> bool:
    """Whether the service at this address says that it is ready."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def has_started(log_file: Path, after: int) -> bool:
    """Whether a process without an API has written, beyond this many bytes, that it has started."""
    with log_file.open("rb") as log:
        log.seek(after)
        return b'"process.started"' in log.read()
