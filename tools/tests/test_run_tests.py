"""Whatever has tests is in a lane."""

from pathlib import Path

import pytest

from tools.run_tests import LANES, UNIT_LANES

ROOT = Path(__file__).parents[2]
WITH_TESTS = {path.parent for path in ROOT.glob("*/*/tests")} | {ROOT / "tests", ROOT / "tools"}


@pytest.mark.parametrize("lanes", [LANES, UNIT_LANES], ids=["all", "unit"])
def test_every_folder_with_tests_is_in_exactly_one_lane(lanes: tuple[tuple[str, ...], ...]) -> None:
    told = [ROOT / word for lane in lanes for word in lane if not word.startswith("--")]

    assert all(path.exists() for path in told)
    assert len(set(told)) == len(told)
    for folder in WITH_TESTS:
        assert sum(path in (folder, *folder.parents) for path in told) == 1, folder


def test_what_a_lane_leaves_out_another_one_runs() -> None:
    told = {word for lane in LANES for word in lane}

    for word in told:
        assert not word.startswith("--ignore=") or word.removeprefix("--ignore=") in told
