"""How much money is open and past its day, and how much came in since a reminder: kept up while the days pass."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from kulant_cli.facts import Fact
from kulant_contracts.erp import Allocation, ErpInvoiceIssuedV1, ErpPaymentReceivedV1
from kulant_contracts.erp_changes import ErpCreditNoteIssuedV1, ErpItemAdjustedV1, ErpPaymentReversedV1


@dataclass(slots=True)
class _Bill:
    currency: str
    due_on: date | None
    total: int
    paid: Counter[str] = field(default_factory=Counter)  # by payment
    less: Counter[str] = field(default_factory=Counter)  # by correction
    is_reminded: bool = False

    @property
    def open(self) -> int:
        return max(0, self.total - self.paid.total() - self.less.total())


@dataclass(slots=True)
class Takings:
    """A cash book for the eye: the judge adds up anew, from the facts alone."""

    recovered: Counter[str] = field(default_factory=Counter)
    _bills: dict[str, _Bill] = field(default_factory=dict)
    _payments: dict[str, ErpPaymentReceivedV1] = field(default_factory=dict)

    def hear(self, fact: Fact) -> None:
        """Book what the ERP says."""
        data = fact.data
        if isinstance(data, ErpInvoiceIssuedV1):
            due_on = max((item.due_on for item in data.items if item.due_on is not None), default=None)
            bill = self._bills.setdefault(data.invoice_id, _Bill(data.currency, due_on, 0))
            bill.total = data.total.amount_minor
        elif isinstance(data, ErpPaymentReceivedV1):
            self._payments[data.payment_id] = data
            for part in data.allocations:
                self._book(part, data.payment_id)
        elif isinstance(data, ErpPaymentReversedV1):
            self._take_back(data.payment_id)
        elif isinstance(data, ErpCreditNoteIssuedV1):
            for part in data.allocations:
                self._reduce(part.invoice_id, data.credit_note_id, part.money.amount_minor)
        elif isinstance(data, ErpItemAdjustedV1):
            self._reduce(data.invoice_id, data.adjustment_id, data.money.amount_minor)

    def _book(self, part: Allocation, payment_id: str) -> None:
        bill = self._bills.get(part.invoice_id)
        if bill is not None:
            bill.paid[payment_id] = part.money.amount_minor
            self.recovered[bill.currency] += part.money.amount_minor if bill.is_reminded else 0

    def _take_back(self, payment_id: str) -> None:
        payment = self._payments.get(payment_id)
        for part in payment.allocations if payment else ():
            bill = self._bills.get(part.invoice_id)
            if bill is not None:
                self.recovered[bill.currency] -= bill.paid.pop(payment_id, 0) if bill.is_reminded else 0
                bill.paid.pop(payment_id, None)

    def _reduce(self, invoice_id: str, by: str, minor: int) -> None:
        if invoice_id in self._bills:
            self._bills[invoice_id].less[by] = minor

    def remind(self, invoice_id: str) -> None:
        """A mail about this invoice was read."""
        if invoice_id in self._bills:
            self._bills[invoice_id].is_reminded = True

    def overdue(self, today: date) -> Counter[str]:
        """What is open and past its day, by currency, in minor units."""
        found: Counter[str] = Counter()
        for bill in self._bills.values():
            if bill.due_on is not None and bill.due_on < today:
                found[bill.currency] += bill.open
        return found
