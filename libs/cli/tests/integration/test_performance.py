"""`kulant run` and `kulant replay` on the whole system: what they print, what they find, what they leave."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from kulant_cli.receivables import COLUMNS
from kulant_devstack.supervisor import Supervisor

FIELDS = {
    "ok", "violations", "facts", "reminders", "deliveries", "responses",
    "withdrawn", "suppressed", "unknown", "parked", "seconds",
}  # fmt: skip
SMALL = ("run", "--once", "--json", "--customers", "16", "--weeks", "2", "--seed", "3")
HISTORY = (
    "1001-ABCDE,406,500001,2012-02-20,2012-03-21,97.6,USD,no,2012-04-10,yes",
    "1001-ABCDE,406,500002,2012-02-22,2012-03-23,71.33,USD,yes,2012-03-20,yes",
    "1002-FGHIJ,770,500003,2012-03-24,2012-04-23,120,USD,no,2012-04-20,no",
    "1003-KLMNO,770,500004,2012-02-24,2012-03-25,18.07,USD,no,2012-03-29,no",
)


def _environment(state):
    return {**os.environ, "KULANT_STATE": str(state)}


def _start(state, *words):
    return subprocess.Popen(
        [sys.executable, "-m", "kulant_cli", *words],
        env=_environment(state),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _result(process):
    out, told = process.communicate(timeout=300)
    (line,) = out.splitlines()
    return process.returncode, json.loads(line), told


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    state = tmp_path_factory.mktemp("performance") / "state"
    up = _start(state, "up")
    assert up.wait(timeout=300) == 0, up.communicate()
    up.communicate()
    yield state
    _start(state, "down").communicate()
    subprocess.run([sys.executable, "-m", "kulant_devstack.clean"], env=_environment(state), check=True)


def test_a_run_keeps_all_promises_and_says_so_in_one_line(state):
    code, result, told = _result(_start(state, *SMALL))
    assert (code, result["ok"], result["violations"]) == (0, True, []), told
    assert set(result) == FIELDS
    assert result["facts"] >= 60
    assert result["deliveries"]["email"]["sent"] >= 6
    assert sum(result["responses"].values()) >= 3
    assert result["parked"] == 0
    assert "All promises kept" in told
    assert Supervisor(state).running(), "a stack that was up before stays up"


def test_a_second_mail_is_found(state):
    mailbox = state / "mailbox"
    before = set(mailbox.glob("*.eml"))
    running = _start(state, *SMALL)
    while not (new := set(mailbox.glob("*.eml")) - before):
        assert running.poll() is None
        time.sleep(0.05)
    shutil.copy(min(new), mailbox / "planted.eml")
    code, result, _ = _result(running)
    (mailbox / "planted.eml").unlink()
    assert (code, result["ok"]) == (1, False)
    assert [violation.partition(":")[0] for violation in result["violations"]] == ["one_mail_per_delivery"]


def test_a_history_is_replayed_to_the_cent(state, tmp_path):
    file = tmp_path / "history.csv"
    file.write_text("\n".join((",".join(COLUMNS), *HISTORY)) + "\n")
    days = ("--from", "2012-03-19", "--until", "2012-04-02")
    code, result, told = _result(_start(state, "replay", str(file), *days, "--json"))
    assert (code, result["ok"]) == (0, True), told
    assert set(result) == FIELDS
    assert result["deliveries"] == {"email": {"sent": 1}}
    assert "ignored: 1 " in told


def test_a_run_stays_until_it_is_told_to_go_and_leaves_no_process(tmp_path):
    state = tmp_path / "state"
    running = _start(state, "run", "--customers", "4", "--weeks", "1")
    assert running.stdout is not None
    for line in running.stdout:
        if "Ctrl-C" in line:
            break
    assert Supervisor(state).running()
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=120)
    assert running.returncode == 0
    assert Supervisor(state).running() == []
    subprocess.run([sys.executable, "-m", "kulant_devstack.clean"], env=_environment(state), check=True)
