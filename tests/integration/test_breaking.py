"""The faults harness, for a minute: the system is broken a few times under load and keeps its promises."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 600
KILLS = 5


def test_the_system_is_broken_under_load_and_keeps_its_promises():
    words = ("--kills", str(KILLS), "--seed", "7")
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert set(result) == {"ok", "violations", "kills", "facts", "mails", "unknown", "max_lag_s", "seed"}
    assert (result["ok"], result["seed"], sum(result["kills"].values())) == (True, 7, KILLS)
