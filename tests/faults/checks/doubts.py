"""`unknown` is said only where nobody can know: the hand-over had begun and its way or its sender was broken."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from kulant_cli.judge import Violation
from kulant_cli.judge.story import Story, made_at
from kulant_contracts.delivery import DeliveryUnknownV1
from tests.faults.checks.harmed import Harmed

HAND_OVER_LASTS = timedelta(seconds=4)
"""A hand-over begins within two seconds of its clearance, and is over soon after on a way that is not broken."""


def unknown_only_where_it_cannot_be_known(story: Story, harmed: Harmed) -> Iterator[Violation]:
    """Each was cleared just before a harm to its sender, server or way; each harm has no more than connections."""
    doubts: list[tuple[str, Sequence[int]]] = []
    for event in story.events:
        delivery = event.data
        if not isinstance(delivery, DeliveryUnknownV1):
            continue
        name = f"delivery {delivery.delivery_id} to {delivery.customer_id}"
        told_at = made_at(event)
        if delivery.cleared_at is None or told_at is None:
            yield Violation("unknown_without_hand_over", f"{name} is unknown and was never cleared")
            continue
        # It may be found out later, by whoever takes over: the harm itself fell into the hand-over.
        over_at = min(told_at, delivery.cleared_at + HAND_OVER_LASTS)
        causes = [harmed.done.index(one) for one in harmed.of_hand_over(delivery.cleared_at, over_at)]
        if causes:
            doubts.append((name, causes))
        else:
            yield Violation(
                "unknown_without_cause",
                f"{name} ({delivery.reason}) was cleared at {delivery.cleared_at.isoformat()}, and nothing by which it"
                " could not be known was harmed then",
            )
    left = {place: harmed.doubts_allowed(harmed.done[place]) for _, causes in doubts for place in causes}
    for name, causes in sorted(doubts, key=lambda doubt: len(doubt[1])):  # who has but one cause takes it first
        place = max(causes, key=lambda one: left[one])
        if left[place] == 0:
            words = " and ".join(str(harmed.done[one].harm) for one in causes)
            yield Violation("too_many_unknown", f"{name} is unknown, after all that {words} can have left unknown")
        left[place] = max(0, left[place] - 1)
