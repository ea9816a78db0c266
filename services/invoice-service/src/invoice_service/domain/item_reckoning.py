"""How the items of one invoice stand now, what to tell about them, and when time alone will change them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from invoice_service.domain.account import KnownInvoice
from invoice_service.domain.calendar import start_of_day
from invoice_service.domain.cancellation import Cancellation
from invoice_service.domain.fact import (
    InvoiceCancelled,
    InvoiceFact,
    InvoiceRegistered,
    ItemBalanceChanged,
    ItemDue,
    ItemDueSoon,
    ItemFact,
    ItemOverdue,
    ItemRescheduled,
    ItemSettled,
)
from invoice_service.domain.invoice import Invoice, Item, ItemStanding, ItemState
from invoice_service.domain.moment import Moment
from invoice_service.domain.payment import Booked
from invoice_service.domain.spreading import Settlement, spread_payments

_NEXT_DAY = timedelta(days=1)
_FACT_OF_STATE: Mapping[ItemState, type[ItemFact]] = {
    ItemState.DUE: ItemDue,
    ItemState.OVERDUE: ItemOverdue,
    ItemState.SETTLED: ItemSettled,
}


@dataclass(frozen=True, slots=True)
class Days:
    """Where an item's days begin, and how many days ahead its due date is near (0: never)."""

    zone: str
    lead_days: int = 0

    def turns(self, due_on: date) -> tuple[datetime | None, datetime, datetime]:
        """When an item that is due on this day becomes due soon, due and overdue."""
        soon_at = start_of_day(due_on - timedelta(days=self.lead_days), self.zone) if self.lead_days else None
        return soon_at, start_of_day(due_on, self.zone), start_of_day(due_on + _NEXT_DAY, self.zone)


@dataclass(frozen=True, slots=True)
class _Turn:
    """An item's state now, whether its due date is near, and the moment at which time alone will change it."""

    state: ItemState
    is_soon: bool = False
    look_at: datetime | None = None


def reckon_invoice(
    known: KnownInvoice, payments: Sequence[Booked], cancellation: Cancellation | None, days: Days, moment: Moment
) -> tuple[KnownInvoice, list[InvoiceFact], list[datetime]]:
    """The invoice as it stands, what became of it, and the moments to look again; the same object if nothing did."""
    invoice = known.invoice
    spread = spread_payments(invoice, payments, is_void=cancellation is not None)
    standings: dict[str, ItemStanding] = {}
    looks: list[datetime] = []
    for item in invoice.items:
        published = known.standings.get(item.item_id)
        if cancellation is not None:
            standings[item.item_id] = _void(item, published, moment)
            continue
        settlement = spread.items[item.item_id]
        turn = _turn(item, settlement, days, moment.now)
        standings[item.item_id] = _stand(item, settlement, turn, invoice, published or _unpublished(item, moment))
        looks.extend([turn.look_at] if turn.look_at else [])
    for item_id, published in known.standings.items():
        if item_id not in standings:
            standings[item_id] = _void(published.item, published, moment)
    standings = {item_id: _versioned(known, standing, moment) for item_id, standing in standings.items()}
    facts = _facts(known, standings, cancellation, days, moment)
    if not facts and known.excess_minor == spread.excess_minor:
        return known, [], looks
    newer = replace(known, is_announced=True, standings=standings, excess_minor=spread.excess_minor)
    return newer, facts, looks


def _turn(item: Item, settlement: Settlement, days: Days, now: datetime) -> _Turn:
    if settlement.open_minor == 0:
        return _Turn(ItemState.SETTLED)
    if item.due_on is None:
        return _Turn(ItemState.OPEN)
    soon_at, due_at, overdue_at = days.turns(item.due_on)
    if now >= overdue_at:
        return _Turn(ItemState.OVERDUE)
    if now >= due_at:
        return _Turn(ItemState.DUE, look_at=overdue_at)
    if soon_at is None or now >= soon_at:
        return _Turn(ItemState.OPEN, is_soon=soon_at is not None, look_at=due_at)
    return _Turn(ItemState.OPEN, look_at=soon_at)


