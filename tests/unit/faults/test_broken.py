"""What a run without one of its guards says at its end."""

from kulant_cli.judge import Violation
from tests.faults.broken.played import exit_code
from tests.faults.broken.scenes import BREAKS


def test_only_the_violation_that_is_wanted_proves_anything():
    wanted, other = Violation("sequence", "a gap"), Violation("balances", "one cent")
    assert exit_code("sequence", [other, wanted]) == 1
    assert exit_code("sequence", [other]) == 2
    assert exit_code("sequence", []) == 0


def test_each_guard_is_missed_in_its_own_way():
    assert set(BREAKS) == {"sequence", "gate", "outbox", "park", "position", "fence"}
    assert len({one.found for one in BREAKS.values()}) == len(BREAKS)
