"""Where a customer lives for the purpose of one creditor's messages: time zone and holidays."""

from zoneinfo import ZoneInfo

from dunning_engine.domain.calendar import Calendar
from dunning_engine.domain.facts import Creditor, Customer, Facts, Place, Tenant
from dunning_engine.domain.policy import SendingWindow


def place_of(customer: Customer, creditor: Creditor, tenant: Tenant) -> Place:
    """The customer's country, and the region of the customer, else the creditor, else the tenant.

    A region is taken over only within one country: no Bavarian holidays for a customer in France.
    """
    regions = (
        customer.region,
        creditor.region if creditor.country == customer.country else None,
        tenant.region if tenant.country == customer.country else None,
    )
    return customer.country, next((region for region in regions if region), None)


def places_of(customer: Customer | None, facts: Facts) -> frozenset[Place]:
    """All places whose holidays a decision about this customer needs.

    Also a creditor who is owed nothing any more may still answer the customer.
    """
    if customer is None or facts.tenant is None:
        return frozenset()
    met = {item.creditor_id for item in facts.items} | {reminder.creditor_id for reminder in facts.reminders}
    met |= {case.creditor_id for case in facts.cases}
    return frozenset(
        place_of(customer, creditor, facts.tenant)
        for creditor in facts.creditors.values()
        if creditor.creditor_id in met
    )


def calendar_of(customer: Customer, creditor: Creditor, facts: Facts, window: SendingWindow) -> Calendar:
    """The calendar by which this creditor's messages to this customer go."""
    assert facts.tenant is not None
    holidays = facts.holidays.get(place_of(customer, creditor, facts.tenant), frozenset())
    return Calendar(ZoneInfo(customer.time_zone), window, holidays)
