"""What the use cases need from outside, one small protocol for each purpose."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from feedback_service.domain.answer import Answer, Part, RecordedAnswer
from feedback_service.domain.clearance import Known
from feedback_service.domain.fact import CustomerErased, MessageSent
from feedback_service.domain.item import Item
from feedback_service.domain.mail import KeptMail
from feedback_service.domain.party import Creditor, Customer
from feedback_service.domain.reminder import Message, Reminder
from feedback_service.domain.standing import CaseTold, Credit, Hold, OutcomeTold


class PageStore(Protocol):
    """Reads what one page shows."""

    async def now(self, tenant: str) -> datetime | None:
        """The tenant's time; None while the tenant is not known."""
        ...

    async def reminder(self, reminder_id: UUID) -> Reminder | None:
        """The reminder of a link, of whichever tenant."""
        ...

    async def creditor(self, tenant: str, creditor_id: str) -> Creditor | None:
        """Who is owed."""
        ...

    async def customer(self, tenant: str, customer_id: str) -> Customer | None:
        """Who owes."""
        ...

    async def open_items(self, tenant: str, customer_id: str, creditor_id: str) -> Sequence[Item]:
        """All items of which something is open."""
        ...

    async def answers(self, tenant: str, customer_id: str, creditor_id: str) -> Sequence[RecordedAnswer]:
        """The latest answers of the customer to that creditor, newest first, at most 50."""
        ...

    async def messages(self, tenant: str, customer_id: str, creditor_id: str) -> Sequence[Message]:
        """Every message of that creditor that left, newest first."""
        ...

    async def credits_of(self, tenant: str, customer_id: str, creditor_id: str) -> Sequence[Credit]:
        """Money of the customer's that belongs to no invoice yet."""
        ...

    async def holds(self, tenant: str, customer_id: str, creditor_id: str) -> Sequence[Hold]:
        """Reasons not to remind that stand."""
        ...

    async def case(self, tenant: str, case_id: str) -> CaseTold | None:
        """What dunning-engine said last about a case."""
        ...


class AnswerStore(PageStore, Protocol):
    """Records an answer."""

    async def lock(self, tenant: str, customer_id: str) -> None:
        """Make this transaction the only writer about the customer."""
        ...

    async def answer(self, answer_id: UUID) -> RecordedAnswer | None:
        """An answer by its id."""
        ...

    async def record(self, answer: Answer, reminder: Reminder, traceparent: str | None) -> None:
        """Keep an answer and put its responses into the outbox; the customer must be locked."""
        ...


class MailStore(AnswerStore, Protocol):
    """Keeps mails that came back, and the responses that they became."""

    async def sent_as(self, deliveries: Sequence[str]) -> Mapping[str, UUID]:
        """The reminders that left as these deliveries."""
        ...

    async def only_tenant(self) -> str | None:
        """The tenant of an installation that has one only; mails that nobody can place belong to it."""
        ...

    async def has_mail(self, mail_id: UUID) -> bool:
        """Is it kept already?"""
        ...

    async def keep_mail(self, kept: KeptMail) -> None:
        """Keep a mail; one that is kept stays as it is."""
        ...


@dataclass(frozen=True, slots=True)
class InboundFilter:
    """Which mails; those that belong to no tenant are seen only by whoever may see all tenants."""

    tenant: str
    sees_all: bool
    state: str | None = None


class MailList(Protocol):
    """Reads mails in the order in which they came."""

    async def list_mails(
        self, wanted: InboundFilter, after: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[KeptMail]:
        """At most `limit` mails after a place in the order of (received_at, mail_id)."""
        ...


class ClearanceStore(Protocol):
    """Knows how far the answers of customers go."""

    async def known(self, tenant: str, customer_ids: Iterable[str]) -> Mapping[str, Known]:
        """What is recorded about each of those customers, as of one moment."""
        ...

    async def channels_of(self, tenant: str, reminder_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[str]]:
        """The channels of those reminders that are known here."""
        ...


class ProjectionStore(Protocol):
    """Keeps what other services said. Each entity comes at most once in a call."""

    async def save_items(self, items: Sequence[Item]) -> None:
        """Items; a version that is not higher changes nothing."""
        ...

    async def save_customers(self, customers: Sequence[Customer]) -> None:
        """Customers, likewise."""
        ...

    async def save_creditors(self, creditors: Sequence[Creditor]) -> None:
        """Creditors, likewise."""
        ...

    async def save_reminders(self, reminders: Sequence[Reminder]) -> None:
        """Reminders; one that is known stays as it is."""
        ...

    async def save_sent(self, sent: Sequence[MessageSent]) -> None:
        """Messages that left; one that is known stays as it is."""
        ...

    async def save_credits(self, credits_: Sequence[Credit]) -> None:
        """Money that belongs to no invoice, likewise."""
        ...

    async def save_holds(self, holds: Sequence[Hold]) -> None:
        """Reasons not to remind, likewise."""
        ...

    async def save_cases(self, cases: Sequence[CaseTold]) -> None:
        """What was said about cases, likewise."""
        ...

    async def save_outcomes(self, outcomes: Sequence[OutcomeTold]) -> None:
        """What became of answers, likewise."""
        ...

    async def erase(self, erased: Sequence[CustomerErased]) -> None:
        """Forget everything personal about customers, for good."""
        ...


class RevocationStore(Protocol):
    """Ends links."""

    async def reminder(self, reminder_id: UUID) -> Reminder | None:
        """The reminder of a link, of whichever tenant."""
        ...

    async def lock(self, tenant: str, customer_id: str) -> None:
        """Make this transaction the only writer about the customer."""
        ...

    async def revoke(self, reminder_id: UUID) -> None:
        """End the link for good."""
        ...


@dataclass(frozen=True, slots=True)
class ResponseRecord:
    """One response as it was published; `personal` and `quote` are for those who answer customers."""

    response_id: UUID
    customer_id: str
    case_id: str | None
    reminder_id: UUID
    intent: str
    via: str
    said_at: datetime
    part: Part
    on: date | None
    method: str | None
    details: Mapping[str, Any]
    personal: Mapping[str, Any]
    quote: str | None
    sequence: int


@dataclass(frozen=True, slots=True)
class ResponseFilter:
    """Which responses of a tenant; what is None does not matter."""

    tenant: str
    customer_id: str | None = None
    intent: str | None = None
    via: str | None = None
    reminder_id: UUID | None = None
    case_id: str | None = None
    invoice_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class ResponseList(Protocol):
    """Reads responses in the order in which they were said."""

    async def list_responses(
        self, wanted: ResponseFilter, after: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[ResponseRecord]:
        """At most `limit` responses after a place in the order of (said_at, response_id)."""
        ...
