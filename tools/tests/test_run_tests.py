"""Whatever has tests is in a lane."""

from pathlib import Path

import pytest

from tools.run_tests import LANES, UNIT_LANES

ROOT = Path(__file__).parents[2]
FOLDERS = ("libs/*/tests", "services/*/tests", "tests", "tools/**/tests")
TESTS = [file for folder in FOLDERS for file in ROOT.glob(f"{folder}/**/test_*.py")]
IGNORE = "--ignore="


@pytest.mark.parametrize("lanes", [LANES, UNIT_LANES], ids=["all", "unit"])
def test_every_file_of_tests_is_in_exactly_one_lane(lanes: tuple[tuple[str, ...], ...]) -> None:
    assert all((ROOT / word.removeprefix(IGNORE)).exists() for lane in lanes for word in lane)
    assert TESTS
    for file in TESTS:
        assert sum(_runs(lane, file) for lane in lanes) == 1, file


def _runs(lane: tuple[str, ...], file: Path) -> bool:
    around = (file, *file.parents)
    left_out = any(ROOT / word.removeprefix(IGNORE) in around for word in lane if word.startswith(IGNORE))
    return not left_out and any(ROOT / word in around for word in lane)
