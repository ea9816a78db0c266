"""`kulant up`, `status`, `doctor` and a `run` that stays, as typed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

START_SECONDS = 240


def test_up_leaves_a_stack_and_after_its_death_a_run_starts_anew_stays_and_leaves_no_process(terminal):
    code, printed, told = terminal.type("up", "--json", "--no-traces")
    assert code == 0, told
    assert "stack: kafka" in told
    (line,) = printed.splitlines()
    places = json.loads(line)
    assert set(places) == {"kafka", "services", "mailbox_dir", "mailbox_url", "traces_url", "token_file"}
    assert set(places["services"]) == {"invoice-service", "dunning-engine", "notifier", "feedback-service"}
    assert places["traces_url"] is None
    urls = (*places["services"].values(), places["mailbox_url"])
    assert not any(url.endswith("/") for url in urls)

    assert json.loads(terminal.type("up", "--json")[1]) == places
    code, printed, _ = terminal.type("status", "--json")
    assert (code, json.loads(printed)["running"]) == (0, True)

    for started in terminal.processes:
        os.kill(started.pid, signal.SIGKILL)
    assert terminal.type("status")[0] == 1

    running = terminal.start("run", "--no-traces", "--customers", "2", "--weeks", "1")
    told = _read_until_it_stays(running)
    assert terminal.processes, told
    running.send_signal(signal.SIGINT)
    code, _, rest = terminal.end(running)
    assert code == 0, told + rest
    assert terminal.processes == []


def _read_until_it_stays(running):
    """What a run prints until it waits for Ctrl-C; one that takes too long is ended, which ends its output."""
    timer = threading.Timer(START_SECONDS, running.terminate)
    timer.start()
    told = ""
    for line in running.stdout:
        told += line
        if "until you press Ctrl-C" in line:
            break
    timer.cancel()
    return told


def test_a_start_that_is_interrupted_leaves_no_process(terminal):
    starting = terminal.start("up")
    give_up_at = time.monotonic() + START_SECONDS
    while not any(started.name == "postgres" for started in terminal.processes):
        assert starting.poll() is None
        assert time.monotonic() < give_up_at, "no server was started"
        time.sleep(0.02)
    starting.send_signal(signal.SIGINT)
    assert terminal.end(starting)[0] == 130
    assert terminal.processes == []


def test_doctor_says_what_it_looked_at_and_what_is_missing(terminal):
    assert len(json.loads(terminal.type("doctor", "--json")[1])["findings"]) == 10
    environment = {**os.environ, "KULANT_STATE": str(terminal.state), "KULANT_JAVA": "/nowhere/java"}
    words = [sys.executable, "-m", "kulant_cli", "doctor"]
    ill = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert ill.returncode == 1
    assert "MISSING  KULANT_JAVA is /nowhere/java" in ill.stdout
