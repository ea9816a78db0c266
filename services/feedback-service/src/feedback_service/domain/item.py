"""Open items as the page shows them, and what is owed of them now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import groupby

CLOSED_STATES = frozenset({"settled", "cancelled"})


@dataclass(frozen=True, slots=True, order=True)
class ItemKey:
    """Names one item of a customer: item ids repeat from invoice to invoice."""

    invoice_id: str
    item_id: str

    @property
    def word(self) -> str:
        """Both ids as one short word for a form: 64 bits, enough to tell the items of one customer apart."""
        return sha256(f"{len(self.invoice_id)} {self.invoice_id} {self.item_id}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Item:
    """One open item; the highest version of it is the truth."""

    tenant: str
    customer_id: str
    item_id: str
    invoice_id: str
    creditor_id: str
    number: str
    issued_on: date
    due_on: date | None
    currency: str
    amount_minor: int
    open_minor: int
    state: str
    version: int
    reference: str | None = None
    account_id: str | None = None

    @property
    def key(self) -> ItemKey:
        """Its name among all items of the customer."""
        return ItemKey(self.invoice_id, self.item_id)

    @property
    def is_open(self) -> bool:
        """Something of it is still owed."""
        return self.open_minor > 0 and self.state not in CLOSED_STATES


@dataclass(frozen=True, slots=True)
class Debt:
    """What is owed to one creditor in one currency now; never empty."""

    currency: str
    items: tuple[Item, ...]

    @property
    def total_minor(self) -> int:
        """The sum of the open amounts."""
        return sum(item.open_minor for item in self.items)

    @property
    def reference(self) -> str:
        """What to write into the transfer: the creditor's own reference for one invoice, else the invoices' numbers.

        Numbers that a bank could not carry whole are never cut: the customer's id with their count stands instead.
        """
        invoices = {item.invoice_id for item in self.items}
        own = self.items[0].reference
        if len(invoices) == 1 and own and len(own) <= REFERENCE_LENGTH:
            return own
        numbers = ", ".join(dict.fromkeys(item.number for item in self.items))
        if len(numbers) <= REFERENCE_LENGTH:
            return numbers
        return f"Customer {self.items[0].customer_id}, {len(invoices)} invoices"[:REFERENCE_LENGTH]


REFERENCE_LENGTH = 140
"""Characters of free text that a SEPA transfer carries."""


def debts(items: Iterable[Item], reminded: frozenset[ItemKey], today: date) -> tuple[Debt, ...]:
    """What is owed now, by currency: items that the message named and all others that are due; oldest first."""
    owed = [item for item in items if item.is_open and (item.key in reminded or _is_due(item, today))]
    owed.sort(key=lambda item: (item.currency, item.due_on or date.max, item.number, item.item_id))
    return tuple(Debt(currency, tuple(group)) for currency, group in groupby(owed, key=lambda item: item.currency))


def _is_due(item: Item, today: date) -> bool:
    return item.due_on is not None and item.due_on <= today
