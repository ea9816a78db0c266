"""What this service tells others: each fact carries whole state, so that a reader needs no earlier one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from invoice_service.domain.cancellation import Cancellation
from invoice_service.domain.credit import CreditChanged
from invoice_service.domain.customer import Customer
from invoice_service.domain.freshness import PaymentsChecked
from invoice_service.domain.hold import HoldChanged
from invoice_service.domain.invoice import Invoice, ItemStanding
from invoice_service.domain.place import Place
from invoice_service.domain.tenant import Creditor, Tenant


@dataclass(frozen=True, slots=True)
class TenantChanged:
    """The tenant's settings or its test clock changed."""

    tenant: Tenant
    test_now_at: datetime | None
    version: int
    settings_version: int
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class CreditorChanged:
    """A legal entity of the tenant changed."""

    creditor: Creditor
    version: int
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class CustomerChanged:
    """The customer's own data changed, or the place where its days begin."""

    customer: Customer
    place: Place
    version: int
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class InvoiceRegistered:
    """The invoice is known, or says something new; `standings` are all items it has or ever had."""

    invoice: Invoice
    standings: Mapping[str, ItemStanding]
    version: int
    happened_at: datetime

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The items that it speaks of."""
        return tuple(self.standings)


@dataclass(frozen=True, slots=True)
class InvoiceCancelled:
    """The invoice is void, and all its items (`standings`) with it."""

    invoice: Invoice
    cancellation: Cancellation
    standings: Mapping[str, ItemStanding]
    version: int
    happened_at: datetime

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The items that it speaks of."""
        return tuple(self.standings)


@dataclass(frozen=True, slots=True)
class ItemFact:
    """Something about one item."""

    invoice: Invoice
    standing: ItemStanding
    happened_at: datetime

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The items that it speaks of."""
        return (self.standing.item.item_id,)


@dataclass(frozen=True, slots=True)
class ItemDueSoon(ItemFact):
    """Its due date is as near as the tenant's lead days."""


@dataclass(frozen=True, slots=True)
class ItemRescheduled(ItemFact):
    """It has another due date than before."""


@dataclass(frozen=True, slots=True)
class ItemDue(ItemFact):
    """Its due day has begun."""


@dataclass(frozen=True, slots=True)
class ItemOverdue(ItemFact):
    """Its due day is over, and it is not settled."""


@dataclass(frozen=True, slots=True)
class ItemBalanceChanged(ItemFact):
    """More or less of it is open than before."""


@dataclass(frozen=True, slots=True)
class ItemSettled(ItemFact):
    """Nothing of it is open any more."""


InvoiceFact = InvoiceRegistered | InvoiceCancelled | ItemFact
CustomerFact = CustomerChanged | InvoiceFact | CreditChanged | HoldChanged
Fact = TenantChanged | CreditorChanged | CustomerFact | PaymentsChecked
