"""Starting, colliding, dying and recovering on real servers."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kulant_devstack.database_home import prepare_database_folder
from kulant_devstack.errors import StackBusy
from kulant_devstack.identity import birth_of
from kulant_devstack.ports import is_listening
from kulant_devstack.servers import Servers, remove_state
from kulant_devstack.supervisor import Supervisor

STARTER = """if True:
    import sys, time
    from pathlib import Path
    from kulant_devstack.servers import Servers
    servers = Servers(Path(sys.argv[1]), attached=True)
    servers.start()
    print("started", servers.kafka.address, servers.postgres.address, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def starter(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", STARTER, str(tmp_path / "state")], stdout=subprocess.PIPE)
    assert child.stdout is not None
    words = child.stdout.readline().decode().split()
    yield child, [int(word.rpartition(":")[2]) for word in words[1:]]
    child.kill()
    child.wait()
    child.stdout.close()


@pytest.fixture
def state(tmp_path):
    """A state folder whose servers are stopped and whose database is removed, whatever the test did."""
    yield tmp_path / "state"
    servers = Servers(tmp_path / "state", attached=False)
    servers.stop()
    servers.remove()


def _wait_until(is_true, seconds=40):
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_second_start_on_the_same_state_is_refused_in_words(state, starter):
    with pytest.raises(StackBusy, match=r"Another Kulant uses .*running a stack, process \d+"):
        Servers(state).start()


def test_servers_end_with_a_starter_that_was_killed(state, starter):
    child, ports = starter
    assert all(map(is_listening, ports))
    child.kill()
    child.wait()
    _wait_until(lambda: Supervisor(state).known() == [])
    assert not any(map(is_listening, ports))


def test_what_a_kill_of_everything_left_is_recovered(state, starter):
    child, _ = starter
    _kill_family(child.pid)
    child.wait()
    again = Servers(state)
    again.start()
    assert again.postgres.run_sql("SELECT 1;") == "1"
    assert is_listening(int(again.kafka.address.rpartition(":")[2]))
    again.stop()


def test_servers_that_outlived_their_starter_and_its_warden_are_stopped_by_the_next_start(state, starter):
    child, ports = starter
    left = [started.pid for started in Supervisor(state).running()]
    _kill_family(child.pid, spared=left)
    child.wait()
    assert all(map(is_listening, ports))
    again = Servers(state)
    again.start()
    assert all(birth_of(pid) is None for pid in left)
    again.stop()
    assert Supervisor(state).running() == []


def test_data_are_kept_over_a_restart(state):
    first = Servers(state)
    first.start()
    url = first.postgres.databases.provide("keeper")
    first.postgres.run_sql("CREATE TABLE kept AS SELECT 1 AS one;", database="keeper")
    first.stop()
    second = Servers(state)
    second.start()
    assert second.postgres.run_sql("SELECT one FROM kept;", database="keeper") == "1"
    assert second.postgres.databases.provide("keeper").split("@")[0] == url.split("@")[0]
    second.stop()


def test_no_password_is_on_a_command_line_or_readable_by_others(stack):
    secret = stack.postgres.databases.provide("keeper").split(":")[2].split("@")[0]
    lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert secret not in lines
    open_files = [path for path in stack.state.rglob("*password*") if path.stat().st_mode & 0o077]
    assert open_files == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has the database outside of the state")
def test_roots_database_lies_where_its_server_can_reach_it_and_nobody_else_can_change_it(stack):
    home = Path(stack.postgres.run_sql("SHOW data_directory;")).parent
    assert not home.is_relative_to(stack.state)
    assert stack.state.stat().st_mode & 0o077 == 0
    for folder in (home.parent, home):
        found = folder.stat()
        assert found.st_uid == 0
        assert not found.st_mode & 0o022


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has the database outside of the state")
def test_roots_database_is_swept_away_when_its_state_is_gone(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    folder = prepare_database_folder(gone)
    gone.rmdir()
    kept = tmp_path / "kept"
    kept.mkdir()
    other = prepare_database_folder(kept)
    assert not folder.exists()
    assert other.exists()
    remove_state(kept)


def _kill_family(root: int, spared: list[int] | tuple[int, ...] = ()) -> None:
    parents = {}
    listing = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
    for line in listing.splitlines()[1:]:
        pid, parent = line.split()
        parents.setdefault(int(parent), []).append(int(pid))
    family, found = [root], [root]
    while found:
        found = [child for pid in found for child in parents.get(pid, ()) if child not in spared]
        family.extend(found)
    for pid in family:
        with contextlib.suppress(ProcessLookupError):  # a worker of PostgreSQL ends by itself when its work is done
            os.kill(pid, signal.SIGKILL)
