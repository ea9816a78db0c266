"""What a bad release parked was parked rightly: an operator replays it once the release is rolled back."""

from kulant_cli.judge import TopicRecord
from kulant_cli.judge.story import Story
from tests.faults.bad_release import FailsOnEverything

_BY_BAD_RELEASE = f"failed: {FailsOnEverything.__name__}".encode()


def not_by_bad_release(story: Story) -> tuple[TopicRecord, ...]:
    """The dead letters that no bad release is the reason of."""
    return tuple(one for one in story.parked if dict(one.headers).get("kulant-parked-reason") != _BY_BAD_RELEASE)
