"""What invoice-service says about tenants, creditors, customers, invoices, open items and holds."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kulant_contracts import topics
from kulant_contracts.envelope import EventData
from kulant_contracts.holds import HoldEventData
from kulant_contracts.money import Currency, Money, Owed, check_one_currency
from kulant_contracts.party import Address, BankAccount, Clerk, Contact, CustomerKind, Profile, Reach
from kulant_contracts.terms import (
    AgreedInterest,
    Claim,
    DirectDebit,
    Discount,
    DueBasis,
    PaymentReturned,
    PaymentTerms,
    PriorDunning,
)
from kulant_contracts.wire import (
    Code,
    Count,
    Country,
    Day,
    Flag,
    Id,
    Instant,
    Language,
    Line,
    Region,
    Text,
    TimeZone,
    Url,
    Version,
    Wire,
)

ItemStateName = Literal["open", "due", "overdue", "settled", "cancelled"]


class InvoiceEventData(EventData):
    """A fact that invoice-service states, with its entity's version: the highest wins."""

    TOPIC: ClassVar[str] = topics.INVOICE

    version: Version = Field(description="Growing integer per entity; in microseconds since 1970 where Kulant gives it")


class TenantChangedV1(InvoiceEventData):
    """The tenant as it is now; in test mode also where its clock stands."""

    TYPE: ClassVar[str] = "kulant.tenant.changed.v1"

    name: Line
    mode: Literal["live", "test"]
    time_zone: TimeZone = Field(description="IANA name")
    country: Country = Field(description="ISO 3166-1 alpha-2")
    region: Region | None = None
    lead_days: Count = Field(default=0, description="Days before the due date for the friendly notice; 0: none")
    test_now_at: Instant | None = Field(default=None, description="The tenant's clock; in test mode, and only there")
    settings_version: Version = Field(description="The version at which anything but the clock changed last")

    @model_validator(mode="after")
    def _has_a_clock_in_test_mode_only(self) -> Self:
        if (self.mode == "test") != (self.test_now_at is not None):
            raise PydanticCustomError("test_clock", "a clock belongs to test mode, and to it alone")
        return self


class CreditorChangedV1(InvoiceEventData):
    """A creditor as it is now: whole state."""

    TYPE: ClassVar[str] = "kulant.creditor.changed.v1"

    creditor_id: Id
    legal_name: Line
    address: Address
    register_entry: Line | None = Field(default=None, alias="register", description="Court and number")
    directors: tuple[Line, ...] = ()
    vat_id: Line | None = None
    sepa_creditor_id: Line | None = None
    bank_accounts: tuple[BankAccount, ...] = ()
    contact: Reach
    language: Language = Field(description="BCP 47")
    time_zone: TimeZone = Field(description="IANA name")
    region: Region | None = None
    logo_url: Url | None = None
    imprint_url: Url | None = None
    privacy_url: Url | None = None


class CustomerChangedV1(InvoiceEventData):
    """A customer as it is now: whole state, with what the ERP left out derived from the creditor or the tenant."""

    TYPE: ClassVar[str] = "kulant.customer.changed.v1"

    customer_id: Id
    kind: CustomerKind = Field(description="unknown is treated as consumer")
    name: Line
    legal_name: Line | None = None
    language: Language | None = Field(default=None, description="BCP 47; absent: the creditor's")
    time_zone: TimeZone = Field(description="IANA name")
    country: Country = Field(description="ISO 3166-1 alpha-2")
    region: Region | None = None
    parent_id: Id | None = None
    clerk: Clerk | None = None
    policy: Code | None = None
    profile: Profile = Field(default_factory=dict)
    contacts: tuple[Contact, ...] = ()


class ItemState(Wire):
    """An open item as it is now: whole state, so that a reader needs no earlier event."""

    item_id: Id
    invoice_id: Id
    customer_id: Id
    creditor_id: Id
    number: Line = Field(description="The invoice's number as printed on it")
    issued_on: Day
    due_on: Day | None = Field(default=None, description="Last day to pay, customer's zone; absent: not due yet")
    amount: Money = Field(description="What was invoiced")
    open: Money = Field(description="What is still to be paid")
    state: ItemStateName
    version: Version = Field(description="Grows with every change of this item; the highest wins")
    settled_on: Day | None = Field(default=None, description="Day of the payment that settled it")
    claim: Claim = "goods_services"
    subject: Line | None = None
    order_number: Line | None = None
    buyer_reference: Line | None = None
    payment_reference: Line | None = Field(default=None, description="What the payer should write; absent: the number")
    account_id: Id | None = Field(default=None, description="The creditor's bank account to pay into")
    direct_debit: DirectDebit | None = Field(default=None, description="The creditor collects it; absent: it does not")
    payment_returned: PaymentReturned | None = Field(default=None, description="The last payment that came back")
    discount: Discount | None = None
    opening: Flag | None = Field(default=None, description="True: migrated from an old system")
    dunning: PriorDunning | None = Field(default=None, description="What the old system did about it")
    corrected: Money | None = Field(
        default=None,
        description="By how much credit notes and adjustments, not payments, have made it less; absent: not told",
    )

    @model_validator(mode="after")
    def _is_of_one_currency(self) -> Self:
        check_one_currency(self.amount.currency, [self.open, *([self.corrected] if self.corrected else [])])
        return self


