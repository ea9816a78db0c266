"""Reads a payment history (one invoice a line) and makes a book of it, every amount exact."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path

from kulant_cli.book import BankAccount, Book, Creditor, Customer, Dispute, Habit, Invoice, Payment
from kulant_cli.entries import MORNING, pay
from kulant_cli.fiction import CREDITOR
from kulant_contracts.money import minor_digits

COLUMNS = (
    "customer_id", "country_code", "invoice_number", "issued_on", "due_on",
    "amount", "currency", "disputed", "settled_on", "paper",
)  # fmt: skip


class UnusableHistory(Exception):
    """The file cannot be played; the message names the line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One invoice of a history."""

    customer_id: str
    country_code: str
    number: str
    issued_on: date
    due_on: date
    amount_minor: int
    currency: str
    disputed: bool
    settled_on: date | None
    paper: str


def read_lines(path: Path) -> list[Line]:
    """All lines of the file; raises UnusableHistory."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                raise UnusableHistory(f"{path} lacks the columns {', '.join(missing)}")
            return list(_lines(path, rows))
    except OSError as error:
        raise UnusableHistory(f"{path} cannot be read: {error.strerror}") from error


def _lines(path: Path, rows: Iterable[dict[str, str]]) -> Iterator[Line]:
    for number, row in enumerate(rows, start=2):
        try:
            yield Line(
                customer_id=_given(row["customer_id"]),
                country_code=row["country_code"].strip(),
                number=_given(row["invoice_number"]),
                issued_on=date.fromisoformat(row["issued_on"]),
                due_on=date.fromisoformat(row["due_on"]),
                amount_minor=minor_of(row["amount"], row["currency"]),
                currency=row["currency"],
                disputed=row["disputed"] == "yes",
                settled_on=date.fromisoformat(row["settled_on"]) if row["settled_on"] else None,
                paper=row["paper"].strip(),
            )
        except (ValueError, InvalidOperation, TypeError, AttributeError) as error:
            raise UnusableHistory(f"{path}, line {number}: {error}") from error


def _given(text: str) -> str:
    if not text.strip():
        raise ValueError("an id is empty")
    return text.strip()


def minor_of(amount: str, currency: str) -> int:
    """The amount in minor units, exactly: 97.6 USD are 9760; ValueError for a fraction of a cent."""
    minor = Decimal(amount).scaleb(minor_digits(currency))
    if minor != minor.to_integral_value() or minor <= 0:
        raise ValueError(f"{amount} {currency} is no amount of whole minor units above zero")
    return int(minor)


def history(lines: list[Line], *, tenant: str, first_on: date | None, last_on: date | None) -> Book:
    """The book of all invoices that are issued, or still open, within these days, both included."""
    if not lines:
        raise UnusableHistory("the history is empty")
    first_on = first_on or min(line.issued_on for line in lines)
    last_on = last_on or max(line.settled_on or line.due_on for line in lines)
    played = [
        line for line in lines if line.issued_on <= last_on and (line.settled_on is None or line.settled_on >= first_on)
    ]
    invoices = [(_invoice(line), line) for line in played]
    return Book(
        tenant=tenant,
        tenant_name="Kulant replay",
        starts_at=datetime.combine(first_on, time(3, tzinfo=UTC)),
        last_on=last_on,
        creditor=_creditor(sorted({line.currency for line in played})),
        customers=tuple(_customers(played, tenant)),
        invoices=tuple(invoice for invoice, _ in invoices),
        payments=tuple(_payments(invoices, last_on)),
        disputes=tuple(_disputes(invoices, last_on)),
    )


def _invoice(line: Line) -> Invoice:
    return Invoice(
        customer_id=line.customer_id,
        invoice_id=line.number,
        number=line.number,
        issued_on=line.issued_on,
        due_on=line.due_on,
        amount_minor=line.amount_minor,
        currency=line.currency,
        account_id=line.currency.lower(),
    )


def _payments(invoices: Iterable[tuple[Invoice, Line]], last_on: date) -> Iterator[Payment]:
    for invoice, line in invoices:
        if line.settled_on is not None and line.settled_on <= last_on:
            yield pay(invoice, datetime.combine(line.settled_on, MORNING), invoice.amount_minor)


def _disputes(invoices: Iterable[tuple[Invoice, Line]], last_on: date) -> Iterator[Dispute]:
    """What was contested rests from its due date until it was settled; one settled before it was due never rests."""
    for invoice, line in invoices:
        is_late = line.settled_on is None or line.settled_on > line.due_on
        if line.disputed and is_late and line.due_on <= last_on:
            until_on = line.settled_on if line.settled_on is not None and line.settled_on <= last_on else None
            yield Dispute(invoice.customer_id, invoice.invoice_id, invoice.item_id, line.due_on, until_on)


def _customers(lines: Iterable[Line], tenant: str) -> Iterator[Customer]:
    """Each customer once, with what the history says about it; nobody answers."""
    for number, line in enumerate({line.customer_id: line for line in lines}.values(), start=1):
        yield Customer(
            customer_id=line.customer_id,
            name=f"Customer {line.customer_id}",
            kind="unknown",
            place=CREDITOR.place,
            email=f"billing@c{number:05}.{tenant}.example.org",
            habit=Habit.SILENT,
            profile=tuple((name, text) for name, text in _profile(line) if text),
        )


def _profile(line: Line) -> tuple[tuple[str, str], ...]:
    return ("country_code", line.country_code), ("paper", line.paper)


def _creditor(currencies: list[str]) -> Creditor:
    """The demo's creditor with one account for each currency of the history."""
    first = CREDITOR.accounts[0]
    accounts = tuple(
        BankAccount(currency.lower(), first.iban, first.bic, first.bank_name, currency) for currency in currencies
    )
    return replace(CREDITOR, accounts=accounts)
