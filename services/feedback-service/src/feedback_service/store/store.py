"""All that the use cases ask for, inside one transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from feedback_service.domain.answer import Answer, RecordedAnswer
from feedback_service.domain.clearance import Known
from feedback_service.domain.fact import CustomerErased, MessageSent
from feedback_service.domain.item import Item
from feedback_service.domain.mail import KeptMail
from feedback_service.domain.party import Creditor, Customer
from feedback_service.domain.reminder import Message, Reminder
from feedback_service.domain.standing import CaseTold, Credit, Hold, OutcomeTold
from feedback_service.store import answers, mails, page, projection
from feedback_service.usecases.ports import InboundFilter, ResponseFilter, ResponseRecord
from kulant_chassis.failures import TenantUnknown
from kulant_chassis.transaction import Draft, Transaction
from kulant_contracts.topics import partition_key

Translate = Callable[[Answer, Reminder, str | None], Sequence[Draft]]
"""Turns an answer into the events that it becomes."""


class FeedbackStore:
    """Implements every port of the use cases on one open transaction."""

    def __init__(self, transaction: Transaction, translate: Translate) -> None:
        self._transaction = transaction
        self._connection = transaction.connection
        self._translate = translate

    async def now(self, tenant: str) -> datetime | None:
        """The tenant's time; None while the tenant is not known."""
        try:
            return await self._transaction.now(tenant)
        except TenantUnknown:
            return None

    async def lock(self, tenant: str, customer_id: str) -> None:
        """Make this transaction the only writer about the customer."""
        await self._transaction.lock([partition_key(tenant, customer_id)])

    async def reminder(self, reminder_id: UUID) -> Reminder | None:
        """The reminder of a link, of whichever tenant."""
        return await page.reminder(self._connection, reminder_id)

    async def creditor(self, tenant: str, creditor_id: str) -> Creditor | None:
        """Who is owed."""
        return await page.creditor(self._connection, tenant, creditor_id)

    async def customer(self, tenant: str, customer_id: str) -> Customer | None:
        """Who owes."""
        return await page.customer(self._connection, tenant, customer_id)

    async def open_items(self, tenant: str, customer_id: str, creditor_id: str) -> Sequence[Item]:
        """All items of which something is open."""
        return await page.open_items(self._connection, tenant, customer_id, creditor_id)

    async def revoke(self, reminder_id: UUID) -> None:
        """End the link for good."""
        await page.revoke(self._connection, reminder_id)

    async def answers(self, tenant: str, customer_id: str, creditor_id: str) -> Sequence[RecordedAnswer]:
        """The latest answers of the customer to that creditor, newest first, at most 50."""
        return await answers.latest(self._connection, tenant, customer_id, creditor_id)

    async def answer(self, answer_id: UUID) -> RecordedAnswer | None:
        """An answer by its id."""
        return await answers.answer(self._connection, answer_id)

    async def record(self, answer: Answer, reminder: Reminder, traceparent: str | None) -> None:
        """Keep an answer and put its responses into the outbox; the customer must be locked."""
        drafts = self._translate(answer, reminder, traceparent)
        published = [self._transaction.publish(draft) for draft in drafts]
        await answers.insert(self._connection, answer, published)

    async def messages(self, tenant: str, customer_id: str, creditor_id: str) -> Sequence[Message]:
        """Every message of that creditor that left, newest first."""
        return await page.messages(self._connection, tenant, customer_id, creditor_id)

    async def credits_of(self, tenant: str, customer_id: str, creditor_id: str) -> Sequence[Credit]:
        """Money of the customer's that belongs to no invoice yet."""
        return await page.credits_of(self._connection, tenant, customer_id, creditor_id)

    async def holds(self, tenant: str, customer_id: str, creditor_id: str) -> Sequence[Hold]:
        """Reasons not to remind that stand."""
        return await page.holds(self._connection, tenant, customer_id, creditor_id)

    async def case(self, tenant: str, case_id: str) -> CaseTold | None:
        """What dunning-engine said last about a case."""
        return await page.case(self._connection, tenant, case_id)

    async def known(self, tenant: str, customer_ids: Iterable[str]) -> Mapping[str, Known]:
        """What is recorded about each of those customers, as of one moment."""
        return await answers.known(self._connection, tenant, customer_ids)

    async def channels_of(self, tenant: str, reminder_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[str]]:
        """The channels of those reminders that are known here."""
        return await page.channels_of(self._connection, tenant, list(reminder_ids))

    async def list_responses(
        self, wanted: ResponseFilter, after: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[ResponseRecord]:
        """At most `limit` responses after a place in the order of (said_at, response_id)."""
        return await answers.list_responses(self._connection, wanted, after, limit)

    async def sent_as(self, deliveries: Sequence[str]) -> Mapping[str, UUID]:
        """The reminders that left as these deliveries."""
        return await mails.sent_as(self._connection, deliveries)

    async def only_tenant(self) -> str | None:
        """The tenant of an installation that has one only."""
        return await mails.only_tenant(self._connection)

    async def has_mail(self, mail_id: UUID) -> bool:
        """Is it kept already?"""
        return await mails.has_mail(self._connection, mail_id)

    async def keep_mail(self, kept: KeptMail) -> None:
        """Keep a mail; one that is kept stays as it is."""
        await mails.keep(self._connection, kept)

    async def list_mails(
        self, wanted: InboundFilter, after: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[KeptMail]:
        """At most `limit` mails after a place in the order of (received_at, mail_id)."""
        return await mails.list_mails(self._connection, wanted, after, limit)

    async def save_items(self, items: Sequence[Item]) -> None:
        """Items; a version that is not higher changes nothing."""
        await projection.save_items(self._connection, items)

    async def save_customers(self, customers: Sequence[Customer]) -> None:
        """Customers, likewise."""
        await projection.save_customers(self._connection, customers)

    async def save_creditors(self, creditors: Sequence[Creditor]) -> None:
        """Creditors, likewise."""
        await projection.save_creditors(self._connection, creditors)

    async def save_reminders(self, reminders: Sequence[Reminder]) -> None:
        """Reminders; one that is known stays as it is."""
        await projection.save_reminders(self._connection, reminders)

    async def save_sent(self, sent: Sequence[MessageSent]) -> None:
        """Messages that left; one that is known stays as it is."""
        await projection.save_sent(self._connection, sent)

    async def save_credits(self, credits_: Sequence[Credit]) -> None:
        """Money that belongs to no invoice, likewise."""
        await projection.save_credits(self._connection, credits_)

    async def save_holds(self, holds: Sequence[Hold]) -> None:
        """Reasons not to remind, likewise."""
        await projection.save_holds(self._connection, holds)

    async def save_cases(self, cases: Sequence[CaseTold]) -> None:
        """What was said about cases, likewise."""
        await projection.save_cases(self._connection, cases)

    async def save_outcomes(self, outcomes: Sequence[OutcomeTold]) -> None:
        """What became of answers, likewise."""
        await projection.save_outcomes(self._connection, outcomes)

    async def erase(self, erased: Sequence[CustomerErased]) -> None:
        """Forget everything personal about customers, for good."""
        await projection.erase(self._connection, erased)
