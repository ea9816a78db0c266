"""How much money the mails of a run were about, and what came in within 14 days of them, by their stage."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from kulant_cli.judge.calendar import day_in
from kulant_cli.judge.entries import ItemKey
from kulant_cli.judge.messages import ASKS, bounced, sent_reminders
from kulant_cli.judge.story import Story
from kulant_contracts.delivery import DeliverySentV1
from kulant_contracts.erp import ErpPaymentReceivedV1
from kulant_contracts.erp_changes import ErpPaymentReversedV1
from kulant_contracts.reminder import ReminderItem, ReminderRequestedV1

WITHIN = timedelta(days=14)


@dataclass(slots=True)
class StageMoney:
    """What one stage asked for and brought, by currency; money in minor units."""

    messages: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    paid: Counter[str] = field(default_factory=Counter)

    def share(self, currency: str) -> int | None:
        """How much of what was asked for came in time, in whole per cent; None where nothing was asked for."""
        asked = self.asked[currency]
        return (200 * self.paid[currency] + asked) // (2 * asked) if asked else None


def money_by_stage(story: Story) -> dict[str, StageMoney]:
    """For each stage: what its messages asked for, and what of it was paid within 14 days of a delivery.

    A payment counts once, for the last message about its item before it.
    """
    found: dict[str, StageMoney] = {}
    told: dict[ItemKey, list[tuple[DeliverySentV1, ReminderRequestedV1, ReminderItem]]] = {}
    came_back = bounced(story)
    for delivery, request in sorted(sent_reminders(story, ASKS), key=lambda pair: pair[0].at):
        if delivery.reminder_id in came_back:
            continue
        stage = found.setdefault(request.stage.code, StageMoney())
        stage.messages[request.currency] += 1
        for item in request.items:
            stage.asked[request.currency] += item.open.amount_minor
            told.setdefault((item.invoice_id, item.item_id), []).append((delivery, request, item))
    for key, payment, minor in _paid(story):
        before = [one for one in told.get(key, ()) if _since(story, one[0], payment)]
        if before:
            _, request, _ = before[-1]
            found[request.stage.code].paid[request.currency] += minor
    return found


def _since(story: Story, delivery: DeliverySentV1, payment: ErpPaymentReceivedV1) -> bool:
    sent_on = day_in(delivery.at, story.home(delivery.customer_id).time_zone)
    return sent_on <= payment.received_on <= sent_on + WITHIN


def _paid(story: Story) -> Iterator[tuple[ItemKey, ErpPaymentReceivedV1, int]]:
    """Every allocation of a payment that did not come back."""
    returned = {one.payment_id for one in story.books.all_of(ErpPaymentReversedV1)}
    for payment in story.books.all_of(ErpPaymentReceivedV1):
        if payment.payment_id not in returned:
            for part in payment.allocations:
                yield (part.invoice_id, part.item_id or ""), payment, part.money.amount_minor


@dataclass(slots=True)
class StillOpen:
    """What nobody has paid at the end, by currency in minor units, and in how many invoices."""

    invoices: int = 0
    amount: Counter[str] = field(default_factory=Counter)
    overdue: Counter[str] = field(default_factory=Counter)


def still_open(story: Story) -> StillOpen:
    """At the last day of the tenant's clock."""
    found, invoices = StillOpen(), set()
    today = max(story.evidence.clock).date()
    for (invoice_id, _), item in story.books.items.items():
        if minor := story.books.open_minor(item):
            invoices.add(invoice_id)
            found.amount[item.currency] += minor
            if item.due_on is not None and item.due_on < today:
                found.overdue[item.currency] += minor
    found.invoices = len(invoices)
    return found


def paid_late_unasked(story: Story) -> int:
    """Invoices whose payment came late, but before anybody was written to about them."""
    asked = {(item.invoice_id, item.item_id) for _, request in sent_reminders(story, ASKS) for item in request.items}
    late = set()
    for key, payment, _ in _paid(story):
        item = story.books.items.get(key)
        if item is not None and item.due_on is not None and payment.received_on > item.due_on and key not in asked:
            late.add(key)
    return len(late)
