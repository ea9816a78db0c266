"""One process plays any set of roles; it starts them in order and stops them in reverse within its bound."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence

import structlog
import uvicorn
from fastapi import APIRouter

from kulant_chassis.auth import Tokens
from kulant_chassis.backlog import Backlog
from kulant_chassis.clock import WallClock
from kulant_chassis.consumer import Consumer
from kulant_chassis.database import Database
from kulant_chassis.dead_letter_routes import dead_letters_router
from kulant_chassis.failures import is_transient
from kulant_chassis.http import create_app
from kulant_chassis.logs import start_logging
from kulant_chassis.outbox import Relay
from kulant_chassis.pacing import pause
from kulant_chassis.quiescence import LogEnds, Quiescence, quiescence_router
from kulant_chassis.restored import OwnTopics, knows_what_it_told
from kulant_chassis.service import Component, Runtime, Service
from kulant_chassis.settings import SettingsMissing
from kulant_chassis.telemetry import start_telemetry
from kulant_chassis.timers import Timers

_log = structlog.get_logger(__name__)

ROLES = ("api", "consume", "relay", "timers", "send")
STOP_SECONDS = 30.0
WATCH_SECONDS = 1.0
GARBAGE_THRESHOLD = 50_000
"""A batch of 500 facts makes some hundred thousand objects, nearly all of which die without the collector."""


class _Server(uvicorn.Server):
    """A uvicorn server that leaves signals to the process around it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Api:
    """The HTTP side of a service."""

    name = "api"

    def __init__(self, server: _Server, listener: socket.socket) -> None:
        self._server = server
        self._listener = listener
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to answer; a question is not lost from here on."""
        self._task = asyncio.create_task(self._server.serve([self._listener]), name=self.name)

    async def stop(self) -> None:
        """Finish the requests in hand and end."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task

    def is_alive(self) -> bool:
        """Is the server still running?"""
        return self._task is None or not self._task.done()


def main(make_service: Callable[[], Service], arguments: Sequence[str]) -> int:
    """Run `python -m <package> ROLE…` or `migrate`; returns the exit code.

    What the environment lacks, for the service or for one of its parts, is said in words.
    """
    gc.enable()  # off while modules were imported
    try:
        return _run(make_service(), arguments)
    except SettingsMissing as missing:
        sys.stderr.write(f"{missing}\n")
        return 2


def _run(service: Service, arguments: Sequence[str]) -> int:
    start_logging(service.name, service.settings.log_level)
    if list(arguments) == ["migrate"]:
        from kulant_chassis.migrations import upgrade  # noqa: PLC0415 - no service that serves waits for alembic

        upgrade(service.package, service.settings.database_url)
        return 0
    unknown = sorted(set(arguments) - set(ROLES))
    if unknown or not arguments:
        sys.stderr.write(f"Say what to do: migrate, or one or more of {' '.join(ROLES)}.\n")
        return 2
    return 0 if asyncio.run(_play(service, frozenset(arguments))) else 1


async def _play(service: Service, roles: frozenset[str]) -> bool:
    settings = service.settings
    provider = start_telemetry(service.name, ratio=settings.trace_ratio, environ=os.environ)
    topics = [settings.topic_prefix + topic for topic in service.reads.topics]
    clock = WallClock()
    database = Database(
        settings.database_url,
        source=service.source,
        clock=clock,
        topic_prefix=settings.topic_prefix,
        pool_size=settings.database_pool_size,
    )
    log_ends = LogEnds(settings.kafka_bootstrap, topics)
    runtime = Runtime(database, clock, settings.kafka_bootstrap, settings.topic_prefix, log_ends)
    components = _workers(service, roles, runtime, topics)
    stopping = asyncio.Event()
    components.append(_api(service, roles, runtime, topics, list(components), stopping))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    started: list[Component] = []
    own = OwnTopics(settings.kafka_bootstrap, service.writes, source=service.source, topic_prefix=settings.topic_prefix)
    try:
        if not await knows_what_it_told(database, own, stopping):
            return stopping.is_set()
        for component in components:
            await component.start()
            started.append(component)
        _spare_collector()
        _log.info("started", action="process.started", roles=sorted(roles))
        is_healthy = await _watch(started, stopping)
    finally:
        await _end(started, runtime)
        if provider is not None:
            await asyncio.to_thread(provider.shutdown)
        _log.info("stopped", action="process.stopped", roles=sorted(roles))
    return is_healthy


