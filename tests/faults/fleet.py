"""The stack under harm: its processes and servers, and how each harm is done and mended."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from kulant_cli.stack import Stack
from kulant_devstack.errors import StackFailed
from tests.faults import harms
from tests.faults.harms import Harm

LAYOUT: Final = {
    "invoice-service": [("api", "relay", "timers"), ("consume",)],
    "dunning-engine": [("api", "relay", "timers"), ("consume",)],
    "notifier": [("api", "consume", "relay"), ("send",)],
    "feedback-service": [("api", "consume"), ("relay",)],
}
ENVIRONMENT: Final = {
    f"KULANT_{service}_{name}": value
    for service in ("INVOICE_SERVICE", "DUNNING_ENGINE", "NOTIFIER", "FEEDBACK_SERVICE")
    for name, value in {"SESSION_TIMEOUT_MS": "6000", "LEASE_SECONDS": "2", "TRACE_RATIO": "0"}.items()
}
SENDERS: Final = ("notifier.send",)
MORE_REPLICAS = 2


class Fleet:
    """Everything that can be harmed. Each harm ends with everything back as it was."""

    def __init__(self, folder: Path) -> None:
        self.stack = Stack(folder, layout=LAYOUT, environment=ENVIRONMENT, waits_for_disk=False)
        self.returned: list[str] = []
        """Processes that ended by themselves and were started again, as whoever runs them would."""
        self._on_purpose: set[str] = set()
        self._by_kind: Mapping[str, Callable[[Harm], Awaitable[None]]] = {
            harms.KILL: self._kill,
            harms.TERMINATE: self._terminate,
            harms.BROKER: self._servers,
            harms.DATABASE: self._servers,
            harms.BOTH: self._servers,
            harms.STALL: self._stall,
            harms.REPLICAS: self._replicas,
        }

    async def inflict(self, harm: Harm) -> None:
        """Do a harm, and come back when it is mended."""
        await self._by_kind[harm.kind](harm)

    async def watch(self) -> None:
        """Start again what has ended by itself, until cancelled."""
        while True:
            for name in self.stack.processes:
                if name not in self._on_purpose and not self.stack.servers.supervisor.is_running(name):
                    self.returned.append(name)
                    with suppress(StackFailed):
                        await asyncio.to_thread(self.stack.start_process, name)
            await asyncio.sleep(0.5)

    async def _kill(self, harm: Harm) -> None:
        self._on_purpose.add(harm.target)
        with suppress(StackFailed):  # it has just ended by itself
            await asyncio.to_thread(self.stack.kill_process, harm.target)
        await self._back(harm)

    async def _terminate(self, harm: Harm) -> None:
        self._on_purpose.add(harm.target)
        await asyncio.to_thread(self.stack.stop_process, harm.target)
        await self._back(harm)

    async def _back(self, harm: Harm) -> None:
        await asyncio.sleep(harm.lasts_seconds)
        await asyncio.to_thread(self.stack.start_process, harm.target)
        self._on_purpose.discard(harm.target)

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
        await asyncio.sleep(harm.lasts_seconds)
        self._on_purpose.update(names)
        killed, stopped = names
        await asyncio.to_thread(self.stack.kill_process, killed)
        await asyncio.to_thread(self.stack.stop_process, stopped)
