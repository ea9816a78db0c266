"""Whatever order facts come in, and however often, the end is the same."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from invoice_builders import a_customer, a_payment, an_allocation, an_invoice, an_item, noon, reckoned

from invoice_service.domain.account import Account
from invoice_service.domain.invoice import ItemState

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
FACTS = st.lists(
    st.builds(an_invoice, INVOICE_IDS, version=VERSIONS, items=ITEMS, number=st.sampled_from(["x", "y"]))
    | st.builds(a_customer, version=VERSIONS, time_zone=ZONES)
    | st.builds(
        lambda allocations, **more: a_payment(*allocations, **more),
        ALLOCATIONS,
        payment_id=st.sampled_from(["p1", "p2", "p3"]),
        version=VERSIONS,
        received_on=DAYS,
    ),
    max_size=12,
)


def entity(fact) -> tuple:
    return type(fact), getattr(fact, "invoice_id", getattr(fact, "payment_id", ""))


def one_per_version(facts: list) -> list:
    """An ERP never says two different things under one version."""
    return list({(entity(fact), fact.version): fact for fact in facts}.values())


def told(account: Account) -> dict:
    """The state that others were told, without versions and without what no longer is."""
    return {
        (invoice_id, item_id): (standing.item, standing.open_minor, standing.state, standing.settled_on)
        for invoice_id, known in account.invoices.items()
        for item_id, standing in known.standings.items()
        if standing.state is not ItemState.CANCELLED
    }


@settings(deadline=None, max_examples=60)
@given(data=st.data(), facts=FACTS.map(one_per_version), end=DAYS)
def test_shuffled_and_repeated_facts_end_in_the_same_state(data, facts: list, end: date) -> None:
    shuffled = data.draw(st.permutations(facts + facts[: len(facts) // 2]))
    days_before = sorted(data.draw(st.lists(st.integers(0, 90), min_size=len(shuffled), max_size=len(shuffled))))
    in_order, other = Account("acme", "c1"), Account("acme", "c1")
    for fact in facts:
        in_order = reckoned(in_order.record(fact), noon(end)).account
    for fact, days in zip(shuffled, reversed(days_before), strict=True):
        other = reckoned(other.record(fact), noon(end) - timedelta(days=days)).account
    in_order = reckoned(in_order, noon(end)).account
    other = reckoned(other, noon(end)).account

    assert told(other) == told(in_order)


@settings(deadline=None, max_examples=60)
@given(facts=FACTS.map(one_per_version), start=DAYS, steps=st.lists(st.integers(1, 60), max_size=4))
def test_looking_only_when_told_to_misses_no_turn(facts: list, start: date, steps: list[int]) -> None:
    account = Account("acme", "c1")
    for fact in facts:
        account = account.record(fact)
    now = noon(start)
    end = now + timedelta(days=sum(steps))
    looked = reckoned(account, now)
    while looked.next_look_at is not None and looked.next_look_at <= end:
        assert looked.next_look_at > now
        now = looked.next_look_at
        looked = reckoned(looked.account, now)
        assert looked.facts

    assert told(looked.account) == told(reckoned(account, end).account)


@settings(deadline=None, max_examples=60)
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
