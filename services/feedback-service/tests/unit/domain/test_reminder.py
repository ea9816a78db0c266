from datetime import UTC, datetime, timedelta

import pytest
from feedback_builders import a_reminder

START = datetime(2026, 5, 19, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "is_revoked", "is_usable"),
    [
        pytest.param(timedelta(0), False, True, id="at once"),
        pytest.param(timedelta(days=90) - timedelta(seconds=1), False, True, id="just before 90 days"),
        pytest.param(timedelta(days=90), False, False, id="after 90 days"),
        pytest.param(timedelta(0), True, False, id="revoked"),
    ],
)
def test_a_link_lives_for_90_days_of_the_tenants_time_unless_revoked(after, is_revoked, is_usable):
    assert a_reminder(not_before_at=START, is_revoked=is_revoked).is_usable(START + after) is is_usable