class InvoiceRegisteredV1(InvoiceEventData):
    """An invoice was taken in, or a higher version replaced it; items that it no longer has are cancelled."""

    TYPE: ClassVar[str] = "kulant.invoice.registered.v1"

    creditor_id: Id
    customer_id: Id
    invoice_id: Id
    number: Line
    issued_on: Day
    performed_on: Day | None = None
    received_on: Day | None = None
    currency: Currency
    total: Money
    claim: Claim = "goods_services"
    subject: Line | None = None
    order_number: Line | None = None
    buyer_reference: Line | None = None
    terms_text: Text | None = None
    document_url: Url | None = None
    clerk: Clerk | None = None
    due_basis: DueBasis = None
    default_notice: Flag | None = None
    governing_law: Code | None = None
    agreed_interest: AgreedInterest | None = None
    payment: PaymentTerms | None = None
    opening: Flag | None = None
    items: tuple[ItemState, ...] = Field(description="All items of the invoice, cancelled ones too")


class ItemEventData(ItemState, EventData):
    """A fact about one item, with its whole state."""

    TOPIC: ClassVar[str] = topics.INVOICE


class InvoiceCancelledV1(InvoiceEventData):
    """An invoice is void, and all its items with it."""

    TYPE: ClassVar[str] = "kulant.invoice.cancelled.v1"

    creditor_id: Id
    customer_id: Id
    invoice_id: Id
    number: Line
    cancelled_on: Day
    reason: Text | None = None
    replaced_by: Id | None = Field(default=None, description="The invoice that takes its place")
    items: tuple[ItemState, ...] = Field(description="All items of the invoice, as cancelled")


class ItemDueSoonV1(ItemEventData):
    """The due date of an open item is as near as the tenant's lead days."""

    TYPE: ClassVar[str] = "kulant.item.due_soon.v1"


class ItemRescheduledV1(ItemEventData):
    """An open item has another due date than before."""

    TYPE: ClassVar[str] = "kulant.item.rescheduled.v1"


class ItemDueV1(ItemEventData):
    """The due date of an open item has come."""

    TYPE: ClassVar[str] = "kulant.item.due.v1"


class ItemOverdueV1(ItemEventData):
    """The day after the due date has begun in the customer's zone, and something is still open."""

    TYPE: ClassVar[str] = "kulant.item.overdue.v1"


class ItemBalanceChangedV1(ItemEventData):
    """What is open on this item is more or less than before, and not nothing."""

    TYPE: ClassVar[str] = "kulant.item.balance_changed.v1"


class ItemSettledV1(ItemEventData):
    """Nothing is open on this item any more."""

    TYPE: ClassVar[str] = "kulant.item.settled.v1"


class HoldChangedV1(HoldEventData, InvoiceEventData):
    """A reason of the ERP's or of invoice-service's own not to remind was set or lifted."""

    TYPE: ClassVar[str] = "kulant.hold.changed.v1"


class CreditChangedV1(InvoiceEventData):
    """Money of the customer's that the ERP has not allocated to any item: what a message asks for is less by it."""

    TYPE: ClassVar[str] = "kulant.credit.changed.v1"

    customer_id: Id
    creditor_id: Id
    money: Owed = Field(description="All of it in one currency; zero: none is left")


class PaymentsCheckedV1(InvoiceEventData):
    """Up to this moment no payment to a creditor is unknown: the least over its accounts, behind all of their facts."""

    TYPE: ClassVar[str] = "kulant.payments.checked.v1"

    creditor_id: Id
    seen_until_at: Instant


class CustomerErasedV1(InvoiceEventData):
    """Everything personal about a customer is to be forgotten; nothing is sent to it any more."""

    TYPE: ClassVar[str] = "kulant.customer.erased.v1"

    customer_id: Id
    erased_on: Day
