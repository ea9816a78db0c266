"""The window between the gate's last answer and DATA: measured by the mailbox's clock, two seconds at most."""

from collections.abc import Iterator
from datetime import timedelta

from kulant_cli.judge import Violation
from kulant_cli.judge.story import Story
from kulant_contracts.delivery import DeliverySentV1, DeliveryUnknownV1
from tests.faults.checks.harmed import Harmed

CLEARANCE_LASTS = timedelta(seconds=2)


def windows(story: Story, harmed: Harmed) -> Iterator[tuple[str, timedelta]]:
    """Of every mail that was taken: its delivery, and how long after its clearance its DATA began.

    What a way was slowed down by on purpose is taken off: the sender had said the word by then.
    """
    for delivery in story.of(DeliverySentV1), story.of(DeliveryUnknownV1):
        for one in delivery:
            for letter in story.letters_of(one.delivery_id):
                if letter.data_began_at is not None and one.cleared_at is not None:
                    window = letter.data_began_at - one.cleared_at - harmed.slowness(letter.data_began_at)
                    yield f"{one.delivery_id} to {one.customer_id}", window


def longest(story: Story, harmed: Harmed) -> timedelta:
    """The longest of them."""
    return max((window for _, window in windows(story, harmed)), default=timedelta())


def data_begins_within_the_clearance(story: Story, harmed: Harmed) -> Iterator[Violation]:
    """No mail begins to leave on a clearance that is too old."""
    for name, window in windows(story, harmed):
        if window > CLEARANCE_LASTS:
            yield Violation(
                "clearance_too_old", f"DATA of delivery {name} began {window.total_seconds():.3f} s after its clearance"
            )
