"""Whatever order facts come in, and however often, the end is the same."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from invoice_builders import (
    a_cancellation,
    a_credit_note,
    a_customer,
    a_hold,
    a_payment,
    a_place,
    a_reversal,
    a_statement,
    a_void_invoice,
    an_adjustment,
    an_allocation,
    an_invoice,
    an_item,
    noon,
    reckoned,
)

from invoice_service.domain.account import Account
from invoice_service.domain.cancellation import Kind
from invoice_service.domain.invoice import ItemState
from invoice_service.domain.money import Money
from invoice_service.domain.place import Defaults
from invoice_service.domain.reckoning import Reckoning

DAYS = st.dates(date(2026, 1, 1), date(2026, 6, 30))
ITEM_IDS = st.sampled_from(["a", "b", "c"])
INVOICE_IDS = st.sampled_from(["inv-1", "inv-2"])
ZONES = st.sampled_from([None, "Europe/Berlin", "Pacific/Honolulu", "Pacific/Kiritimati", "Africa/Cairo"])
ITEMS = st.lists(
    st.builds(an_item, ITEM_IDS, due_on=DAYS | st.none(), amount_minor=st.integers(-50, 500)),
    unique_by=lambda item: item.item_id,
    max_size=3,
)
ALLOCATIONS = st.lists(
    st.builds(
        an_allocation,
        st.integers(-100, 400),
        invoice_id=INVOICE_IDS,
        item_id=ITEM_IDS | st.none(),
        currency=st.sampled_from(["EUR", "EUR", "USD"]),
    ),
    max_size=3,
)
VERSIONS = st.integers(1, 3)
PAYMENT_IDS = st.sampled_from(["p1", "p2", "p3"])
PAYERS = st.sampled_from(["c1", "c1", "c2"])


def paid(allocations, *, over: int, **more):
    """A payment with some money left that the ERP gave to nothing."""
    payment = a_payment(*allocations, **more)
    return replace(payment, money=Money(max(0, payment.money.amount_minor) + over, "EUR"))


FACT = (
    st.builds(an_invoice, INVOICE_IDS, version=VERSIONS, items=ITEMS, number=st.sampled_from(["x", "y"]))
    | st.builds(a_customer, version=VERSIONS, time_zone=ZONES)
    | st.builds(
        paid,
        ALLOCATIONS,
        over=st.sampled_from([0, 0, 7]),
        payment_id=PAYMENT_IDS,
        version=VERSIONS,
        received_on=DAYS,
        customer_id=PAYERS,
    )
    | st.builds(
        lambda allocations, **more: a_credit_note(*allocations, **more),
        ALLOCATIONS,
        credit_note_id=st.sampled_from(["n1", "n2"]),
        is_from_beginning=st.booleans(),
        version=VERSIONS,
        received_on=DAYS,
    )
    | st.builds(
        an_adjustment,
        st.integers(-50, 100),
        item_id=ITEM_IDS | st.none(),
        adjustment_id=st.sampled_from(["a1", "a2"]),
        version=VERSIONS,
        received_on=DAYS,
    )
    | st.builds(a_reversal, PAYMENT_IDS, version=VERSIONS, on=DAYS)
    | st.builds(a_cancellation, st.just(Kind.CREDIT_NOTE), st.sampled_from(["n1", "n2"]), version=VERSIONS, on=DAYS)
    | st.builds(a_void_invoice, INVOICE_IDS, version=VERSIONS, on=DAYS)
    | st.builds(a_hold, st.sampled_from(["h1", "h2"]), version=VERSIONS, is_set=st.booleans())
    | st.builds(
        lambda opens, **more: a_statement(*opens, **more),
        st.lists(
            st.tuples(INVOICE_IDS, ITEM_IDS, st.integers(0, 500)), max_size=3, unique_by=lambda one: (one[0], one[1])
        ),
        version=VERSIONS,
        as_of_at=DAYS.map(noon),
    )
)
FACTS = st.lists(FACT, max_size=14)
LEADS = st.sampled_from([0, 3])


def entity(fact) -> tuple:
    names = ("kind", "invoice_id", "payment_id", "entity_id", "hold_id")
    return type(fact), *(getattr(fact, name, "") for name in names)


def one_per_version(facts: list) -> list:
    """An ERP never says two different things under one version."""
    return list({(entity(fact), fact.version): fact for fact in facts}.values())


def told(account: Account) -> dict:
    """The state that others were told, without versions and without what no longer is."""
    items = {
        (invoice_id, item_id): (
            standing.item,
            standing.open_minor,
            standing.state,
            standing.settled_on,
            standing.corrected_minor,
            standing.closings,
            standing.returned,
        )
        for invoice_id, known in account.invoices.items()
        for item_id, standing in known.standings.items()
        if standing.state is not ItemState.CANCELLED
    }
    held = {hold_id: known.hold for hold_id, known in account.holds.items() if known.hold.is_set}
    credit = {key: known.amount_minor for key, known in account.credits.items() if known.amount_minor}
    return {"items": items, "held": held, "credit": credit}


def look(account: Account, now: datetime, lead_days: int = 0) -> Reckoning:
    return reckoned(account, now, defaults=Defaults(a_place(), lead_days=lead_days))


@settings(deadline=None, max_examples=60)
@given(data=st.data(), facts=FACTS.map(one_per_version), end=DAYS, lead=LEADS)
def test_shuffled_and_repeated_facts_end_in_the_same_state(data, facts: list, end: date, lead: int) -> None:
    shuffled = data.draw(st.permutations(facts + facts[: len(facts) // 2]))
    days_before = sorted(data.draw(st.lists(st.integers(0, 90), min_size=len(shuffled), max_size=len(shuffled))))
    in_order, other = Account("acme", "c1"), Account("acme", "c1")
    for fact in facts:
        in_order = look(in_order.record(fact), noon(end), lead).account
    for fact, days in zip(shuffled, reversed(days_before), strict=True):
        other = look(other.record(fact), noon(end) - timedelta(days=days), lead).account
    in_order = look(in_order, noon(end), lead).account
    other = look(other, noon(end), lead).account

    assert told(other) == told(in_order)


@settings(deadline=None, max_examples=30)
@given(facts=FACTS.map(one_per_version), start=DAYS, steps=st.lists(st.integers(1, 60), max_size=4), lead=LEADS)
def test_looking_only_when_told_to_misses_no_turn(facts: list, start: date, steps: list[int], lead: int) -> None:
    account = Account("acme", "c1")
    for fact in facts:
        account = account.record(fact)
    now = noon(start)
    end = now + timedelta(days=sum(steps))
    looked = look(account, now, lead)
    while looked.next_look_at is not None and looked.next_look_at <= end:
        assert looked.next_look_at > now
        now = looked.next_look_at
        looked = look(looked.account, now, lead)
        assert looked.facts

    assert told(looked.account) == told(look(account, end, lead).account)


@settings(deadline=None, max_examples=30)
@given(facts=FACTS.map(one_per_version), day=DAYS)
def test_what_was_published_says_how_every_item_stands(facts: list, day: date) -> None:
    """A reader that keeps the highest version of each item from the events alone knows all there is."""
    account, heard = Account("acme", "c1"), {}
    for fact in facts:
        reckoning = reckoned(account.record(fact), noon(day))
        account = reckoning.account
        for event in reckoning.facts:
            for standing in getattr(event, "standings", None) or {}:
                heard[event.invoice.invoice_id, standing] = event.standings[standing]
            if hasattr(event, "standing"):
                heard[event.invoice.invoice_id, event.standing.item.item_id] = event.standing

    expected = {
        (invoice_id, item_id): standing
        for invoice_id, known in account.invoices.items()
        for item_id, standing in known.standings.items()
    }
    assert heard == expected
    assert all(standing.open_minor >= 0 for standing in heard.values())
