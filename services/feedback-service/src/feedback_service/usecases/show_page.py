"""What the customer's page says now; reads only."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from feedback_service.domain.answer import RecordedAnswer
from feedback_service.domain.errors import PageClosed, PageNotReady
from feedback_service.domain.item import Debt, debts
from feedback_service.domain.party import Creditor, Customer
from feedback_service.domain.reminder import Reminder
from feedback_service.usecases.ports import PageStore


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on one page, as of one moment of the customer's time."""

    reminder: Reminder
    creditor: Creditor
    customer: Customer | None
    as_of: datetime
    debts: tuple[Debt, ...]
    answers: tuple[RecordedAnswer, ...]

    @property
    def today(self) -> date:
        """The customer's day."""
        return self.as_of.date()

    def debt(self, currency: str) -> Debt | None:
        """What is owed in one currency."""
        return next((debt for debt in self.debts if debt.currency == currency), None)

    def answer(self, answer_id: UUID) -> RecordedAnswer | None:
        """One of the answers that the page lists."""
        return next((found for found in self.answers if found.answer.answer_id == answer_id), None)


async def show_page(store: PageStore, reminder_id: UUID) -> Page:
    """Gather the page of one reminder.

    Raises PageNotReady while facts that it needs are under way, PageClosed for a revoked or old link.
    """
    reminder = await store.reminder(reminder_id)
    now = await store.now(reminder.tenant) if reminder else None
    if reminder is None or now is None:
        raise PageNotReady
    if not reminder.is_usable(now):
        raise PageClosed
    creditor = await store.creditor(reminder.tenant, reminder.creditor_id)
    if creditor is None:
        raise PageNotReady
    customer = await store.customer(reminder.tenant, reminder.customer_id)
    zone = customer.time_zone if customer and customer.time_zone else creditor.time_zone
    as_of = now.astimezone(ZoneInfo(zone))
    items = await store.open_items(reminder.tenant, reminder.customer_id, reminder.creditor_id)
    answers = await store.answers(reminder.tenant, reminder.customer_id, reminder.creditor_id)
    owed = debts(items, frozenset(reminder.item_ids), as_of.date())
    return Page(reminder, creditor, customer, as_of, owed, tuple(answers))
