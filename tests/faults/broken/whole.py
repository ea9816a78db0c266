"""A service as it is: what all others here are compared with. Runs as `python -m tests.faults.broken.whole ROLE…`."""

import sys

from tests.faults.broken import run

if __name__ == "__main__":
    sys.exit(run())