def _unpublished(item: Item, moment: Moment) -> ItemStanding:
    """Stands for the published standing of an item that is new."""
    return ItemStanding(item, 0, ItemState.CANCELLED, None, moment.version_after(0))


def _void(item: Item, published: ItemStanding | None, moment: Moment) -> ItemStanding:
    before = published or _unpublished(item, moment)
    nothing = ItemStanding(item, 0, ItemState.CANCELLED, None, before.version, before.sequence)
    return replace(nothing, soon_for=before.soon_for)


def _stand(item: Item, settlement: Settlement, turn: _Turn, invoice: Invoice, published: ItemStanding) -> ItemStanding:
    is_settled = turn.state is ItemState.SETTLED
    return ItemStanding(
        item,
        settlement.open_minor,
        turn.state,
        (settlement.last_paid_on or invoice.issued_on) if is_settled else None,
        published.version,
        published.sequence,
        settlement.corrected_minor,
        settlement.closings,
        settlement.returned,
        item.due_on if turn.is_soon else published.soon_for,
    )


def _versioned(known: KnownInvoice, standing: ItemStanding, moment: Moment) -> ItemStanding:
    """The standing as published where nothing changed, else with a version above it.

    An invoice that says something new gives all its items a new version: they carry its number and subject.
    """
    published = known.standings.get(standing.item.item_id)
    if published is None:
        return standing
    if known.is_announced and standing == published:
        return published
    return replace(standing, version=moment.version_after(published.version))


def _facts(
    known: KnownInvoice,
    standings: Mapping[str, ItemStanding],
    cancellation: Cancellation | None,
    days: Days,
    moment: Moment,
) -> list[InvoiceFact]:
    """The announcement first if the invoice says something new, then what became of each item."""
    version = max((standing.version for standing in standings.values()), default=moment.wall_us)
    changed = {item_id for item_id, standing in standings.items() if standing is not known.standings.get(item_id)}
    if cancellation is not None:
        is_told = known.is_announced and not changed
        return [] if is_told else [InvoiceCancelled(known.invoice, cancellation, standings, version, moment.now)]
    facts: list[InvoiceFact] = []
    is_restated = not known.is_announced
    for item_id in (item_id for item_id in standings if item_id in changed):
        published, standing = known.standings.get(item_id), standings[item_id]
        types = _changes(published, standing)
        is_restated |= not types
        for fact_type in types:
            happened_at = _happened_at(fact_type, published, standing, days, moment.now)
            facts.append(fact_type(known.invoice, standing, happened_at))
    if is_restated:
        facts.insert(0, InvoiceRegistered(known.invoice, standings, version, moment.now))
    return facts


def _changes(published: ItemStanding | None, standing: ItemStanding) -> list[type[ItemFact]]:
    """The facts of its own that the change of an item is; none where only the whole invoice tells it."""
    found: list[type[ItemFact]] = []
    if published is not None and not standing.state.is_final and published.item.due_on != standing.item.due_on:
        found.append(ItemRescheduled)
    of_state = _FACT_OF_STATE.get(standing.state)
    if of_state and (published is None or published.state is not standing.state):
        found.append(of_state)
    elif (
        published is not None
        and standing.state is not ItemState.CANCELLED
        and published.open_minor != standing.open_minor
    ):
        found.append(ItemBalanceChanged)
    if standing.soon_for is not None and (published is None or published.soon_for != standing.soon_for):
        found.append(ItemDueSoon)
    return found


def _happened_at(
    fact_type: type[ItemFact],
    published: ItemStanding | None,
    standing: ItemStanding,
    days: Days,
    now: datetime,
) -> datetime:
    """When the fact became true: the turn of the day where only time passed, else now."""
    due_on = standing.item.due_on
    if due_on is None or published is None or published.item != standing.item:
        return now
    if published.open_minor != standing.open_minor:
        return now
    soon_at, due_at, overdue_at = days.turns(due_on)
    if fact_type is ItemDueSoon and soon_at is not None:
        return soon_at
    if fact_type is ItemDue and published.state is ItemState.OPEN:
        return due_at
    if fact_type is ItemOverdue and published.state in (ItemState.OPEN, ItemState.DUE):
        return overdue_at
    return now
