"""Runs all tests in two halves side by side: those of the packages, and the stories across them.

Both wait a lot for servers and time-outs, so two of them fit on two cores. The stories' output is shown at the end.
With a path among the arguments, pytest runs as it is.
"""

import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

PACKAGES = ("libs", "services", "tools")
STORIES = ("tests",)


def main(arguments: Sequence[str]) -> int:
    """Run pytest with these arguments; the exit code is that of the first half that failed."""
    # Where a caller ignores Ctrl-C, its children would too, and tests about it would wait for ever.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if any(Path(argument.split("::")[0]).exists() for argument in arguments):
        return subprocess.run(_pytest(arguments), check=False).returncode
    with tempfile.TemporaryFile() as told:
        stories = subprocess.Popen(_pytest([*STORIES, *arguments]), stdout=told, stderr=subprocess.STDOUT)
        try:
            packages = subprocess.run(_pytest([*PACKAGES, *arguments]), check=False)
            stories.wait()
        finally:
            if stories.poll() is None:
                stories.send_signal(signal.SIGINT)
                stories.wait()
        told.seek(0)
        sys.stdout.write(told.read().decode(errors="replace"))
    return packages.returncode or stories.returncode


def _pytest(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", *arguments]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
