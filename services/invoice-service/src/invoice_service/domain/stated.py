"""What the ERP's books say is open, to be compared with what Kulant makes of the ERP's own facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from invoice_service.domain.invoice import Invoice, ItemStanding, ItemState
from invoice_service.domain.money import Money
from invoice_service.domain.payment import Booked

ItemKey = tuple[str, str]
"""Invoice and item id."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One item's balance by the ERP's books at a moment."""

    version: int
    as_of_at: datetime
    open: Money


@dataclass(frozen=True, slots=True)
class BalancesStated:
    """Balances of some items of a customer. Of each item the highest version counts, whatever others name."""

    tenant: str
    customer_id: str
    version: int
    as_of_at: datetime
    items: Mapping[ItemKey, Money]

    @property
    def invoice_ids(self) -> set[str]:
        """The invoices that it speaks of."""
        return {invoice_id for invoice_id, _ in self.items}

    def newer_than(self, known: Mapping[ItemKey, Stated]) -> dict[ItemKey, Stated]:
        """What it says that was not said in as high a version before."""
        return {
            item: Stated(self.version, self.as_of_at, stated)
            for item, stated in self.items.items()
            if item not in known or known[item].version < self.version
        }


def differing(
    invoice: Invoice, standings: Mapping[str, ItemStanding], stated: Mapping[ItemKey, Stated], zone: str
) -> dict[ItemKey, bool]:
    """For each stated item that the invoice has or had, whether the ERP's balance is another one than Kulant's.

    Of an item that the invoice no longer has nobody asks for anything: there is nothing to hold.
    """
    current = {item.item_id for item in invoice.items}
    return {
        (invoice.invoice_id, item_id): item_id in current
        and not _agrees(invoice, standing, stated[invoice.invoice_id, item_id], zone)
        for item_id, standing in standings.items()
        if (invoice.invoice_id, item_id) in stated
    }


def paid_in_other_money(
    invoice: Invoice, standings: Mapping[str, ItemStanding], payments: Iterable[Booked]
) -> dict[ItemKey, bool]:
    """Items of which something is open, and to which the ERP gave money of another currency than the invoice's.

    At which rate, nobody told: what is still owed is not known.
    """
    named = {
        allocation.item_id
        for booked in payments
        if booked.counts
        for allocation in booked.payment.allocations
        if allocation.invoice_id == invoice.invoice_id
        and allocation.paid.currency != invoice.currency
        and not allocation.is_for_cost
    }
    current = {item.item_id for item in invoice.items}
    is_all = bool(named - current)  # the invoice as a whole, or an item that it does not have
    return {
        (invoice.invoice_id, item_id): True
        for item_id in current
        if (is_all or item_id in named) and standings[item_id].open_minor > 0
    }


def _agrees(invoice: Invoice, standing: ItemStanding, stated: Stated, zone: str) -> bool:
    """Whether Kulant's balance is the stated one.

    Facts have days, books a moment: what happened on the day of the statement may be in it or not. And what came
    later is no difference. So the balance before that day, at its end, or now may agree. Only facts decide this, not
    when they arrived: statements and payments in any order end alike.
    """
    if stated.open.currency != invoice.currency:
        return False
    day = stated.as_of_at.astimezone(ZoneInfo(zone)).date()
    before_that_day = open_on(standing, (on for on, _ in standing.closings if on is not None and on < day))
    at_its_end = open_on(standing, (on for on, _ in standing.closings if on is not None and on <= day))
    return stated.open.amount_minor in (before_that_day, at_its_end, standing.open_minor)


def open_on(standing: ItemStanding, counting: Iterable[date]) -> int:
    """What is open when only what happened on these days (and what counts from the beginning) is known."""
    if standing.state is ItemState.CANCELLED:
        return 0
    days = set(counting)
    closed_minor = sum(minor for on, minor in standing.closings if on is None or on in days)
    return max(0, max(0, standing.item.amount_minor) - closed_minor)
