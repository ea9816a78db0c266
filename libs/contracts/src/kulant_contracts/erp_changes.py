"""What an ERP says about what it said before: cancelled, adjusted, reversed, credited, held, compared."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kulant_contracts.erp import MAIN_CREDITOR, Allocations, ErpEventData, check_allocations
from kulant_contracts.holds import HoldEventData
from kulant_contracts.money import Money, Owed
from kulant_contracts.wire import Code, Day, Flag, Id, Instant, Line, Text, Wire


class ErpInvoiceCancelledV1(ErpEventData):
    """An invoice is void: nothing of it was ever owed."""

    TYPE: ClassVar[str] = "kulant.erp.invoice.cancelled.v1"

    creditor_id: Id = MAIN_CREDITOR
    customer_id: Id
    invoice_id: Id
    cancelled_on: Day
    reason: Text | None = None
    replaced_by: Id | None = Field(default=None, description="The invoice that takes its place")


class ErpItemAdjustedV1(ErpEventData):
    """What is open on an item changes without a payment. Each adjustment has an id and counts once."""

    TYPE: ClassVar[str] = "kulant.erp.item.adjusted.v1"

    creditor_id: Id = MAIN_CREDITOR
    customer_id: Id
    adjustment_id: Id
    invoice_id: Id
    item_id: Id | None = Field(default=None, description="absent: the invoice's items in order of their due date")
    money: Money = Field(description="By how much less is open; negative raises it")
    on: Day
    reason: Text | None = None
    kind: Literal["write_off", "netting", "correction", "deduction"]


class ErpPaymentReversedV1(ErpEventData):
    """A payment came back: a direct debit was returned, a card charge disputed, a transfer recalled."""

    TYPE: ClassVar[str] = "kulant.erp.payment.reversed.v1"

    creditor_id: Id = MAIN_CREDITOR
    customer_id: Id
    payment_id: Id
    reversed_on: Day
    reason_code: Code | None = Field(default=None, description="The bank's code: AC04, AM04, MD01, MD06, MS03")
    bank_fee: Owed | None = None
    mandate_usable: Flag | None = Field(default=None, description="False: nothing more is collected by this mandate")
    recollect_on: Day | None = Field(default=None, description="The day of the next attempt to collect")


class ErpCreditNoteIssuedV1(ErpEventData):
    """The creditor gives something back. What is not allocated is the customer's credit."""

    TYPE: ClassVar[str] = "kulant.erp.credit_note.issued.v1"

    creditor_id: Id = MAIN_CREDITOR
    customer_id: Id
    credit_note_id: Id
    issued_on: Day
    money: Owed
    effect: Literal["correction", "settlement"] | None = Field(
        default=None,
        description="correction: it was never owed; settlement: it is paid from issued_on on; absent: correction",
    )
    allocations: Allocations = ()

    @model_validator(mode="after")
    def _allocates_no_more_than_it_has(self) -> Self:
        check_allocations(self.money, self.allocations)
        return self


class ErpCreditNoteCancelledV1(ErpEventData):
    """A credit note is void: nothing of it ever counted."""

    TYPE: ClassVar[str] = "kulant.erp.credit_note.cancelled.v1"

    creditor_id: Id = MAIN_CREDITOR
    customer_id: Id
    credit_note_id: Id
    cancelled_on: Day


class ErpHoldChangedV1(HoldEventData, ErpEventData):
    """The ERP sets or lifts a reason not to remind."""

    TYPE: ClassVar[str] = "kulant.erp.hold.changed.v1"


class StatedBalance(Wire):
    """What is open on one item by the ERP's books."""

    invoice_id: Id
    item_id: Id
    open: Owed


class ErpBalancesStatedV1(ErpEventData):
    """What is open by the ERP's books. Where Kulant's own balance differs, the item is held and a person looks."""

    TYPE: ClassVar[str] = "kulant.erp.balances.stated.v1"

    customer_id: Id
    as_of_at: Instant
    items: Annotated[tuple[StatedBalance, ...], Field(max_length=2_000)]

    @model_validator(mode="after")
    def _names_each_item_once(self) -> Self:
        if len({(item.invoice_id, item.item_id) for item in self.items}) != len(self.items):
            raise PydanticCustomError("ids_not_distinct", "the same id comes twice")
        return self


class ErpPaymentsCheckedV1(ErpEventData):
    """All payments of an account up to a moment were sent, and acknowledged by the broker, before this event."""

    TYPE: ClassVar[str] = "kulant.erp.payments.checked.v1"

    creditor_id: Id = MAIN_CREDITOR
    source_account: Line | None = Field(default=None, description="absent: all accounts of the creditor")
    seen_until_at: Instant
