"""A reminder may leave as long as it stands as it was requested."""

import pytest

from dunning_engine.domain.clearance import Standing, reason_to_stop


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        pytest.param(Standing(), "reminder_unknown", id="never heard of"),
        pytest.param(Standing(is_known=True, is_complete=True), None, id="it stands"),
        pytest.param(Standing(is_known=True, is_complete=True, is_withdrawn=True), "withdrawn", id="taken back"),
        pytest.param(Standing(is_known=True, is_complete=True, has_ended=True), "ended", id="ended"),
        pytest.param(Standing(is_known=True), "fact_missing", id="something is missing"),
    ],
)
def test_a_reminder_is_stopped_unless_it_stands(standing, reason):
    assert reason_to_stop(standing) == reason
