"""What the notifier reads, and which use case each fact goes to. It sends nothing while it reads."""

from collections.abc import Callable, Sequence
from uuid import UUID

from kulant_chassis.ids import uuid7
from kulant_chassis.received import Poison, Reads, Received
from kulant_chassis.telemetry import INVOICE_IDS, Attributes
from kulant_chassis.transaction import Transaction
from kulant_contracts import topics
from kulant_contracts.envelope import Event
from kulant_contracts.invoice import (
    CreditorChangedV1,
    CustomerChangedV1,
    CustomerErasedV1,
    InvoiceRegisteredV1,
    TenantChangedV1,
)
from kulant_contracts.registry import of_topic
from kulant_contracts.reminder import ReminderRequestedV1, ReminderWithdrawnV1
from notifier.bus.incoming import creditor_from, customer_from, reminder_from, terms_from, trace_of, word_from
from notifier.domain.party import erased
from notifier.usecases.ports import Command, Work
from notifier.usecases.record_commands import record_commands
from notifier.usecases.record_customers import ToldCustomer, record_customers, record_words

WrapTransaction = Callable[[Transaction], Work]


def reads(wrap: WrapTransaction) -> Reads:
    """The notifier's subscriptions. Types without a use case here are read for their sequence alone."""

    async def handle(transaction: Transaction, batch: Sequence[Received]) -> None:
        work = wrap(transaction)
        for received in batch:
            if isinstance(received.event.data, TenantChangedV1):
                await _follow(transaction, received.event.envelope.tenantid, received.event.data)
        await _save_parties(work, batch)
        await record_words(work, [(one.key, word) for one in batch if (word := word_from(one.event.data))])
        await _record(work, batch)

    return Reads(
        topics={topic: of_topic(topic) for topic in (topics.INVOICE, topics.REMINDER, topics.RESPONSE)},
        handle=handle,
        describe=describe,
    )


def describe(event: Event) -> Attributes:
    """Which invoices a command is about, for its span."""
    data = event.data
    if isinstance(data, ReminderRequestedV1):
        return {INVOICE_IDS: tuple(dict.fromkeys(item.invoice_id for item in data.items))}
    invoice_id = getattr(data, "invoice_id", None)
    return {INVOICE_IDS: (invoice_id,)} if invoice_id else {}


async def _follow(transaction: Transaction, tenant: str, data: TenantChangedV1) -> None:
    await transaction.follow_tenant(
        tenant, mode=data.mode, test_now_at=data.test_now_at, version=data.version, settings_changed=False
    )


async def _save_parties(work: Work, batch: Sequence[Received]) -> None:
    customers, creditors, terms = [], [], []
    for received in batch:
        tenant, data = received.event.envelope.tenantid, received.event.data
        if isinstance(data, CustomerChangedV1):
            customers.append(
                ToldCustomer(received.key, customer_from(data), data.version, received.event.envelope.time)
            )
        elif isinstance(data, CustomerErasedV1):
            gone = erased(data.customer_id)
            customers.append(ToldCustomer(received.key, gone, data.version, received.event.envelope.time))
        elif isinstance(data, CreditorChangedV1):
            creditors.append((tenant, creditor_from(data), data.version))
        elif isinstance(data, InvoiceRegisteredV1):
            terms.append((tenant, data.invoice_id, terms_from(data), data.version))
    await record_customers(work, customers)
    await work.parties.save_creditors(creditors)
    await work.parties.save_terms(terms)


async def _record(work: Work, batch: Sequence[Received]) -> None:
    commands: dict[UUID, Command] = {}
    withdrawals: dict[UUID, str] = {}
    taken_back: list[tuple[Received, UUID]] = []
    for received in batch:
        data = received.event.data
        if isinstance(data, ReminderRequestedV1):
            reminder_id = _reminder_id(received, data.reminder_id)
            reminder = reminder_from(received.event.envelope.tenantid, reminder_id, data)
            commands.setdefault(reminder_id, Command(reminder, trace_of(received)))
        elif isinstance(data, ReminderWithdrawnV1):
            reminder_id = _reminder_id(received, data.reminder_id)
            withdrawals.setdefault(reminder_id, data.reason)
            taken_back.append((received, reminder_id))
    await _check_owners(work, taken_back)
    if commands or withdrawals:
        await record_commands(work, list(commands.values()), withdrawals, uuid7)


async def _check_owners(work: Work, taken_back: Sequence[tuple[Received, UUID]]) -> None:
    """What is said about one customer takes back no other's reminder."""
    if taken_back:
        keys = await work.reminders.keys([reminder_id for _, reminder_id in taken_back])
        wrong = [one for one, reminder_id in taken_back if keys.get(reminder_id, one.key) != one.key]
        Poison.raise_all([(one, "reminder_id: another customer's") for one in wrong])


def _reminder_id(received: Received, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Poison(received, "reminder_id: not a UUID") from error
