"""Starting, finding again and ending processes; only ever our own."""

import json
import os
import signal
import subprocess
import sys

import pytest

from kulant_devstack.errors import StackFailed
from kulant_devstack.identity import birth_of, works_in
from kulant_devstack.supervisor import Program, Supervisor

WAITING = (sys.executable, "-c", "import signal; signal.pause()")
DEAF = (
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()",
)


@pytest.fixture
def supervisor(tmp_path):
    made = Supervisor(tmp_path)
    yield made
    made.stop_all()


def test_a_process_is_found_again_by_whoever_opens_the_folder_later(supervisor, tmp_path):
    started = supervisor.start(Program("waiting", WAITING))
    later = Supervisor(tmp_path)
    assert later.find("waiting") == started
    assert later.stop_all() == ["waiting"]
    assert not supervisor.is_running("waiting")
    assert later.known() == []


def test_a_name_is_given_to_one_process_at_a_time(supervisor):
    supervisor.start(Program("waiting", WAITING))
    with pytest.raises(StackFailed, match="runs already"):
        supervisor.start(Program("waiting", WAITING))


def test_a_process_that_took_over_a_number_is_left_alone(supervisor, tmp_path):
    stranger = subprocess.Popen(WAITING)
    record = {"name": "ours", "pid": stranger.pid, "birth": "an older one", "layer": 0}
    file = tmp_path / "run" / "ours.json"
    file.write_text(json.dumps({**record, "stop_signal": 15, "stop_seconds": 1}))
    assert not supervisor.is_running("ours")
    assert supervisor.stop_all() == []
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_stubborn_process_is_killed_when_its_time_is_over(supervisor):
    supervisor.start(Program("deaf", DEAF, stop_seconds=0.1))
    while "deaf" not in supervisor.log_file("deaf").read_text():
        os.sched_yield()
    supervisor.stop("deaf")
    assert not supervisor.is_running("deaf")


def test_a_stopped_process_is_continued_so_that_it_can_end(supervisor):
    supervisor.start(Program("waiting", WAITING))
    supervisor.send("waiting", signal.SIGSTOP)
    supervisor.stop("waiting")
    assert not supervisor.is_running("waiting")


def test_higher_layers_are_stopped_before_lower_ones(supervisor, tmp_path):
    script = """if True:
        import signal, sys, time
        signal.signal(signal.SIGTERM, lambda *_: (print(time.monotonic_ns(), flush=True), sys.exit()))
        print("up", flush=True)
        signal.pause()
    """
    for name, layer in (("server", 0), ("service", 2)):
        supervisor.start(Program(name, (sys.executable, "-c", script), layer=layer))
    for name in ("server", "service"):
        while "up" not in supervisor.log_file(name).read_text():
            os.sched_yield()
    supervisor.stop_all()
    ended = {name: int(supervisor.log_file(name).read_text().split()[-1]) for name in ("server", "service")}
    assert ended["service"] < ended["server"]


def test_what_cannot_be_executed_is_said(supervisor):
    with pytest.raises(StackFailed, match="cannot be started"):
        supervisor.start(Program("nothing", ("/nowhere/program",)))


def test_the_end_of_the_output_is_at_hand_for_messages(supervisor):
    supervisor.start(Program("talker", (sys.executable, "-c", "print('last words')")))
    while supervisor.is_running("talker"):
        os.sched_yield()
    assert "last words" in supervisor.last_words("talker")


def test_a_process_has_one_birth_and_a_dead_one_none(tmp_path):
    child = subprocess.Popen(WAITING, cwd=tmp_path)
    assert birth_of(child.pid) == birth_of(child.pid) != birth_of(os.getpid())
    assert works_in(child.pid, tmp_path)
    child.kill()
    child.wait()
    assert birth_of(child.pid) is None
    assert not works_in(child.pid, tmp_path)
