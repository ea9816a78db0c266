"""What the API says: shapes of answers, in the conventions of the contracts."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from invoice_service.domain.account import Account
from invoice_service.domain.balance import Balance
from invoice_service.domain.invoice import Invoice, ItemStanding
from invoice_service.usecases.ports import Restatement
from kulant_contracts.money import Money
from kulant_contracts.wire import Id, Instant


class ItemResponse(BaseModel):
    """An item as last published."""

    item_id: str
    invoice_id: str
    customer_id: str
    creditor_id: str
    number: str
    issued_on: date
    due_on: date | None
    amount: Money
    open: Money
    state: str
    settled_on: date | None
    corrected: Money
    payment_returned_on: date | None
    version: int

    @classmethod
    def of(cls, invoice: Invoice, standing: ItemStanding) -> "ItemResponse":
        """The item in the words of the API."""
        return cls(
            item_id=standing.item.item_id,
            invoice_id=invoice.invoice_id,
            customer_id=invoice.customer_id,
            creditor_id=invoice.creditor_id,
            number=invoice.number,
            issued_on=invoice.issued_on,
            due_on=standing.item.due_on,
            amount=Money.from_minor(standing.item.amount_minor, invoice.currency),
            open=Money.from_minor(standing.open_minor, invoice.currency),
            state=standing.state.value,
            settled_on=standing.settled_on,
            corrected=Money.from_minor(standing.corrected_minor, invoice.currency),
            payment_returned_on=standing.returned.on if standing.returned else None,
            version=standing.version,
        )


class ItemsResponse(BaseModel):
    """One page of items; `next` is the cursor of the following one."""

    items: list[ItemResponse]
    next: str | None


class InvoiceResponse(BaseModel):
    """An invoice as the ERP told it, and how its items stand."""

    invoice_id: str
    customer_id: str
    creditor_id: str
    number: str
    issued_on: date
    currency: str
    version: int
    items: list[ItemResponse]


class BalanceResponse(BaseModel):
    """Sums in one currency."""

    open: Money
    overdue: Money
    credit: Money

    @classmethod
    def of(cls, currency: str, balance: Balance) -> "BalanceResponse":
        """The balance in the words of the API."""
        return cls(
            open=Money.from_minor(balance.open_minor, currency),
            overdue=Money.from_minor(balance.overdue_minor, currency),
            credit=Money.from_minor(balance.credit_minor, currency),
        )


class CreditResponse(BaseModel):
    """What the customer has to its credit with one creditor."""

    creditor_id: str
    money: Money


class HoldResponse(BaseModel):
    """A reason not to remind that is set."""

    hold_id: str
    scope: str
    scope_id: str | None = None
    invoice_id: str | None = None
    reason: str
    money: Money | None = None
    until_on: date | None = None


class CustomerResponse(BaseModel):
    """A customer as the ERP told it (null before it did), what it owes, its credit and its holds."""

    customer_id: str
    told: Mapping[str, Any] | None
    balances: list[BalanceResponse]
    credits: list[CreditResponse]
    holds: list[HoldResponse]

    @classmethod
    def of(cls, account: Account, balances: Mapping[str, Balance]) -> "CustomerResponse":
        """The account in the words of the API."""
        return cls(
            customer_id=account.customer_id,
            told=account.customer.customer.details if account.customer else None,
            balances=[BalanceResponse.of(currency, balance) for currency, balance in sorted(balances.items())],
            credits=[
                CreditResponse(creditor_id=creditor_id, money=Money.from_minor(credit.amount_minor, currency))
                for (creditor_id, currency), credit in sorted(account.credits.items())
                if credit.amount_minor
            ],
            holds=[
                HoldResponse.model_validate({**known.hold.details, "hold_id": hold_id})
                for hold_id, known in sorted(account.holds.items())
                if known.hold.is_set
            ],
        )


class TestClockRequest(BaseModel):
    """Where the clock is to stand."""

    now_at: Instant


class TestClockResponse(BaseModel):
    """Where the clock stands."""

    now_at: Instant


class EventResponse(BaseModel):
    """What became of one event: `accepted`, `duplicate`, or `problem` with the reason; no id where it has none."""

    id: str | None = None
    result: str
    problem: Mapping[str, Any] | None = None


class BatchResponse(BaseModel):
    """One result per event, in the order of the batch."""

    results: list[EventResponse]


class RestatementRequest(BaseModel):
    """What is to be told again: one customer, or without one all of the tenant."""

    customer_id: Id | None = None


class RestatementResponse(BaseModel):
    """An order to tell state again, and whether it is done."""

    restatement_id: UUID
    customer_id: str | None
    is_done: bool

    @classmethod
    def of(cls, restatement: Restatement) -> "RestatementResponse":
        """The order in the words of the API."""
        return cls(
            restatement_id=restatement.restatement_id,
            customer_id=restatement.customer_id,
            is_done=restatement.is_done,
        )
