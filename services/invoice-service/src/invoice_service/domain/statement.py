"""A customer's account as a bookkeeper writes it: what was before, what moved, what remains."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from invoice_service.domain.account import Account
from invoice_service.domain.cancellation import Kind
from invoice_service.domain.credit import CreditKey
from invoice_service.domain.payment import Allocation, Booked, Payment


class MovementKind(StrEnum):
    """What moved the balance; in this order on one day."""

    INVOICE = "invoice"
    INVOICE_CANCELLED = "invoice_cancelled"
    CREDIT_NOTE = "credit_note"
    ADJUSTMENT = "adjustment"
    PAYMENT = "payment"
    DEDUCTION = "deduction"
    PAYMENT_RETURNED = "payment_returned"


_ORDER = {kind: number for number, kind in enumerate(MovementKind)}
_KINDS = {
    Kind.PAYMENT: MovementKind.PAYMENT,
    Kind.CREDIT_NOTE: MovementKind.CREDIT_NOTE,
    Kind.ADJUSTMENT: MovementKind.ADJUSTMENT,
}


@dataclass(frozen=True, slots=True)
class Movement:
    """One line: what the customer owes became more (positive) or less; `entity_id` is the document's."""

    on: date
    kind: MovementKind
    entity_id: str
    amount_minor: int
    invoice_id: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A movement and the balance after it."""

    movement: Movement
    balance_minor: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One creditor's account in one currency over a period; balances below zero are the customer's credit."""

    key: CreditKey
    opening_minor: int
    lines: tuple[Line, ...]

    @property
    def closing_minor(self) -> int:
        """What remains at the end of the period."""
        return self.lines[-1].balance_minor if self.lines else self.opening_minor


def statements(account: Account, first: date, last: date) -> list[Statement]:
    """For each creditor and currency what moved from `first` to `last`, both included.

    Everything stands at the day of its document, also a credit note that corrects from the beginning.
    """
    moved: dict[CreditKey, list[Movement]] = {}
    for key, movement in (*_of_invoices(account), *_of_payments(account)):
        if movement.amount_minor:
            moved.setdefault(key, []).append(movement)
    found = [_statement(key, movements, first, last) for key, movements in sorted(moved.items())]
    return [statement for statement in found if statement.opening_minor or statement.lines]


def _statement(key: CreditKey, movements: Iterable[Movement], first: date, last: date) -> Statement:
    in_order = sorted(movements, key=lambda one: (one.on, _ORDER[one.kind], one.entity_id, one.invoice_id or ""))
    opening_minor = balance_minor = sum(one.amount_minor for one in in_order if one.on < first)
    lines = []
    for movement in in_order:
        if first <= movement.on <= last:
            balance_minor += movement.amount_minor
            lines.append(Line(movement, balance_minor))
    return Statement(key, opening_minor, tuple(lines))


def _of_invoices(account: Account) -> Iterator[tuple[CreditKey, Movement]]:
    for known in account.invoices.values():
        invoice = known.invoice
        key = (invoice.creditor_id, invoice.currency)
        total_minor = sum(item.amount_minor for item in invoice.items)
        yield (
            key,
            Movement(invoice.issued_on, MovementKind.INVOICE, invoice.invoice_id, total_minor, invoice.invoice_id),
        )
        void = account.cancelled_by(invoice)
        if void is not None:
            kind = MovementKind.INVOICE_CANCELLED
            yield key, Movement(void.on, kind, invoice.invoice_id, -total_minor, invoice.invoice_id)


def _of_payments(account: Account) -> Iterator[tuple[CreditKey, Movement]]:
    for booked in account.booked():
        payment = booked.payment
        if not (booked.counts or booked.has_returned):
            continue
        kind = _KINDS[payment.kind]
        if payment.customer_id == account.customer_id:
            key = (payment.creditor_id, payment.money.currency)
            yield from _both_ways(booked, key, kind, payment.unallocated_minor, None)
        for allocation in payment.allocations:
            own = _key_of_own(account, payment, allocation)
            if own is not None:
                deducted_kind = MovementKind.DEDUCTION if payment.kind is Kind.PAYMENT else kind
                yield from _both_ways(booked, own, kind, allocation.paid.amount_minor, allocation.invoice_id)
                yield from _both_ways(booked, own, deducted_kind, allocation.deducted_minor, allocation.invoice_id)


def _key_of_own(account: Account, payment: Payment, allocation: Allocation) -> CreditKey | None:
    """Whose claim an allocation settles; none where it settles no item of this customer."""
    known = account.invoices.get(allocation.invoice_id)
    if known is None or allocation.is_for_cost or known.invoice.currency != payment.money.currency:
        return None
    return known.invoice.creditor_id, known.invoice.currency


def _both_ways(
    booked: Booked, key: CreditKey, kind: MovementKind, minor: int, invoice_id: str | None
) -> Iterator[tuple[CreditKey, Movement]]:
    payment = booked.payment
    yield key, Movement(payment.received_on, kind, payment.payment_id, -minor, invoice_id)
    if booked.cancellation is not None:
        returned = MovementKind.PAYMENT_RETURNED
        yield key, Movement(booked.cancellation.on, returned, payment.payment_id, minor, invoice_id)
