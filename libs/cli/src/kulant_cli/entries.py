"""Where the demo ledger is written down: what is fixed for all of it, the pages, and one invoice's own corner."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from kulant_cli.book import Correction, Customer, Dispute, Invoice, NewAddress, Payment, Return

FIRST_DAY = date(2026, 3, 16)  # a Monday; from here the weeks see summer time begin, Easter, and the holidays of May
FRIDAY = 4
MORNING = time(4, tzinfo=UTC)  # the ERP's nightly run has told of new invoices and of the bank's statement


@dataclass(frozen=True, slots=True)
class Plan:
    """What is fixed for the whole ledger."""

    rng: random.Random
    days: int
    first_on: date = FIRST_DAY

    @property
    def last_on(self) -> date:
        """The last day that is played."""
        return self.first_on + timedelta(days=self.days - 1)


@dataclass(slots=True)
class Entries:
    """The ledger so far."""

    invoices: list[Invoice] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)
    new_addresses: list[NewAddress] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Corner:
    """One invoice, and where to write down what becomes of it. Nothing is written after the last day."""

    plan: Plan
    customer: Customer
    invoice: Invoice
    entries: Entries

    @property
    def rng(self) -> random.Random:
        """The ledger's one source of chance."""
        return self.plan.rng

    def due(self, first: int, last: int) -> date:
        """A day of the banks from so many to so many days after the due date, never before the ledger begins.

        What would come on a weekend comes on the Friday before if it is on time, else on Monday.
        """
        on = self.invoice.due_on + timedelta(days=self.rng.randint(first, last))
        return max(self.plan.first_on, bank_day(on, is_early=on <= self.invoice.due_on))

    def pays(self, on: date, minor: int | None = None, **more: Any) -> Payment | None:
        """Money arrives that day: all of it, unless another amount is said."""
        if on > self.plan.last_on:
            return None
        amount = self.invoice.amount_minor if minor is None else minor
        payment = pay(self.invoice, morning(on), amount, **more)
        self.entries.payments.append(payment)
        return payment

    def gets_back(self, payment: Payment | None, on: date, reason_code: str) -> None:
        """The bank takes a payment back that day."""
        if payment is not None and on <= self.plan.last_on:
            self.entries.returns.append(Return(payment, morning(on), reason_code))

    def contests(self, from_on: date, until_on: date) -> None:
        """The customer has told the ERP that something is wrong; settled on a later day."""
        if from_on <= self.plan.last_on:
            until = until_on if until_on <= self.plan.last_on else None
            invoice = self.invoice
            self.entries.disputes.append(
                Dispute(invoice.customer_id, invoice.invoice_id, invoice.item_id, from_on, until)
            )


def bank_day(on: date, *, is_early: bool = False) -> date:
    """The day itself, or instead of a weekend the Monday after it (the Friday before, where it is early)."""
    beyond = on.weekday() - FRIDAY
    if beyond <= 0:
        return on
    return on - timedelta(days=beyond) if is_early else on + timedelta(days=3 - beyond)


def morning(on: date) -> datetime:
    """When the ERP tells of a day's news."""
    return datetime.combine(on, MORNING)


def pay(invoice: Invoice, at: datetime, amount_minor: int, **more: Any) -> Payment:
    """A payment towards the invoice; its id follows from invoice and day. `more`: other fields of the payment."""
    return Payment(
        payment_id=f"P-{invoice.invoice_id}-{at:%Y%m%d}",
        customer_id=invoice.customer_id,
        invoice_id=invoice.invoice_id,
        item_id=invoice.item_id,
        amount_minor=amount_minor,
        currency=invoice.currency,
        account_id=invoice.account_id,
        at=at,
        creditor_id=invoice.creditor_id,
        **more,
    )
