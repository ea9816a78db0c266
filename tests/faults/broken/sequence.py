"""Without the check of sequences: every fact counts as new, and none is ever missed."""

import sys

from kulant_chassis.keyrow import Had
from tests.faults.broken import run


def _take_anything(self: Had, sequence: int, baseline: int = 0) -> bool:
    self.upto = max(self.upto, sequence, baseline)
    return True


def switch_off() -> None:
    """From now on this process drops no repetition and sees no gap."""
    Had.take = _take_anything  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(run(switch_off))
