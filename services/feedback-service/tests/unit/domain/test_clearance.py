import pytest

from feedback_service.domain.clearance import Clearance, Question, Standing, clear


@pytest.mark.parametrize(
    ("seen", "recorded", "standing", "reason"),
    [
        pytest.param(0, 0, Standing.CLEAR, None, id="nobody ever answered"),
        pytest.param(3, 3, Standing.CLEAR, None, id="all answers were known"),
        pytest.param(2, 3, Standing.STALE, "response_recorded", id="an answer came after"),
        pytest.param(0, 1, Standing.STALE, "response_recorded", id="the decision knew of none"),
        pytest.param(4, 3, Standing.STALE, "seen_not_recorded", id="more was seen than is recorded"),
    ],
)
def test_a_reminder_is_clear_only_if_its_decision_knew_every_answer(seen, recorded, standing, reason):
    assert clear(Question("r-1", "c-1", seen), recorded) == Clearance("r-1", standing, reason, recorded)
