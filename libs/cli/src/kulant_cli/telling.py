"""Says a book: everything in it as facts of the ERP, each with its moment."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from kulant_cli.book import Book, Invoice
from kulant_cli.changes import address_changed, correction_made, disputed, payment_reversed
from kulant_cli.entries import morning
from kulant_cli.facts import Fact, creditor_changed, customer_changed, invoice_issued, payment_received, tenant_changed


def opening_facts(book: Book) -> tuple[Fact, ...]:
    """The tenant and all that is known about the parties when the run begins."""
    return (
        Fact(book.starts_at, tenant_changed(book)),
        *(Fact(book.starts_at, creditor_changed(creditor)) for creditor in book.creditors),
        *(Fact(book.starts_at, customer_changed(customer, book.creditor)) for customer in book.customers),
    )


def daily_facts(book: Book) -> tuple[Fact, ...]:
    """All that the ERP says later, in order.

    Invoices on the day on which they are issued (the first day for older ones, none after the last), payments when they
    arrive, and what changes either.
    """
    invoices = (Fact(_told_at(invoice, book), invoice_issued(invoice)) for invoice in book.invoices)
    told = (fact for fact in invoices if fact.at.date() <= book.last_on)
    payments = (payment_received(payment) for payment in book.payments)
    return tuple(sorted((*told, *payments, *_changes(book)), key=lambda fact: fact.at))


def _changes(book: Book) -> Iterator[Fact]:
    earliest = book.starts_at + timedelta(minutes=1)
    for dispute in book.disputes:
        yield from disputed(dispute, earliest)
    yield from (Fact(one.at, payment_reversed(one)) for one in book.returns)
    yield from (Fact(one.at, correction_made(one)) for one in book.corrections)
    yield from (Fact(one.at, address_changed(one, book.creditor)) for one in book.new_addresses)


def _told_at(invoice: Invoice, book: Book) -> datetime:
    return max(morning(invoice.issued_on), book.starts_at + timedelta(minutes=1))