def _spare_collector() -> None:
    """What was made at start stays for good: the garbage collector need not look through it after each batch."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)


async def _watch(components: Sequence[Component], stopping: asyncio.Event) -> bool:
    """Wait for the word to stop; False where a part died, for only a new process helps then."""
    suspects: set[str] = set()
    while not stopping.is_set():
        silent = {component.name for component in components if not component.is_alive()}
        if silent & suspects:  # twice in a row: a process that was stopped for a while is let catch its breath
            _log.critical("a part of the process is dead", action="process.dead", roles=sorted(silent))
            return False
        suspects = silent
        await pause(stopping, WATCH_SECONDS)
    return True


async def _end(started: Sequence[Component], runtime: Runtime) -> None:
    """Stop what was started, the last one first, and leave the servers; thirty seconds at most."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(STOP_SECONDS):
            for component in reversed(started):
                await _stop(component)
            await runtime.log_ends.close()
            await runtime.database.close()


async def _stop(component: Component) -> None:
    try:
        await component.stop()
    except Exception as error:
        _log.exception("a part did not end well", action="process.stop_failed", role=component.name, exc_info=error)


def _workers(service: Service, roles: frozenset[str], runtime: Runtime, topics: list[str]) -> list[Component]:
    settings = service.settings
    workers: list[Component] = []
    if "relay" in roles:
        workers.append(Relay(runtime.database, settings.kafka_bootstrap, lease_seconds=settings.lease_seconds))
    if "send" in roles and service.senders is not None:
        workers.extend(service.senders(runtime))
    if "timers" in roles and service.look is not None:
        workers.append(Timers(runtime.database, service.look, woken=service.woken))
    if "timers" in roles and service.watches is not None:
        workers.extend(service.watches(runtime))
    if "api" in roles and service.doors is not None:
        workers.extend(service.doors(runtime))
    if "consume" in roles:
        workers.append(
            Consumer(
                service.name,
                runtime.database,
                service.reads,
                bootstrap=settings.kafka_bootstrap,
                topic_prefix=settings.topic_prefix,
                batch_records=settings.batch_records,
                session_timeout_ms=settings.session_timeout_ms,
                parking_limit=settings.parking_limit,
            )
        )
        workers.append(Backlog(runtime.database, runtime.log_ends, topics))
    return workers


def operations(service: Service, runtime: Runtime, quiescence: Quiescence) -> list[APIRouter]:
    """What every service answers about itself to those who run it."""
    return [quiescence_router(quiescence), dead_letters_router(runtime.database, service.reads)]


def _api(
    service: Service,
    roles: frozenset[str],
    runtime: Runtime,
    topics: list[str],
    workers: list[Component],
    stopping: asyncio.Event,
) -> Api:
    """The service's API, or in a process without that role health and metrics alone."""
    consumers = [worker for worker in workers if isinstance(worker, Consumer)]
    quiescence = Quiescence(
        runtime.database,
        runtime.clock,
        runtime.log_ends,
        topics=topics,
        running_batches=lambda: sum(consumer.running for consumer in consumers),
        has_timers=service.look is not None,
        in_flight=service.in_flight,
        woken=service.woken,
    )

    async def is_ready() -> bool:
        is_stuck = any(consumer.stopped_because for consumer in consumers)
        if stopping.is_set() or is_stuck or not all(worker.is_alive() for worker in workers):
            return False
        try:
            async with asyncio.timeout(5):
                await runtime.database.ping()
        except Exception as error:
            if not is_transient(error):
                raise
            return False
        return True

    app = create_app(
        service.name,
        [*operations(service, runtime, quiescence), *service.routers(runtime)] if "api" in roles else [],
        tokens=Tokens.read(service.settings.tokens_file),
        is_live=lambda: all(worker.is_alive() for worker in workers),
        is_ready=is_ready,
    )
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((service.settings.http_host, service.settings.http_port))
    host, port = listener.getsockname()[:2]
    _log.info("listening", action="api.listening", address=f"{host}:{port}")
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=10)
    return Api(_Server(config), listener)
