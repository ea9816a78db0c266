"""What a stack knows of its processes, without starting any."""

import pytest

from kulant_cli.fleet import ROLES
from kulant_cli.stack import Stack
from kulant_cli.stack_info import StackInfo
from kulant_devstack.errors import StackFailed


class Remembers:
    """Stands in for the supervisor: nothing runs, and what was to be started and stopped is remembered."""

    def __init__(self):
        self.started, self.stopped = [], []

    def running(self):
        return []

    def start(self, program):
        self.started.append(program.name)

    def stop(self, *names):
        self.stopped += names

    def log_file(self, _name):
        return self.log


@pytest.fixture
def stack(tmp_path, monkeypatch):
    stack = Stack(tmp_path)
    stack.servers.supervisor = Remembers()
    stack.servers.supervisor.log = tmp_path / "log"
    monkeypatch.setattr(Stack, "_await_ready", lambda *_: None)
    urls = {service: f"http://127.0.0.1:{port}" for port, service in enumerate(ROLES, start=1)}
    inbound = {"feedback-service": 5, "notifier": 6}
    stack.join(StackInfo("", urls, "", "", "127.0.0.1:7", inbound, None, "", dict.fromkeys(ROLES, ""), ""))
    return stack


def test_a_replica_that_was_dropped_is_stopped_and_started_by_nobody_again(stack):
    first, second = (stack.add_replica("notifier", ["send"]) for _ in range(2))
    stack.drop_process(first)
    stack.replace_service("notifier")

    supervisor = stack.servers.supervisor
    assert stack.processes == (second,)
    assert supervisor.started == [first, second, second]
    assert first in supervisor.stopped
    with pytest.raises(StackFailed, match="no process"):
        stack.start_process(first)
