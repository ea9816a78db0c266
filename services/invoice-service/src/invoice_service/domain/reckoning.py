"""The one pure decision about a customer: how each item stands now, what to tell, when to look again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from invoice_service.domain.account import Account, KnownCustomer, KnownInvoice
from invoice_service.domain.balance import credits_of
from invoice_service.domain.credit import CreditChanged, KnownCredit
from invoice_service.domain.fact import CustomerChanged, CustomerFact
from invoice_service.domain.hold import HoldChanged, KnownHold, balance_hold, balance_hold_id
from invoice_service.domain.item_reckoning import Days, reckon_invoice
from invoice_service.domain.moment import Moment
from invoice_service.domain.money import Money
from invoice_service.domain.payment import Booked
from invoice_service.domain.place import Defaults
from invoice_service.domain.stated import ItemKey, differing, paid_in_other_money

__all__ = ["Moment", "Reckoning", "reckon"]


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
    customer, announced = _announce(account.customer, defaults, moment)
    customer_zone = customer.customer.time_zone if customer else None
    facts: list[CustomerFact] = []
    invoices = dict(account.invoices)
    looks: list[datetime] = []
    booked = account.booked()
    payments = _by_invoice(booked)
    differs: dict[ItemKey, bool] = {}
    for invoice_id in sorted(invoices):
        known = invoices[invoice_id]
        zone = defaults.zone_of(known.invoice.creditor_id, customer_zone)
        cancellation = account.cancelled_by(known.invoice)
        days = Days(zone, defaults.lead_days)
        paid = payments.get(invoice_id, ())
        newer, told, look_at = reckon_invoice(known, paid, cancellation, days, moment)
        invoices[invoice_id] = newer
        facts.extend(told)
        looks.extend(look_at)
        differs |= _differing(newer, paid, account, zone)
    account = replace(account, customer=customer, invoices=invoices)
    account, held = _hold(account, differs, moment)
    account, credited = _credit(account, booked, moment)
    # Reasons not to ask come first: whoever reads only so far is rather too careful.
    return Reckoning(account, (*announced, *held, *credited, *facts), min(looks, default=None))


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


def _by_invoice(payments: Iterable[Booked]) -> dict[str, list[Booked]]:
    """For each invoice the payments that say something about it, whoever paid."""
    found: dict[str, list[Booked]] = {}
    for booked in payments:
        for invoice_id in booked.payment.invoice_ids:
            found.setdefault(invoice_id, []).append(booked)
    return found


def _differing(known: KnownInvoice, paid: Sequence[Booked], account: Account, zone: str) -> dict[ItemKey, bool]:
    """Whether each item's balance may be another one by the ERP's books; a statement of theirs decides."""
    invoice, standings = known.invoice, known.standings
    found = paid_in_other_money(invoice, standings, paid) if paid else {}
    if account.holds:  # what was held before and is not any more
        items = [(invoice.invoice_id, item_id) for item_id in standings]
        found = {item: False for item in items if balance_hold_id(item) in account.holds} | found
    return found | differing(invoice, standings, account.stated, zone) if account.stated else found


def _hold(account: Account, differs: dict[ItemKey, bool], moment: Moment) -> tuple[Account, list[HoldChanged]]:
    """Sets and lifts the holds of items whose balance differs from the ERP's, and tells what the ERP itself holds."""
    if not differs and all(known.is_announced for known in account.holds.values()):
        return account, []
    holds = dict(account.holds)
    for item, is_set in sorted(differs.items()):
        hold_id = balance_hold_id(item)
        if is_set != (hold_id in holds and holds[hold_id].hold.is_set):
            own = balance_hold(account.tenant, account.customer_id, item, is_set=is_set)
            holds[hold_id] = replace(holds.get(hold_id, KnownHold(own)), hold=own, is_announced=False)
    facts = []
    for hold_id in sorted(hold_id for hold_id, known in holds.items() if not known.is_announced):
        version = moment.version_after(holds[hold_id].announced_version)
        holds[hold_id] = replace(holds[hold_id], is_announced=True, announced_version=version)
        facts.append(HoldChanged(holds[hold_id].hold, version, moment.now))
    return (replace(account, holds=holds) if facts else account), facts


def _credit(account: Account, booked: Iterable[Booked], moment: Moment) -> tuple[Account, list[CreditChanged]]:
    """Tells which credits are another sum than was last published."""
    found = credits_of(account, booked)
    if not found and not account.credits:
        return account, []
    told = dict(account.credits)
    facts = []
    for key in sorted({*found, *told}):
        known, minor = told.get(key, KnownCredit()), found.get(key, 0)
        if known.amount_minor == minor:
            continue
        told[key] = replace(known, amount_minor=minor, version=moment.version_after(known.version))
        creditor_id, currency = key
        money = Money(minor, currency)
        facts.append(CreditChanged(account.customer_id, creditor_id, money, told[key].version, moment.now))
    return (replace(account, credits=told) if facts else account), facts
