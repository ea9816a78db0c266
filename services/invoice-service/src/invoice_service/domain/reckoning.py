"""The one pure decision about a customer: how each item stands now, what to tell, when to look again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from invoice_service.domain.account import Account, KnownCustomer, KnownInvoice
from invoice_service.domain.calendar import start_of_day
from invoice_service.domain.fact import (
    CustomerChanged,
    CustomerFact,
    InvoiceFact,
    InvoiceRegistered,
    ItemBalanceChanged,
    ItemDue,
    ItemFact,
    ItemOverdue,
    ItemSettled,
)
from invoice_service.domain.invoice import Invoice, Item, ItemStanding, ItemState
from invoice_service.domain.payment import Payment, Settlement, spread_payments
from invoice_service.domain.place import Defaults

_NEXT_DAY = timedelta(days=1)
_FACT_OF_STATE: Mapping[ItemState, type[ItemFact]] = {
    ItemState.DUE: ItemDue,
    ItemState.OVERDUE: ItemOverdue,
    ItemState.SETTLED: ItemSettled,
}


@dataclass(frozen=True, slots=True)
class Moment:
    """When a decision is made: `now` is the tenant's time, `wall_us` the wall clock for versions."""

    now: datetime
    wall_us: int

    def version_after(self, version: int) -> int:
        """A version above `version`, also above those of a database that was restored to an older state."""
        return max(version + 1, self.wall_us)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The account as it stands, the facts to publish in this order, and the one moment to look again."""

    account: Account
    facts: tuple[CustomerFact, ...]
    next_look_at: datetime | None


def reckon(account: Account, defaults: Defaults, moment: Moment) -> Reckoning:
    """Derives every item's state from the facts at hand and tells what changed since it was last published.

    Doing it again at the same moment yields no facts. The order in which facts came plays no part.
    """
    customer, customer_facts = _announce(account.customer, defaults, moment)
    customer_zone = customer.customer.time_zone if customer else None
    facts: list[CustomerFact] = [*customer_facts]
    invoices = dict(account.invoices)
    looks: list[datetime] = []
    payments = account.payments_by_invoice()
    for invoice_id in sorted(invoices):
        known = invoices[invoice_id]
        zone = defaults.zone_of(known.invoice.creditor_id, customer_zone)
        newer, told, look_at = _reckon_invoice(known, payments.get(invoice_id, ()), zone, moment)
        if told:
            invoices[invoice_id] = newer
        facts.extend(told)
        looks.extend(look_at)
    account = replace(account, customer=customer, invoices=invoices)
    return Reckoning(account, tuple(facts), min(looks, default=None))


def _announce(
    known: KnownCustomer | None, defaults: Defaults, moment: Moment
) -> tuple[KnownCustomer | None, list[CustomerChanged]]:
    if known is None:
        return None, []
    told = known.customer
    place = defaults.place_of(told.time_zone, told.country, told.region)
    if known.is_announced and place == known.announced_place:
        return known, []
    version = moment.version_after(known.announced_version)
    newer = replace(known, is_announced=True, announced_place=place, announced_version=version)
    return newer, [CustomerChanged(told, place, version, moment.now)]


def _reckon_invoice(
    known: KnownInvoice, payments: Iterable[Payment], zone: str, moment: Moment
) -> tuple[KnownInvoice, list[InvoiceFact], list[datetime]]:
    invoice = known.invoice
    spread = spread_payments(invoice, payments)
    standings: dict[str, ItemStanding] = {}
    looks: list[datetime] = []
    for item in invoice.items:
        settlement = spread.items[item.item_id]
        state, look_at = _state(item, settlement, zone, moment.now)
        standings[item.item_id] = _stand(item, settlement, state, invoice)
        looks.extend([look_at] if look_at else [])
    for item_id, published in known.standings.items():
        if item_id not in standings:
            standings[item_id] = replace(published, open_minor=0, state=ItemState.CANCELLED, settled_on=None)
    standings = {item_id: _versioned(known, standing, moment) for item_id, standing in standings.items()}
    facts = _facts(known, standings, zone, moment)
    return replace(known, is_announced=True, standings=standings), facts, looks


def _state(item: Item, settlement: Settlement, zone: str, now: datetime) -> tuple[ItemState, datetime | None]:
    """The item's state now, and the moment at which time alone will change it."""
    if settlement.open_minor == 0:
        return ItemState.SETTLED, None
    if item.due_on is None:
        return ItemState.OPEN, None
    due_at, overdue_at = _turns(item.due_on, zone)
    if now >= overdue_at:
        return ItemState.OVERDUE, None
    if now >= due_at:
        return ItemState.DUE, overdue_at
    return ItemState.OPEN, due_at


