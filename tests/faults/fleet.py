"""The stack under harm: its processes, servers and ways, and how each harm is done and mended."""

import asyncio
import secrets
import signal
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final

from kulant_cli.dead_letters import Desk
from kulant_cli.fleet import ROLES, STOP_SECONDS, package_of
from kulant_cli.stack import Stack
from kulant_devstack.errors import StackFailed
from kulant_devstack.ports import is_free
from tests.faults import bad_release, harms
from tests.faults.between import LINKS, TO_MAIL, Between
from tests.faults.harms import Harm, Targets
from tests.faults.restoring import Restored, restore

SENDERS: Final = ("notifier.send",)
MORE_REPLICAS = 2
LOOK_SECONDS = 0.5
_PROXY_PORTS = range(11_000, 15_000)  # below those that a stack takes for itself


class Fleet:
    """Everything that can be harmed. Each harm ends with everything back as it was."""

    def __init__(self, stack: Stack, tenant: str, told_ports: Mapping[str, int]) -> None:
        self.stack = stack
        self._tenant = tenant
        self._told_ports = told_ports
        self._between: Between | None = None
        self._usual: tuple[str, ...] = ()
        self.restored: list[Restored] = []
        self.stubborn: list[str] = []
        """Processes that were asked to end and had to be killed."""
        self.returned: list[str] = []
        """Processes that ended by themselves and were started again, as whoever runs them would."""
        self._watched: list[str] = []
        self._on_purpose: Counter[str] = Counter()
        """By how many harms each process is down now."""
        self._starting: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._by_kind: Mapping[str, Callable[[Harm], Awaitable[None]]] = {
            harms.KILL: self._kill,
            harms.TERMINATE: self._terminate,
            harms.BROKER: self._servers,
            harms.DATABASE: self._servers,
            harms.BOTH: self._servers,
            harms.STALL: self._stall,
            harms.REPLICAS: self._replicas,
            harms.RELEASE: self._release,
            harms.RESTORE: self._restore,
            **dict.fromkeys(harms.MAIL_SERVER, self._mail_server),
            **dict.fromkeys(harms.WAY, self._way),
        }

    @property
    def targets(self) -> Targets:
        """All that can be harmed."""
        return Targets(self.stack.processes, SENDERS, tuple(ROLES), LINKS, TO_MAIL)

    @property
    def between(self) -> Between:
        """The ways between the services and what they need; only once the services run."""
        assert self._between is not None
        return self._between

    @asynccontextmanager
    async def services(self) -> AsyncIterator[None]:
        """The services run, behind their proxies; the servers have to run already."""
        async with Between(self.stack, self._told_ports) as self._between:
            self._usual = self.stack.processes
            await asyncio.to_thread(self.stack.start_process, *self._usual)
            self._watched = list(self._usual)
            watching = asyncio.create_task(self._watch())
            try:
                yield
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
                await asyncio.gather(*map(self._stop, self.stack.processes))

    async def inflict(self, harm: Harm) -> None:
        """Do a harm, and come back when it is mended."""
        await self._by_kind[harm.kind](harm)

    async def _watch(self) -> None:
        """Start again what has ended by itself, until cancelled."""
        while True:
            is_running = self.stack.servers.supervisor.is_running
            # All at one moment: while one of them starts, a harm may begin to stop another one.
            ended = [name for name in self._watched if not self._on_purpose[name] and not is_running(name)]
            self.returned += ended
            for name in ended:
                with suppress(StackFailed):
                    await self._start(name)
            await asyncio.sleep(LOOK_SECONDS)

    async def _start(self, name: str) -> None:
        """Start a process that whoever saw it dead before may be starting already."""
        async with self._starting[name]:
            if not self.stack.servers.supervisor.is_running(name):
                await asyncio.to_thread(self.stack.start_process, name)

    async def _stop(self, name: str) -> None:
        """Ask a process to end, and note whether it did."""

        def stop() -> float:
            began_at = time.monotonic()
            self.stack.stop_process(name)
            return time.monotonic() - began_at

        if await asyncio.to_thread(stop) >= STOP_SECONDS:
            self.stubborn.append(name)

    async def _kill(self, harm: Harm) -> None:
        self._on_purpose[harm.target] += 1
        with suppress(StackFailed):  # it has just ended by itself
            await asyncio.to_thread(self.stack.kill_process, harm.target)
        await self._back(harm)

    async def _terminate(self, harm: Harm) -> None:
        self._on_purpose[harm.target] += 1
        await self._stop(harm.target)
        await self._back(harm)

    async def _back(self, harm: Harm) -> None:
        """Mend it. Where that is cut short, the process stays down on purpose."""
        await asyncio.sleep(harm.lasts_seconds)
        await self._start(harm.target)
        self._on_purpose[harm.target] -= 1

    async def _servers(self, harm: Harm) -> None:
        servers = self.stack.servers
        victims = {
            harms.BROKER: (servers.kafka,),
            harms.DATABASE: (servers.postgres,),
            harms.BOTH: (servers.kafka, servers.postgres),
        }[harm.kind]
        await asyncio.gather(*(asyncio.to_thread(victim.kill) for victim in victims))
        await asyncio.sleep(harm.lasts_seconds)
        await asyncio.gather(*(asyncio.to_thread(victim.start) for victim in victims))

    async def _stall(self, harm: Harm) -> None:
        self.stack.signal_process(harm.target, signal.SIGSTOP)
        try:
            await asyncio.sleep(harm.lasts_seconds)
        finally:
            self.stack.signal_process(harm.target, signal.SIGCONT)

    async def _replicas(self, harm: Harm) -> None:
        """One to three and back: of the two that came one is killed, the other one stopped in order."""
        service, *roles = harm.target.split(".")
        own = roles[0].split("+")
        names = [await asyncio.to_thread(self.stack.add_replica, service, own) for _ in range(MORE_REPLICAS)]
        self._watched += names
        await asyncio.sleep(harm.lasts_seconds)
        self._watched = [name for name in self._watched if name not in names]
        killed, stopped = names
        with suppress(StackFailed):  # it has just ended by itself
            await asyncio.to_thread(self.stack.kill_process, killed)
        await self._stop(stopped)
        for name in names:
            await asyncio.to_thread(self.stack.drop_process, name)

    async def _release(self, harm: Harm) -> None:
        """A release that fails on everything, rolled back; an operator replays what it has parked."""
        service, own = harm.target, self._of(harm.target)
        self._on_purpose.update(own)
        with suppress(StackFailed):  # it may end before it is ready
            told = {bad_release.VARIABLE: package_of(service)}
            await asyncio.to_thread(self.stack.replace_service, service, bad_release.__name__, told)
        await asyncio.sleep(harm.lasts_seconds)
        await asyncio.to_thread(self.stack.replace_service, service)
        self._on_purpose.subtract(own)
        info = self.stack.info
        desk = Desk(info.services[service], info.token().strip(), self._tenant)
        for letter in await asyncio.to_thread(lambda: list(desk.all("open"))):
            await asyncio.to_thread(desk.replay, letter["place"], None)

    async def _restore(self, harm: Harm) -> None:
        own = self._of(harm.target)
        self._on_purpose.update(own)
        self.restored.append(await restore(self.stack, harm.target, own, harm.lasts_seconds))
        self._on_purpose.subtract(own)

    def _of(self, service: str) -> list[str]:
        """The processes of a service that usually run."""
        return [name for name in self._usual if name.partition(".")[0] == service]

    async def _mail_server(self, harm: Harm) -> None:
        self.between.mail.mode = harm.kind
        try:
            await asyncio.sleep(harm.lasts_seconds)
        finally:
            self.between.mail.mode = "well"

    async def _way(self, harm: Harm) -> None:
        self.between.links[harm.target].mode = harm.kind
        try:
            await asyncio.sleep(harm.lasts_seconds)
        finally:
            self.between.links[harm.target].mode = "open"


def told_ports() -> dict[str, int]:
    """For each service the port at which it will find the broker."""
    found: set[int] = set()
    while len(found) < len(ROLES):
        port = secrets.choice(_PROXY_PORTS)
        if is_free(port):
            found.add(port)
    return dict(zip(ROLES, sorted(found), strict=True))
