"""What kinds of messages there are, and the ladder that the tenant's policy promises (code standard)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kulant_cli.judge.entries import ItemKey
from kulant_cli.judge.story import Story
from kulant_contracts.delivery import DeliveryBouncedV1, DeliverySentV1
from kulant_contracts.reminder import ReminderItem, ReminderRequestedV1

ASKS = frozenset({"reminder", "promise_resume", "plan"})
"""These ask for money by a day."""
COUNTED = ASKS | {"notice"}
"""These count against the contact budget, and wait for their hours."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One stage of the ladder."""

    code: str
    tone: str
    legal_effect: str
    offset_days: int


LADDER = {
    1: Rung("friendly", "friendly", "notice", 5),
    2: Rung("reminder", "factual", "demand", 14),
    3: Rung("firm", "firm", "demand", 28),
    4: Rung("last", "final", "final", 42),
}
PAUSE_WORKING_DAYS = 3
DELIVERED_AFTER = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Demand:
    """One item in one message of the ladder that left and did not come back."""

    delivery: DeliverySentV1
    request: ReminderRequestedV1
    item: ReminderItem
    life: int  # how often a payment of the invoice had come back before: each time the ladder begins anew

    @property
    def deadline_on(self) -> date:
        """The day to pay by that the message named."""
        return self.delivery.deadline_on or self.request.deadline_on


def sent_reminders(
    story: Story, kinds: frozenset[str] | None = None
) -> Iterator[tuple[DeliverySentV1, ReminderRequestedV1]]:
    """Every message that left, with what it was asked to say."""
    for delivery in story.sent():
        request = story.requests.get(delivery.reminder_id)
        if request is not None and (kinds is None or request.kind in kinds):
            yield delivery, request


def bounced(story: Story) -> frozenset[str]:
    """Reminders that came back: nobody has read them, their stage is not used up."""
    return frozenset(delivery.reminder_id for delivery in story.of(DeliveryBouncedV1))


def demands(story: Story) -> dict[ItemKey, list[Demand]]:
    """For each item its messages of the ladder, in the order in which they left."""
    came_back = bounced(story)
    found: dict[ItemKey, list[Demand]] = {}
    for delivery, request in sent_reminders(story, frozenset({"reminder"})):
        if delivery.reminder_id in came_back:
            continue
        for item in request.items:
            life = len(story.books.returns(item.invoice_id, delivery.at))
            demand = Demand(delivery, request, item, life)
            found.setdefault((item.invoice_id, item.item_id), []).append(demand)
    for told in found.values():
        told.sort(key=lambda demand: demand.delivery.at)
    return found