def _turns(due_on: date, zone: str) -> tuple[datetime, datetime]:
    """When an item that is due on this day becomes due and overdue."""
    return start_of_day(due_on, zone), start_of_day(due_on + _NEXT_DAY, zone)


def _stand(item: Item, settlement: Settlement, state: ItemState, invoice: Invoice) -> ItemStanding:
    is_settled = state is ItemState.SETTLED
    settled_on = (settlement.last_paid_on or invoice.issued_on) if is_settled else None
    return ItemStanding(item, settlement.open_minor, state, settled_on, version=0)


def _versioned(known: KnownInvoice, standing: ItemStanding, moment: Moment) -> ItemStanding:
    """The standing as published where nothing changed, else with a version above it.

    An invoice that says something new gives all its items a new version: they carry its number and subject.
    """
    published = known.standings.get(standing.item.item_id)
    if published is None:
        return replace(standing, version=moment.version_after(0))
    standing = replace(standing, version=published.version, sequence=published.sequence)
    if known.is_announced and standing == published:
        return published
    return replace(standing, version=moment.version_after(published.version))


def _facts(known: KnownInvoice, standings: Mapping[str, ItemStanding], zone: str, moment: Moment) -> list[InvoiceFact]:
    """The announcement first if the invoice says something new, then what became of each item."""
    facts: list[InvoiceFact] = []
    is_restated = not known.is_announced
    for item_id, standing in standings.items():
        published = known.standings.get(item_id)
        if standing is published:
            continue
        fact_type = _change(published, standing)
        if fact_type:
            happened_at = _happened_at(fact_type, published, standing, zone, moment.now)
            facts.append(fact_type(known.invoice, standing, happened_at))
        else:
            is_restated = True
    if is_restated:
        version = max((standing.version for standing in standings.values()), default=moment.wall_us)
        facts.insert(0, InvoiceRegistered(known.invoice, standings, version, moment.now))
    return facts


def _change(published: ItemStanding | None, standing: ItemStanding) -> type[ItemFact] | None:
    """The fact of its own that the change of an item is; none where only the whole invoice tells it."""
    if published is None or published.state is not standing.state:
        of_state = _FACT_OF_STATE.get(standing.state)
        if of_state:
            return of_state
    if published is not None and standing.state is not ItemState.CANCELLED:
        return ItemBalanceChanged if published.open_minor != standing.open_minor else None
    return None


def _happened_at(
    fact_type: type[ItemFact],
    published: ItemStanding | None,
    standing: ItemStanding,
    zone: str,
    now: datetime,
) -> datetime:
    """When the fact became true: the turn of the day where only time passed, else now."""
    due_on = standing.item.due_on
    if due_on is None or published is None or published.item != standing.item:
        return now
    if published.open_minor != standing.open_minor:
        return now
    due_at, overdue_at = _turns(due_on, zone)
    if fact_type is ItemDue and published.state is ItemState.OPEN:
        return due_at
    if fact_type is ItemOverdue and published.state in (ItemState.OPEN, ItemState.DUE):
        return overdue_at
    return now
