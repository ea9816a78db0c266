"""Runs the tests in lanes side by side, each a pytest of its own: all of them, or only those that need no server.

Lanes that start servers wait a lot, for them and for time-outs, so four fit on two cores: most services; the page and
what is done to the system; chassis and stories; what starts servers of its own, with some that need none. Unit tests
only compute: two lanes. The lanes of a set last about as long as one another. What the first says is shown as it comes,
that of the others at the end. With a path among the arguments, pytest runs as it is.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path


def _stories(*names: str) -> tuple[str, ...]:
    return tuple(f"tests/integration/test_{name}.py" for name in names)


HARM = _stories("faults", "gate", "broken_guards")
OWN_SERVERS = _stories("breaking", "hostile_input", "counted_work")  # they need none of the running system
LANES: tuple[tuple[str, ...], ...] = (
    ("services/invoice-service", "services/dunning-engine", "services/notifier/tests/integration"),
    ("services/feedback-service", *HARM),
    ("libs/chassis", "tests", *(f"--ignore={path}" for path in (*HARM, *OWN_SERVERS))),
    ("libs/cli", "libs/contracts", "libs/devstack", "services/notifier/tests/unit", "tools", *OWN_SERVERS),
)
UNIT_LANES: tuple[tuple[str, ...], ...] = (
    ("services/dunning-engine", "services/notifier", "libs/chassis", "libs/devstack", "tools"),
    ("services/feedback-service", "services/invoice-service", "libs/cli", "libs/contracts", "tests"),
)
ONLY_UNIT = "--unit"
FEWER_LIVES = "50"  # of a customer, for whoever waits between two changes
WITHOUT_SERVERS = "--ignore-glob=*/integration"


def main(arguments: Sequence[str]) -> int:
    """Run pytest with these arguments; the exit code is that of the first lane that failed."""
    lanes = LANES
    if ONLY_UNIT in arguments:
        lanes = UNIT_LANES
        os.environ.setdefault("KULANT_LIVES", FEWER_LIVES)
        arguments = [WITHOUT_SERVERS, *(argument for argument in arguments if argument != ONLY_UNIT)]
    # Where a caller ignores Ctrl-C, its children would too, and tests about it would wait for ever.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if any(Path(argument.split("::")[0]).exists() for argument in arguments):
        return subprocess.run(_pytest(arguments), check=False).returncode
    first, *others = lanes
    with contextlib.ExitStack() as leaving:
        running = []
        for lane in others:
            told = leaving.enter_context(tempfile.TemporaryFile())
            command = _pytest([*lane, *arguments])
            running.append((subprocess.Popen(command, stdout=told, stderr=subprocess.STDOUT), told))
        try:
            codes = [subprocess.run(_pytest([*first, *arguments]), check=False).returncode]
            codes += [process.wait() for process, _ in running]
        finally:
            for process, _ in running:
                if process.poll() is None:
                    process.send_signal(signal.SIGINT)
                    process.wait()
        for _, told in running:
            told.seek(0)
            sys.stdout.write(told.read().decode(errors="replace"))
    return next((code for code in codes if code), 0)


def _pytest(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", *arguments]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
