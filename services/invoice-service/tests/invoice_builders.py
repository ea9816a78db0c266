"""Small facts with sensible defaults, so that a test names only what it is about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from invoice_service.domain.account import Account, AccountFact
from invoice_service.domain.calendar import start_of_day
from invoice_service.domain.cancellation import Cancellation, Kind
from invoice_service.domain.customer import Customer
from invoice_service.domain.hold import Hold
from invoice_service.domain.invoice import Invoice, Item
from invoice_service.domain.moment import Moment
from invoice_service.domain.money import Money
from invoice_service.domain.payment import Allocation, Payment
from invoice_service.domain.place import Defaults, Place
from invoice_service.domain.reckoning import Reckoning, reckon
from invoice_service.domain.stated import BalancesStated
from invoice_service.domain.tenant import Creditor, Mode, Tenant

BERLIN = "Europe/Berlin"
DUE_ON = date(2026, 3, 10)


def an_item(item_id: str = "i1", *, due_on: date | None = DUE_ON, amount_minor: int = 11900) -> Item:
    return Item(item_id, due_on, amount_minor)


def an_invoice(
    invoice_id: str = "inv-1", *, version: int = 1, items: Sequence[Item] | None = None, **more: Any
) -> Invoice:
    fields: dict[str, Any] = {
        "tenant": "acme",
        "customer_id": "c1",
        "creditor_id": "main",
        "number": "R-1",
        "issued_on": date(2026, 2, 10),
        "currency": "EUR",
        **more,
    }
    return Invoice(
        invoice_id=invoice_id, version=version, items=tuple([an_item()] if items is None else items), **fields
    )


def an_allocation(
    amount_minor: int = 11900,
    *,
    invoice_id: str = "inv-1",
    item_id: str | None = "i1",
    currency: str = "EUR",
    **more: Any,
) -> Allocation:
    return Allocation(invoice_id, item_id, Money(amount_minor, currency), **more)


def a_payment(
    *allocations: Allocation,
    payment_id: str = "p1",
    version: int = 1,
    received_on: date = date(2026, 3, 1),
    customer_id: str = "c1",
) -> Payment:
    total = sum(allocation.paid.amount_minor for allocation in allocations)
    return Payment("acme", customer_id, payment_id, version, received_on, Money(total, "EUR"), allocations)


def a_credit_note(
    *allocations: Allocation, credit_note_id: str = "n1", is_from_beginning: bool = True, **more: Any
) -> Payment:
    note = a_payment(*allocations, payment_id=credit_note_id, **more)
    return replace(note, kind=Kind.CREDIT_NOTE, is_from_beginning=is_from_beginning)


def an_adjustment(amount_minor: int, *, item_id: str | None = "i1", adjustment_id: str = "a1", **more: Any) -> Payment:
    allocation = an_allocation(0, item_id=item_id, deducted_minor=amount_minor)
    return replace(a_payment(allocation, payment_id=adjustment_id, **more), kind=Kind.ADJUSTMENT)


def a_cancellation(
    kind: Kind,
    entity_id: str,
    *,
    version: int = 2,
    on: date = date(2026, 3, 8),
    customer_id: str = "c1",
    **details: Any,
) -> Cancellation:
    return Cancellation("acme", customer_id, kind, entity_id, version, on, details)


def a_reversal(payment_id: str = "p1", **more: Any) -> Cancellation:
    return a_cancellation(Kind.PAYMENT, payment_id, **more)


def a_void_invoice(invoice_id: str = "inv-1", **more: Any) -> Cancellation:
    return a_cancellation(Kind.INVOICE, invoice_id, **more)


def a_hold(hold_id: str = "h1", *, version: int = 1, is_set: bool = True, **details: Any) -> Hold:
    return Hold("acme", "c1", hold_id, version, is_set, details or {"scope": "customer", "reason": "legal"})


def a_statement(
    *opens: tuple[str, str, int], version: int = 1, as_of_at: datetime | None = None, currency: str = "EUR"
) -> BalancesStated:
    items = {(invoice_id, item_id): Money(minor, currency) for invoice_id, item_id, minor in opens}
    return BalancesStated("acme", "c1", version, as_of_at or noon(date(2026, 3, 5)), items)


def a_customer(*, version: int = 1, time_zone: str | None = None, **details: Any) -> Customer:
    return Customer("acme", "c1", version, time_zone, details=details)


def a_place(time_zone: str = BERLIN, country: str = "DE", region: str | None = None) -> Place:
    return Place(time_zone, country, region)


def an_account(*facts: AccountFact) -> Account:
    account = Account("acme", "c1")
    for fact in facts:
        account = account.record(fact)
    return account


def noon(day: date, zone: str = "UTC") -> datetime:
    if zone == "UTC":
        return datetime.combine(day, time(12), tzinfo=UTC)
    return start_of_day(day, zone).replace(hour=12)


def at(now: datetime) -> Moment:
    return Moment(now, wall_us=1_700_000_000_000_000)


def reckoned(account: Account, now: datetime, *, defaults: Defaults | None = None) -> Reckoning:
    return reckon(account, defaults or Defaults(a_place()), at(now))


def a_tenant(*, version: int = 1, mode: Mode = Mode.TEST, told_at: datetime | None = None, **more: Any) -> Tenant:
    place = more.pop("place", a_place())
    return Tenant("acme", version, mode, place, told_at or noon(date(2026, 3, 1)), more)


def a_creditor(creditor_id: str = "main", *, version: int = 1, place: Place | None = None, **more: Any) -> Creditor:
    return Creditor("acme", creditor_id, version, place or a_place(), more)
