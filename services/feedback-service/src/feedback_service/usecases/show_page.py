"""What the customer's page says now; reads only."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from feedback_service.domain.answer import Channel, RecordedAnswer
from feedback_service.domain.contact import Reached
from feedback_service.domain.errors import PageClosed, PageNotReady
from feedback_service.domain.item import Debt, debts
from feedback_service.domain.party import Creditor, Customer
from feedback_service.domain.reminder import Message, Reminder
from feedback_service.domain.standing import CaseTold, Credit, Outlook, Rest, outlook, rests
from feedback_service.usecases.ports import PageStore


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on one page, as of one moment of the customer's time."""

    reminder: Reminder
    creditor: Creditor
    customer: Customer | None
    as_of: datetime
    debts: tuple[Debt, ...] = ()
    answers: tuple[RecordedAnswer, ...] = ()
    messages: tuple[Message, ...] = ()
    credits: tuple[Credit, ...] = ()
    rests: tuple[Rest, ...] = ()
    case: CaseTold | None = None

    @property
    def today(self) -> date:
        """The customer's day."""
        return self.as_of.date()

    @property
    def erased_on(self) -> date | None:
        """Since when nothing personal is kept; the page shows nothing then."""
        return self.customer.erased_on if self.customer else None

    @property
    def handed_over(self) -> CaseTold | None:
        """The case is somebody else's now."""
        return self.case if self.case and self.case.state == "handed_over" else None

    @property
    def outlook(self) -> Outlook:
        """What happens next and when."""
        return outlook(self.debts, self.rests, self.messages, self.today)

    @property
    def reached(self) -> Reached:
        """How the message of this page came to whoever reads it."""
        for message in self.messages:
            if message.reminder_id == self.reminder.reminder_id and message.channel in set(Channel):
                return Reached(Channel(message.channel), message.contact_id)
        return Reached()

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
    if customer and customer.erased_on:
        return Page(reminder, creditor, customer, as_of)
    return await _gathered(store, Page(reminder, creditor, customer, as_of))


async def _gathered(store: PageStore, page: Page) -> Page:
    about = (page.reminder.tenant, page.reminder.customer_id, page.reminder.creditor_id)
    owed = debts(await store.open_items(*about), frozenset(page.reminder.keys), page.today)
    answers = await store.answers(*about)
    return Page(
        reminder=page.reminder,
        creditor=page.creditor,
        customer=page.customer,
        as_of=page.as_of,
        debts=owed,
        answers=tuple(answers),
        messages=tuple(await store.messages(*about)),
        credits=tuple(await store.credits_of(*about)),
        rests=tuple(rests(answers, await store.holds(*about), owed, page.today)),
        case=await store.case(page.reminder.tenant, page.reminder.case_id),
    )
