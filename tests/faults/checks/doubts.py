"""`unknown` is said only where nobody can know: the hand-over had begun and its way or its sender was broken."""

from collections.abc import Iterator
from datetime import timedelta

from kulant_cli.judge import Violation
from kulant_cli.judge.story import Story, made_at
from kulant_contracts.delivery import DeliveryUnknownV1
from tests.faults.checks.harmed import Harmed
from tests.faults.harms import Done

CONNECTIONS = 8
"""As many mails one sender hands over at the same time, unless it is told otherwise."""
HAND_OVER_LASTS = timedelta(seconds=4)
"""A hand-over begins within two seconds of its clearance, and is over soon after on a way that is not broken."""


def unknown_only_where_it_cannot_be_known(story: Story, harmed: Harmed) -> Iterator[Violation]:
    """Each was cleared just before a harm to the sender, the server or the way; no more than it had connections."""
    doubts: dict[int, int] = {}
    for event in story.events:
        delivery = event.data
        if not isinstance(delivery, DeliveryUnknownV1):
            continue
        name = f"delivery {delivery.delivery_id} to {delivery.customer_id}"
        told_at = made_at(event)
        if delivery.cleared_at is None or told_at is None:
            yield Violation("unknown_without_hand_over", f"{name} is unknown and was never cleared")
            continue
        # Found out later, by whoever takes over: the harm itself fell into the hand-over.
        causes = harmed.during(delivery.cleared_at, min(told_at, delivery.cleared_at + HAND_OVER_LASTS))
        if not causes:
            yield Violation(
                "unknown_without_cause",
                f"{name} ({delivery.reason}) was cleared at {delivery.cleared_at.isoformat()}, and nothing that hands"
                " over was harmed then",
            )
            continue
        place = harmed.done.index(causes[0])
        doubts[place] = doubts.get(place, 0) + 1
    for place, count in doubts.items():
        if count > _most(harmed.done[place]):
            yield Violation("too_many_unknown", f"{count} are unknown by one harm: {harmed.done[place].harm}")


def _most(_done: Done) -> int:
    return CONNECTIONS
