"""Who waits for payments: exactly those whose decision may be another one as soon as more are known."""

import pytest
from engine_builders import CUSTOMER, at, claim, facts, known, promise
from engine_fakes import engine

from dunning_engine.store.marks import awaited_payments
from dunning_engine.usecases.evaluate_customers import decide
from dunning_engine.usecases.ports import Known, Occasion

MONDAY = at("2026-03-09")
SAID = at("2026-03-08")


@pytest.mark.parametrize(
    ("given", "now", "waits"),
    [
        pytest.param({}, MONDAY, False, id="nothing was said"),
        pytest.param({"claims": (claim(SAID),)}, MONDAY, True, id="all was paid"),
        pytest.param({"claims": (claim(SAID, amount_minor=100),)}, MONDAY, True, id="a part was paid"),
        pytest.param({"claims": (claim(SAID, amount_minor=100),)}, at("2026-03-18"), False, id="long ago"),
        pytest.param({"promises": (promise("2026-03-20", SAID, 100),)}, MONDAY, True, id="a part is promised"),
    ],
)
def test_waits_for_payments_where_what_was_said_rests_something(given, now, waits):
    told = facts(**(known(SAID) | given))
    one = decide(engine(), Occasion("acme/c-1", "acme"), Known(CUSTOMER, told), told, now)

    assert dict(awaited_payments(one)) == ({"main": SAID} if waits else {})
