"""`kulant up`, `status` and `down`, as typed."""

import json
import os
import signal
import subprocess
import sys

import pytest

from kulant_devstack.supervisor import Supervisor


@pytest.fixture
def kulant(tmp_path):
    environment = {**os.environ, "KULANT_STATE": str(tmp_path / "state")}

    def call(*words):
        return subprocess.run(
            [sys.executable, "-m", "kulant_cli", *words], env=environment, capture_output=True, text=True, check=False
        )

    yield call
    call("down")
    subprocess.run([sys.executable, "-m", "kulant_devstack.clean"], env=environment, check=True)


def test_up_leaves_a_stack_that_status_sees_and_down_stops(kulant, tmp_path):
    up = kulant("up", "--json")
    assert up.returncode == 0, up.stderr
    assert "stack: kafka" in up.stderr
    (line,) = up.stdout.splitlines()
    told = json.loads(line)
    assert set(told) == {"kafka", "services", "mailbox_dir", "mailbox_url", "traces_url", "token_file"}
    assert set(told["services"]) == {"invoice-service", "dunning-engine", "notifier", "feedback-service"}
    assert not any(url.endswith("/") for url in (*told["services"].values(), told["mailbox_url"], told["traces_url"]))

    assert json.loads(kulant("up", "--json").stdout) == told

    status = kulant("status", "--json")
    assert status.returncode == 0
    assert json.loads(status.stdout)["running"] is True

    for started in Supervisor(tmp_path / "state").running():
        os.kill(started.pid, signal.SIGKILL)
    assert kulant("status").returncode == 1
    again = kulant("up", "--json")
    assert again.returncode == 0, again.stderr

    down = kulant("down")
    assert down.returncode == 0
    assert "invoice-service" in down.stdout
    assert Supervisor(tmp_path / "state").running() == []
    assert kulant("status").returncode == 1
    assert kulant("down").stdout == "Nothing was running.\n"


def test_a_start_that_is_interrupted_leaves_no_process(kulant, tmp_path):
    environment = {**os.environ, "KULANT_STATE": str(tmp_path / "state")}
    starting = subprocess.Popen([sys.executable, "-m", "kulant_cli", "up"], env=environment, stderr=subprocess.PIPE)
    supervisor = Supervisor(tmp_path / "state")
    while not supervisor.is_running("postgres"):
        assert starting.poll() is None
    starting.send_signal(signal.SIGINT)
    starting.communicate(timeout=120)
    assert starting.returncode == 130
    assert supervisor.running() == []


def test_doctor_says_what_it_looked_at_and_what_is_missing(kulant):
    well = json.loads(kulant("doctor", "--json").stdout)
    assert len(well["findings"]) == 10
    environment = {**os.environ, "KULANT_JAVA": "/nowhere/java"}
    words = [sys.executable, "-m", "kulant_cli", "doctor"]
    ill = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert ill.returncode == 1
    assert "MISSING  KULANT_JAVA is /nowhere/java" in ill.stdout
