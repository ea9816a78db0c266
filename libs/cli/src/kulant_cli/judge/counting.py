"""Counts what happened, for the summary of a run."""

from collections import Counter

from kulant_cli.judge.evidence import Counts
from kulant_cli.judge.story import Story
from kulant_contracts.delivery import DeliveryEventData, DeliverySuppressedV1, DeliveryUnknownV1


def count(story: Story) -> Counts:
    """Reminders by stage, deliveries by channel and outcome, answers by kind, and what was held back."""
    deliveries: dict[str, Counter[str]] = {}
    for delivery in story.of(DeliveryEventData):
        deliveries.setdefault(delivery.channel, Counter())[_name(delivery.TYPE)] += 1
    return Counts(
        facts=sum(fact.acked_at is not None for fact in story.evidence.facts),
        reminders=dict(Counter(request.stage.code for request in story.requests.values())),
        deliveries={channel: dict(outcomes) for channel, outcomes in deliveries.items()},
        responses=dict(Counter(_name(response.TYPE) for response in story.responses)),
        withdrawn=len(story.withdrawn),
        suppressed=dict(Counter(delivery.reason for delivery in story.of(DeliverySuppressedV1))),
        unknown=sum(1 for _ in story.of(DeliveryUnknownV1)),
        parked=len(story.parked),
    )


def _name(event_type: str) -> str:
    """The fact's own word: `sent` of `kulant.delivery.sent.v1`."""
    return event_type.split(".")[-2]
