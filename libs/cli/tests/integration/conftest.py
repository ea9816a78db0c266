"""The command as typed, in a state folder of its own, and one whole stack for all tests that break nothing for good.

Whatever a test has started is stopped at its end, by its process number, however the test ended.
"""

import os
import signal
import subprocess
import sys

import pytest

from kulant_cli.fleet import ROLES, prefix_of
from kulant_cli.stack import Stack
from kulant_devstack.servers import remove_state
from kulant_devstack.supervisor import Supervisor

PATIENCE_SECONDS = 240
# The broker waits so long for a consumer that was killed before another may have its partitions.
SHORT_SESSIONS = {f"{prefix_of(service)}SESSION_TIMEOUT_MS": "6000" for service in ROLES}


class Terminal:
    """Types commands in one state folder."""

    def __init__(self, state):
        self.state = state
        self._started = []

    def start(self, *words):
        """Type a command and go on; its whole output is read by `end`."""
        command = subprocess.Popen(
            [sys.executable, "-m", "kulant_cli", *words],
            env={**os.environ, **SHORT_SESSIONS, "KULANT_STATE": str(self.state)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._started.append(command)
        return command

    def end(self, command):
        """Wait for a command; its exit code, what it printed, what it told besides."""
        printed, told = command.communicate(timeout=PATIENCE_SECONDS)
        return command.returncode, printed, told

    def type(self, *words):
        """Type a command and wait for it."""
        return self.end(self.start(*words))

    @property
    def processes(self):
        """The stack's processes that live."""
        return Supervisor(self.state).running()

    def close(self):
        """End what still runs: the commands, which stop their stack, and whatever they leave."""
        for command in self._started:
            if command.poll() is None:
                command.send_signal(signal.SIGTERM)
                try:
                    command.communicate(timeout=60)
                except subprocess.TimeoutExpired:
                    command.kill()
                    command.communicate()
        Supervisor(self.state).stop_all()


@pytest.fixture
def terminal(tmp_path):
    """A terminal whose stack ends with the test."""
    terminal = Terminal(tmp_path / "state")
    yield terminal
    terminal.close()
    remove_state(terminal.state)


@pytest.fixture(scope="package")
def running(tmp_path_factory):
    """A stack with one service split by roles; tests leave it as whole as they found it."""
    state = tmp_path_factory.mktemp("stack") / "state"
    layout = {"feedback-service": [("api", "consume"), ("relay",)]}
    stack = Stack(state, layout=layout, environment=SHORT_SESSIONS)
    stack.start()
    yield stack
    stack.stop()
    assert Supervisor(state).running() == []
    stack.servers.remove()


@pytest.fixture
def beside(running):
    """A terminal in the folder of the running stack."""
    terminal = Terminal(running.servers.state)
    yield terminal
    for command in terminal._started:
        if command.poll() is None:
            command.kill()
            command.communicate()
