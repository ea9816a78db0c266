"""What lies between the services and what they need: a proxy on every way, and a mail server at the end of one."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit, urlunsplit

from kulant_cli.fleet import ROLES, prefix_of
from kulant_cli.stack import Stack
from kulant_devstack.deferral import Deferrals
from kulant_devstack.mailbox import MailFolder
from kulant_devstack.ports import LOOPBACK
from tests.faults.mailserver import BadMailServer
from tests.faults.proxy import Proxy

OWNERS: Final = ("invoice-service", "dunning-engine", "feedback-service")
TO_MAIL: Final = "notifier to smtp"
LINKS: Final = (
    *(f"{service} to broker" for service in ROLES),
    *(f"{service} to database" for service in ROLES),
    TO_MAIL,
    *(f"notifier to {owner}" for owner in OWNERS),
)
SLOW_SECONDS = 0.1
LATE_SECONDS = 4.0


class Between:
    """All ways of a stack whose servers run and whose services do not yet; `told_ports` are those of its broker."""

    def __init__(self, stack: Stack, told_ports: Mapping[str, int]) -> None:
        self._stack = stack
        self._told_ports = dict(told_ports)
        self.links: dict[str, Proxy] = {}
        folder = Path(stack.info.mailbox_dir)
        self.mail = BadMailServer(late_seconds=LATE_SECONDS, folder=MailFolder(folder), deferrals=Deferrals(folder))

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as leaving:
            await leaving.enter_async_context(self.mail)
            for name, proxy in self._proxies().items():
                self.links[name] = await leaving.enter_async_context(proxy)
            self._leaving = leaving.pop_all()
        for service in ROLES:
            self._stack.tell(service, self._environment(service))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._leaving.aclose()

    def _proxies(self) -> dict[str, Proxy]:
        info, doors = self._stack.info, self._stack.servers.kafka.doors
        found = {TO_MAIL: Proxy(LOOPBACK, self.mail.port, slow_seconds=SLOW_SECONDS)}
        for door, told in doors.items():
            service = next(name for name, port in self._told_ports.items() if port == told)
            found[f"{service} to broker"] = Proxy(LOOPBACK, door, port=told, slow_seconds=SLOW_SECONDS)
        for service, url in info.database_urls.items():
            found[f"{service} to database"] = Proxy(LOOPBACK, _port(url), slow_seconds=SLOW_SECONDS)
        for owner in OWNERS:
            found[f"notifier to {owner}"] = Proxy(LOOPBACK, _port(info.services[owner]), slow_seconds=SLOW_SECONDS)
        return found

    def _environment(self, service: str) -> dict[str, str]:
        url = self._stack.info.database_urls[service]
        told = {
            "KULANT_KAFKA_BOOTSTRAP": f"{LOOPBACK}:{self.links[f'{service} to broker'].port}",
            f"{prefix_of(service)}DATABASE_URL": _with_port(url, self.links[f"{service} to database"].port),
        }
        if service == "notifier":
            told["KULANT_NOTIFIER_SMTP_PORT"] = str(self.links[TO_MAIL].port)
            for owner in OWNERS:
                port = self.links[f"notifier to {owner}"].port
                told[f"{prefix_of(owner)}URL"] = f"http://{LOOPBACK}:{port}"
        return told


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


def _with_port(url: str, port: int) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{port}"))
