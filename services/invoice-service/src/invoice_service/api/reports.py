"""Shapes of statements and agings, in the conventions of the contracts."""

from collections.abc import Sequence
from datetime import date
from typing import Self

from pydantic import BaseModel

from invoice_service.domain.statement import Line, Statement
from invoice_service.usecases.show_aging import AgingPage
from invoice_service.usecases.views import AgingRow
from kulant_contracts.money import Money


class MovementResponse(BaseModel):
    """One line of a statement: what is owed became more (positive) or less, and the balance after it."""

    on: date
    kind: str
    id: str
    invoice_id: str | None
    money: Money
    balance: Money

    @classmethod
    def of(cls, line: Line, currency: str) -> "MovementResponse":
        """The line in the words of the API."""
        moved = line.movement
        return cls(
            on=moved.on,
            kind=moved.kind.value,
            id=moved.entity_id,
            invoice_id=moved.invoice_id,
            money=Money.from_minor(moved.amount_minor, currency),
            balance=Money.from_minor(line.balance_minor, currency),
        )


class StatementOfAccount(BaseModel):
    """One creditor's account with the customer in one currency; below zero it is the customer's credit."""

    creditor_id: str
    currency: str
    opening: Money
    movements: list[MovementResponse]
    closing: Money

    @classmethod
    def of(cls, statement: Statement) -> "StatementOfAccount":
        """The statement in the words of the API."""
        creditor_id, currency = statement.key
        return cls(
            creditor_id=creditor_id,
            currency=currency,
            opening=Money.from_minor(statement.opening_minor, currency),
            movements=[MovementResponse.of(line, currency) for line in statement.lines],
            closing=Money.from_minor(statement.closing_minor, currency),
        )


class StatementResponse(BaseModel):
    """A customer's accounts over a period."""

    customer_id: str
    accounts: list[StatementOfAccount]

    @classmethod
    def of(cls, customer_id: str, statements: Sequence[Statement]) -> "StatementResponse":
        """The statements in the words of the API."""
        return cls(customer_id=customer_id, accounts=[StatementOfAccount.of(one) for one in statements])


class AgingBuckets(BaseModel):
    """What is open by days overdue."""

    creditor_id: str
    currency: str
    not_due: Money
    days_1_30: Money
    days_31_60: Money
    days_61_90: Money
    days_over_90: Money
    total: Money

    @classmethod
    def of(cls, row: AgingRow) -> Self:
        """The sums in the words of the API."""
        buckets = {name: getattr(row, name) for name in _BUCKETS}
        money = {name: Money.from_minor(minor, row.currency) for name, minor in buckets.items()}
        total = Money.from_minor(sum(buckets.values()), row.currency)
        return cls.model_validate(
            {"customer_id": row.customer_id, "creditor_id": row.creditor_id, "currency": row.currency, "total": total}
            | money
        )


class CustomersAging(AgingBuckets):
    """What is open of one customer by days overdue."""

    customer_id: str


class AgingResponse(BaseModel):
    """One page of customers; `totals` on the first page, `next` is the cursor of the following one."""

    as_of: date
    totals: list[AgingBuckets] | None
    items: list[CustomersAging]
    next: str | None

    @classmethod
    def of(cls, page: AgingPage, cursor: str | None) -> "AgingResponse":
        """The page in the words of the API."""
        totals = [AgingBuckets.of(row) for row in page.totals] if page.totals is not None else None
        items = [CustomersAging.of(row) for row in page.rows]
        return cls(as_of=page.as_of, totals=totals, items=items, next=cursor)


_BUCKETS = ("not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90")
