"""What reduces a customer's debt: payments, credit notes and adjustments, and to what the ERP allocated them."""

from dataclasses import dataclass
from datetime import date

from invoice_service.domain.cancellation import Cancellation, Kind
from invoice_service.domain.money import Money
from invoice_service.domain.place import MAIN_CREDITOR

PaymentName = tuple[Kind, str]
"""Kind and id; unique in a tenant."""

_DIRECT_DEBITS = ("direct_debit", "directdebit", "sepa_dd", "sdd")


@dataclass(frozen=True, slots=True)
class Allocation:
    """The share of a payment that goes to one invoice, or to one of its items.

    `deducted_minor` is what the ERP let go with it (a discount, a bank charge): it closes the item as money does.
    """

    invoice_id: str
    item_id: str | None
    paid: Money
    deducted_minor: int = 0
    is_for_cost: bool = False

    @property
    def closes_minor(self) -> int:
        """By how much the item gets smaller."""
        return 0 if self.is_for_cost else self.paid.amount_minor + self.deducted_minor


@dataclass(frozen=True, slots=True)
class Payment:
    """Whole state of `payment.received`, `credit_note.issued` or `item.adjusted`.

    An adjustment brings no money: its sum is the deduction of its one allocation, negative where it raises what is
    open. `is_from_beginning`: what it closes was never owed (a credit note that corrects).
    """

    tenant: str
    customer_id: str
    payment_id: str
    version: int
    received_on: date
    money: Money
    allocations: tuple[Allocation, ...] = ()
    kind: Kind = Kind.PAYMENT
    creditor_id: str = MAIN_CREDITOR
    method: str | None = None
    is_from_beginning: bool = False

    @property
    def name(self) -> PaymentName:
        """Its kind and id."""
        return self.kind, self.payment_id

    @property
    def invoice_ids(self) -> set[str]:
        """The invoices that it names."""
        return {allocation.invoice_id for allocation in self.allocations}

    @property
    def unallocated_minor(self) -> int:
        """What the ERP has not given to anything: the customer's credit."""
        return self.money.amount_minor - sum(allocation.paid.amount_minor for allocation in self.allocations)

    @property
    def is_direct_debit(self) -> bool:
        """Whether the ERP says that the creditor collected it."""
        method = (self.method or "").lower().replace("-", "_")
        return any(name in method for name in _DIRECT_DEBITS)


@dataclass(frozen=True, slots=True)
class Booked:
    """A payment, and by what it was taken back."""

    payment: Payment
    cancellation: Cancellation | None = None

    @property
    def counts(self) -> bool:
        """Whether nothing took it back. Of equal versions the one that takes back counts."""
        return self.cancellation is None

    @property
    def has_returned(self) -> bool:
        """Whether it counted for a while and then came back; a void credit note never counted."""
        return self.cancellation is not None and self.payment.kind is Kind.PAYMENT
