"""Small facts with sensible defaults, so that a test names only what it is about."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from invoice_service.domain.account import Account
from invoice_service.domain.calendar import start_of_day
from invoice_service.domain.customer import Customer
from invoice_service.domain.invoice import Invoice, Item
from invoice_service.domain.money import Money
from invoice_service.domain.payment import Allocation, Payment
from invoice_service.domain.place import Defaults, Place
from invoice_service.domain.reckoning import Moment, Reckoning, reckon
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


def a_customer(*, version: int = 1, time_zone: str | None = None, **details: Any) -> Customer:
    return Customer("acme", "c1", version, time_zone, details=details)


def a_place(time_zone: str = BERLIN, country: str = "DE", region: str | None = None) -> Place:
    return Place(time_zone, country, region)


def an_account(*facts: Customer | Invoice | Payment) -> Account:
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
