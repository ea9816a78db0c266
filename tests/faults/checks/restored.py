"""A service whose database is an earlier one than it has worked on stands still."""

from collections.abc import Iterator
from datetime import timedelta

from kulant_cli.judge import Violation
from kulant_cli.judge.story import Story, made_at
from tests.faults.checks.harmed import Harmed

_ON_ITS_WAY = timedelta(seconds=1)
"""What was recorded just before the end need not have reached a topic."""


def restored_databases_are_noticed(story: Story, harmed: Harmed) -> Iterator[Violation]:
    """Where it told anything in the time that its database lost, it must not begin to work."""
    for one in harmed.restored:
        told = [
            event
            for event in story.events
            if event.envelope.source == f"/kulant/{one.service}"
            and (at := made_at(event)) is not None
            and one.copied_at < at < one.stopped_at - _ON_ITS_WAY
        ]
        if told and not one.stood_still:
            yield Violation(
                "restored_and_at_work",
                f"{one.service} worked on a database of {one.copied_at.isoformat()}, after {len(told)} more events",
            )
