"""Whose holidays count: the customer's region, else the creditor's or the tenant's of the same country."""

from dataclasses import replace

import pytest
from engine_builders import CREDITOR, CUSTOMER, TENANT, facts, item, reminder

from dunning_engine.domain.place import place_of, places_of


@pytest.mark.parametrize(
    ("customer", "creditor", "tenant", "region"),
    [
        pytest.param("BE", "BY", "HH", "BE", id="the customer's own"),
        pytest.param(None, "BY", "HH", "BY", id="else the creditor's"),
        pytest.param(None, None, "HH", "HH", id="else the tenant's"),
        pytest.param(None, None, None, None, id="else none"),
    ],
)
def test_the_nearest_region_counts(customer, creditor, tenant, region):
    place = place_of(
        replace(CUSTOMER, region=customer), replace(CREDITOR, region=creditor), replace(TENANT, region=tenant)
    )

    assert place == ("DE", region)


def test_a_region_is_taken_over_within_one_country_only():
    abroad = replace(CUSTOMER, country="FR")

    assert place_of(abroad, replace(CREDITOR, region="BY"), replace(TENANT, region="HH")) == ("FR", None)


def test_the_places_of_all_creditors_that_have_to_do_with_the_customer():
    creditors = {"main": replace(CREDITOR, region="BY"), "other": replace(CREDITOR, creditor_id="other", region="HH")}
    other = item(creditor_id="other")

    assert places_of(CUSTOMER, facts(item(), creditors=creditors)) == {("DE", "BY")}
    assert places_of(CUSTOMER, facts(other, creditors=creditors, cases=())) == {("DE", "HH")}
    assert places_of(CUSTOMER, facts(creditors=creditors, cases=(), reminders=(reminder(other),))) == {
        ("DE", "BY"),
        ("DE", "HH"),
    }
    assert places_of(None, facts()) == frozenset()
    assert places_of(CUSTOMER, facts(tenant=None)) == frozenset()
