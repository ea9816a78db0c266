"""The whole system on one machine: servers, mailbox, trace viewer and the four services, each its own process."""

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from kulant_cli.credentials import ensure_credentials
from kulant_cli.fleet import (
    INBOUND,
    INBOUND_DOMAIN,
    ROLES,
    Surroundings,
    has_started,
    is_ready,
    migrating_command,
    package_of,
    prefix_of,
    service_environment,
    service_program,
)
from kulant_cli.stack_info import StackInfo, forget_info, load_info
from kulant_contracts import topics
from kulant_devstack.errors import StackBusy, StackFailed
from kulant_devstack.java import find_java
from kulant_devstack.places import cache_folder, state_folder
from kulant_devstack.ports import LOOPBACK, free_ports, is_listening, kept_ports
from kulant_devstack.servers import Servers
from kulant_devstack.supervisor import Program
from kulant_devstack.topics import create_topics, run_apart
from kulant_devstack.typed import typed
from kulant_devstack.zipkin import NAME as ZIPKIN
from kulant_devstack.zipkin import zipkin_program

log = logging.getLogger(__name__)

READY_SECONDS = 180
TOOL_LAYER = 1
Layout = Mapping[str, Sequence[Sequence[str]]]


class Stack:
    """One stack in one state folder.

    `attached`: everything ends with this process, even if it is killed. `layout` splits a service into several
    processes by roles, such as `{"feedback-service": [("api", "consume"), ("relay",)]}`; services that it does not
    name play all their roles in one. `environment` is told to every service, over everything else.
    `waits_for_disk`, `told_ports`: see the embedded servers. `traces`: with a trace viewer (200 MB of memory).
    """

    def __init__(
        self,
        state: Path | None = None,
        *,
        attached: bool = True,
        layout: Layout | None = None,
        environment: Mapping[str, str] | None = None,
        waits_for_disk: bool = True,
        traces: bool = False,
        told_ports: Sequence[int] = (),
    ) -> None:
        self.servers = Servers(
            state or state_folder(), attached=attached, waits_for_disk=waits_for_disk, told_ports=told_ports
        )
        self._layout = {service: (roles,) for service, roles in ROLES.items()} | dict(layout or {})
        self._environment = dict(environment or {})
        self._told: dict[str, dict[str, str]] = {}
        self._traces = traces
        self._programs: dict[str, Program] = {}
        self._tools: list[tuple[str, int]] = []
        self._surroundings: Surroundings | None = None
        self._info: StackInfo | None = None

    @property
    def info(self) -> StackInfo:
        """Where everything is; only after `start`."""
        if self._info is None:
            raise StackFailed("The stack was not started.")
        return self._info

    def already_running(self) -> StackInfo | None:
        """Where the stack of this folder is, if its broker lives and its services are ready, whoever started it."""
        info = load_info(self.servers.state)
        if info is None or not is_listening(int(info.kafka.rpartition(":")[2])):  # services wait for it, and are ready
            return None
        return info if all(map(is_ready, info.services.values())) else None

    def start(self, *, services: bool = True) -> StackInfo:
        """Start everything and come back when it is ready; raises StackFailed and leaves nothing running.

        Without services: servers, topics, tools and migrated databases, for `start_process` later.
        """
        if self.already_running() is not None:
            raise StackBusy(f"A stack runs already in {self.servers.state}. {typed('down')} stops it.")
        self.servers.start()
        try:
            self._start_tools()
            self._prepare()
            self._await_tools()
            if services:
                self.start_process(*self._programs)
            self.info.save(self.servers.state)
        except BaseException:
            self.stop()
            raise
        return self.info

    def join(self, info: StackInfo) -> None:
        """Deal with a stack that runs already as with one that was started here."""
        self._info = info
        self._surroundings = self._surroundings_of(info)
        for started in self.servers.supervisor.running():
            service, *roles = started.name.split(".")
            if service in ROLES and len(roles) < 2:
                self._lay_out(started.name, service, tuple(roles[0].split("+")) if roles else ROLES[service])

    def stop(self) -> None:
        """Stop everything, services first."""
        forget_info(self.servers.state)
        self.servers.stop()

    def leave_running(self) -> None:
        """Give the state folder back while the stack goes on; `kulant down` stops it."""
        self.servers.release()

    @property
    def processes(self) -> tuple[str, ...]:
        """The names of the service processes: the service's, plus its roles where the layout splits it."""
        return tuple(self._programs)

    def start_process(self, *names: str) -> None:
        """Start service processes by name and come back when they are ready."""
        supervisor = self.servers.supervisor
        offsets = {name: _size(supervisor.log_file(name)) for name in names}
        for name in names:
            supervisor.start(self._program(name))
        for name in names:
            self._await_ready(name, offsets[name])

    def stop_process(self, *names: str) -> None:
        """Stop service processes in order."""
        self.servers.supervisor.stop(*names)

    def kill_process(self, name: str) -> None:
        """End a service process as a power cut would."""
        self._program(name)
        self.servers.supervisor.kill(name)

    def signal_process(self, name: str, number: int) -> None:
        """Send any other signal to a service process, such as SIGSTOP and SIGCONT."""
        self._program(name)
        self.servers.supervisor.send(name, number)

    def replace_service(
        self, service: str, module: str | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        """Run another module as this service, told something besides; without a module, the service itself again."""
        for name in self._programs:
            if name.partition(".")[0] == service:
                self.replace_process(name, module, environment)

    def replace_process(
        self, name: str, module: str | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        """The same with one process of a service, where the layout splits it."""
        program = self._program(name)
        python, flag, package, *words = program.argv
        self.stop_process(name)
        offset = _size(self.servers.supervisor.log_file(name))
        told = {**(program.env or {}), **(environment or {})}
        argv = (python, flag, module or package, *words)
        self.servers.supervisor.start(replace(program, argv=argv, env=told))
        self._await_ready(name, offset)

    def tell(self, service: str, environment: Mapping[str, str]) -> None:
        """Tell this to all processes of a service that start from now on, over everything else."""
        self._told[service] = {**self._told.get(service, {}), **environment}
        for name, program in self._programs.items():
            if name.partition(".")[0] == service:
                self._programs[name] = replace(program, env={**(program.env or {}), **environment})

    def add_replica(self, service: str, roles: Sequence[str]) -> str:
        """Start one more process of a service with these roles; returns its name for the other methods."""
        name = next(
            made for number in range(2, 100) if (made := f"{service}.{'+'.join(roles)}.{number}") not in self._programs
        )
        self._add_program(name, service, tuple(roles), free_ports(1)[0])
        self.start_process(name)
        return name

    def drop_process(self, name: str) -> None:
        """Stop a process that `add_replica` started, if it still runs, and forget it: nothing starts it again."""
        self._program(name)
        self.stop_process(name)
        del self._programs[name]

    def url_of(self, name: str) -> str | None:
        """The address of a process that plays the role `api`."""
        program = self._program(name)
        service = name.partition(".")[0]
        port = (program.env or {}).get(f"{prefix_of(service)}HTTP_PORT")
        return f"http://{LOOPBACK}:{port}" if "api" in program.argv else None

    def _start_tools(self) -> None:
        """Begin to start mailbox and trace viewer, and decide where everything else will be."""
        state = self.servers.state
        # Kept from start to start: a link in yesterday's mail still opens its page.
        ports = kept_ports(state / "ports.json", 3 + len(ROLES) + len(INBOUND))
        smtp, mailbox, traces, *service_ports = ports[: 3 + len(ROLES)]
        inbound = dict(zip(INBOUND, ports[3 + len(ROLES) :], strict=True))
        info = StackInfo(
            kafka=self.servers.kafka.address,
            services={name: _url(port) for name, port in zip(ROLES, service_ports, strict=True)},
            mailbox_dir=str(state / "mailbox"),
            mailbox_url=_url(mailbox),
            smtp_address=f"{LOOPBACK}:{smtp}",
            traces_url=f"{_url(traces)}/zipkin" if self._traces else None,
            token_file=str(ensure_credentials(state / "secrets").operator_token_file),
            inbound_ports=inbound,
            database_urls=self._provide_databases(),
            line=self.servers.line,
        )
        self._info = info
        self._surroundings = self._surroundings_of(info)
        self._start_mailbox(smtp, mailbox, inbound)
        self._tools = [("mailbox", smtp), ("mailbox", mailbox)]
        if self._traces:
            self.servers.supervisor.start(zipkin_program(cache_folder(), find_java(), traces, layer=TOOL_LAYER))
            self._tools.append((ZIPKIN, traces))

    def _await_tools(self) -> None:
        for name, port in self._tools:
            self._await(name, partial(is_listening, port))

    def _surroundings_of(self, info: StackInfo) -> Surroundings:
        smtp = int(info.smtp_address.rpartition(":")[2])
        credentials = ensure_credentials(self.servers.state / "secrets")
        return Surroundings(info.kafka, info.services, smtp, info.inbound_ports, info.traces_url, credentials)

    def _start_mailbox(self, smtp: int, page: int, inbound: Mapping[str, int]) -> None:
        words = ["--folder", self.info.mailbox_dir, "--smtp-port", str(smtp), "--http-port", str(page)]
        words += ["--inbound-domain", INBOUND_DOMAIN]
        for service, port in inbound.items():
            words += ["--forward", f"{INBOUND[service][0]}={port}"]
        self._start_tool("mailbox", *words)

    def _start_tool(self, name: str, *arguments: str) -> None:
        argv = (sys.executable, "-m", f"kulant_devstack.{name}", *arguments)
        self.servers.supervisor.start(Program(name, argv, layer=TOOL_LAYER, stop_seconds=5))

    def _provide_databases(self) -> dict[str, str]:
        return {service: self.servers.postgres.databases.provide(package_of(service)) for service in ROLES}

    def _prepare(self) -> None:
        """Create topics, migrate databases, and lay out the service processes."""
        run_apart(create_topics(self.info.kafka, topics.TO_CREATE, map(topics.dead_letter, ROLES)))
        for service, groups in self._layout.items():
            for roles in groups:
                whole = set(roles) == set(ROLES[service])
                self._lay_out(service if whole else f"{service}.{'+'.join(roles)}", service, tuple(roles))
        self._migrate()

    def _lay_out(self, name: str, service: str, roles: tuple[str, ...]) -> None:
        port = int(self.info.services[service].rpartition(":")[2]) if "api" in roles else 0
        self._add_program(name, service, roles, port)

    def _add_program(self, name: str, service: str, roles: tuple[str, ...], port: int) -> None:
        self._programs[name] = service_program(name, service, roles, self._environment_of(service, port))

    def _environment_of(self, service: str, port: int) -> dict[str, str]:
        assert self._surroundings is not None
        own = service_environment(service, self.info.database_urls[service], port)
        if service in INBOUND:
            # As with HTTP: one process of a machine has the kept port, its replicas take free ones.
            is_first = self.info.services[service] == _url(port)
            own[INBOUND[service][1]] = str(self._surroundings.inbound_ports[service] if is_first else 0)
        return {**self._surroundings.environment(), **own, **self._environment, **self._told.get(service, {})}

    def _migrate(self) -> None:
        environment = {name: value for service in ROLES for name, value in self._environment_of(service, 0).items()}
        done = subprocess.run(migrating_command(), env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            if "Can't locate revision" in done.stderr:
                raise StackFailed(
                    f"The databases in {self.servers.state} are those of another version of Kulant, with migrations"
                    " that this one does not know. `make clean` removes them, or set KULANT_STATE to another folder."
                )
            raise StackFailed(f"The databases could not be migrated: {done.stdout}{done.stderr}")

    def _program(self, name: str) -> Program:
        if name not in self._programs:
            raise StackFailed(f"There is no process {name}; there are {', '.join(self._programs)}.")
        return self._programs[name]

    def _await_ready(self, name: str, log_offset: int) -> None:
        url = self.url_of(name)
        if url is not None:
            self._await(name, lambda: is_ready(url))
        else:
            log_file = self.servers.supervisor.log_file(name)
            self._await(name, lambda: has_started(log_file, log_offset))

    def _await(self, name: str, is_done: Callable[[], bool]) -> None:
        supervisor = self.servers.supervisor
        deadline = time.monotonic() + READY_SECONDS
        while not is_done():
            if not supervisor.is_running(name):
                raise StackFailed(f"{name} ended while it started. {supervisor.last_words(name)}")
            if time.monotonic() > deadline:
                raise StackFailed(f"{name} was not ready in {READY_SECONDS} seconds. {supervisor.last_words(name)}")
            time.sleep(0.05)


def _url(port: int) -> str:
    return f"http://{LOOPBACK}:{port}"


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
