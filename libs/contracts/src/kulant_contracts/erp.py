"""What an ERP says: whole state of its entities, the highest version wins."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator
from pydantic_core import PydanticCustomError

from kulant_contracts import topics
from kulant_contracts.envelope import EventData
from kulant_contracts.money import Currency, Money, Owed, check_one_currency, sum_minor
from kulant_contracts.party import Address, BankAccount, Clerk, Contact, CustomerKind, Profile, Reach
from kulant_contracts.terms import AgreedInterest, Claim, Discount, DueBasis, PaymentTerms, PriorDunning
from kulant_contracts.wire import (
    Code,
    Count,
    Country,
    Day,
    Flag,
    Id,
    Language,
    Line,
    Region,
    Text,
    TimeZone,
    Url,
    Version,
    Wire,
    check_distinct,
)

MAIN_CREDITOR = "main"


class ErpEventData(EventData):
    """A fact that an ERP states."""

    TOPIC: ClassVar[str] = topics.ERP

    version: Version | None = Field(
        default=None,
        description="Growing integer per entity; absent: the event's time in microseconds since 1970",
    )


class ErpTenantChangedV1(ErpEventData):
    """The organisation that uses Kulant, live or in test mode. Its first one in test mode sets the test clock."""

    TYPE: ClassVar[str] = "kulant.erp.tenant.changed.v1"

    name: Line
    mode: Literal["live", "test"] = Field(description="test: business time is a clock that can be moved")
    time_zone: TimeZone = Field(description="IANA name")
    country: Country = Field(description="ISO 3166-1 alpha-2")
    region: Region | None = Field(default=None, description="Part of the country, for its holidays: BY")
    lead_days: Count | None = Field(default=None, description="Days before the due date for the friendly notice")


class ErpCreditorChangedV1(ErpEventData):
    """A legal entity of the tenant that is owed; sender of every message about its claims."""

    TYPE: ClassVar[str] = "kulant.erp.creditor.changed.v1"

    creditor_id: Id = MAIN_CREDITOR
    legal_name: Line
    address: Address
    register_entry: Line | None = Field(default=None, alias="register", description="Court and number")
    directors: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    vat_id: Line | None = None
    sepa_creditor_id: Line | None = None
    bank_accounts: Annotated[tuple[BankAccount, ...], Field(max_length=50)] = ()
    contact: Reach
    language: Language = Field(description="BCP 47")
    time_zone: TimeZone = Field(description="IANA name")
    region: Region | None = None
    logo_url: Url | None = None
    imprint_url: Url | None = None
    privacy_url: Url | None = None

    @model_validator(mode="after")
    def _has_distinct_accounts(self) -> Self:
        check_distinct([account.account_id for account in self.bank_accounts])
        return self


class ErpCustomerChangedV1(ErpEventData):
    """The debtor account that is dunned (the payer), with all its contacts."""

    TYPE: ClassVar[str] = "kulant.erp.customer.changed.v1"

    customer_id: Id
    kind: CustomerKind = Field(description="unknown is treated as consumer")
    name: Line
    legal_name: Line | None = None
    language: Language | None = Field(default=None, description="BCP 47; absent: the creditor's")
    time_zone: TimeZone | None = Field(default=None, description="IANA name; absent: the creditor's")
    country: Country | None = Field(default=None, description="ISO 3166-1 alpha-2; absent: the creditor's")
    region: Region | None = None
    parent_id: Id | None = None
    clerk: Clerk | None = None
    policy: Code | None = Field(default=None, description="Code of the dunning policy that the ERP asks for")
    profile: Annotated[Profile, Field(max_length=100)] = Field(
        default_factory=dict,
        description="Segment, risk, account manager and the like, for policies to choose by",
    )
    contacts: Annotated[tuple[Contact, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _has_distinct_contacts(self) -> Self:
        check_distinct([contact.contact_id for contact in self.contacts])
        return self


class ErpInvoiceItem(Wire):
    """One open item of an invoice: the part that falls due on one day."""

    item_id: Id
    due_on: Day | None = Field(description="Last day to pay; null: not due until a later version says when")
    amount: Owed
    discount: Discount | None = None
    dunning: PriorDunning | None = None

    @model_serializer(mode="wrap")
    def _always_with_due_on(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        written.setdefault("due_on", None)
        return written


class ErpInvoiceIssuedV1(ErpEventData):
    """An invoice with its open items. A higher version replaces all; an invoice never changes its customer."""

    TYPE: ClassVar[str] = "kulant.erp.invoice.issued.v1"

    creditor_id: Id = MAIN_CREDITOR
    customer_id: Id
    invoice_id: Id
    number: Line = Field(description="As printed on the invoice")
    issued_on: Day
    performed_on: Day | None = None
    received_on: Day | None = Field(default=None, description="When the customer got it")
    currency: Currency
    total: Owed = Field(description="Sum of the items")
    claim: Claim | None = Field(default=None, description="absent: goods_services")
    subject: Line | None = None
    order_number: Line | None = None
    buyer_reference: Line | None = None
    terms_text: Text | None = None
    document_url: Url | None = None
    clerk: Clerk | None = None
    due_basis: DueBasis = Field(default=None, description="Where the due date comes from")
    default_notice: Flag | None = Field(default=None, description="True: a consumer was told of the 30 days")
    governing_law: Code | None = None
    agreed_interest: AgreedInterest | None = None
    payment: PaymentTerms | None = None
    opening: Flag | None = Field(default=None, description="True: migrated from an old system")
    items: Annotated[tuple[ErpInvoiceItem, ...], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        # One plain loop: this runs for every invoice that is read.
        left = self.total.amount_minor
        currencies = {self.currency, self.total.currency}
        ids = set()
        for item in self.items:
            left -= item.amount.amount_minor
            currencies.add(item.amount.currency)
            ids.add(item.item_id)
            if item.discount is not None:
                currencies.add(item.discount.money.currency)
        if len(currencies) != 1:
            raise PydanticCustomError("currencies_differ", "amounts are in different currencies")
        if len(ids) != len(self.items):
            raise PydanticCustomError("ids_not_distinct", "the same id comes twice")
        if left:
            raise PydanticCustomError("items_do_not_sum_to_total", "the items do not sum to the total")
        return self


class Deduction(Wire):
    """What the ERP let the customer take off when it allocated a payment."""

    money: Owed
    reason: Literal["discount", "bank_charge", "tolerance", "withholding"]


class Allocation(Wire):
    """The part of a payment that was booked on one invoice or item. The same item may come more than once."""

    invoice_id: Id
    item_id: Id | None = Field(default=None, description="absent: the invoice's items in order of their due date")
    cost_id: Id | None = None
    money: Owed
    deduction: Deduction | None = None


Allocations = Annotated[tuple[Allocation, ...], Field(max_length=2_000)]


def check_allocations(money: Money, allocations: Allocations) -> None:
    """Refuses to give away more than there is, and in another currency."""
    allocated = [part.money for part in allocations]
    deducted = [part.deduction.money for part in allocations if part.deduction is not None]
    check_one_currency(money.currency, allocated + deducted)
    if sum_minor(allocated) > money.amount_minor:
        raise PydanticCustomError("allocations_exceed_payment", "more is allocated than was received")


class ErpPaymentReceivedV1(ErpEventData):
    """Money came in. What is not allocated is the customer's credit; the ERP's allocation is authoritative."""

    TYPE: ClassVar[str] = "kulant.erp.payment.received.v1"

    creditor_id: Id = MAIN_CREDITOR
    customer_id: Id
    payment_id: Id
    received_on: Day
    money: Owed
    method: Code | None = None
    account_id: Id | None = Field(default=None, description="The creditor's account on which it arrived")
    remittance_text: Text | None = None
    allocations: Allocations = ()

    @model_validator(mode="after")
    def _allocates_no_more_than_it_has(self) -> Self:
        check_allocations(self.money, self.allocations)
        return self
