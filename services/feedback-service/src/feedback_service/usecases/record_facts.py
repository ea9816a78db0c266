"""Facts of other services become what the page shows."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from feedback_service.domain.fact import CustomerErased, Fact, MessageSent, ReminderRequested, newest
from feedback_service.domain.item import Item
from feedback_service.domain.party import Creditor, Customer
from feedback_service.domain.standing import CaseTold, Credit, Hold, OutcomeTold
from feedback_service.usecases.ports import ProjectionStore

T = TypeVar("T")


async def record_facts(store: ProjectionStore, facts: Sequence[Fact]) -> None:
    """Save a batch; repeated and late facts change nothing."""
    requested = _of(ReminderRequested, facts)
    items = _of(Item, facts) + [item for fact in requested for item in fact.items]
    await store.save_items(newest(items, lambda item: (item.tenant, item.customer_id, item.key)))
    await store.save_customers(newest(_of(Customer, facts), lambda one: (one.tenant, one.customer_id)))
    await store.save_creditors(newest(_of(Creditor, facts), lambda one: (one.tenant, one.creditor_id)))
    await store.save_reminders(list({fact.reminder.reminder_id: fact.reminder for fact in requested}.values()))
    sent = _of(MessageSent, facts)
    await store.save_sent(list({(fact.tenant, fact.delivery_id): fact for fact in sent}.values()))
    await _record_standing(store, facts)
    await store.erase(_of(CustomerErased, facts))


async def _record_standing(store: ProjectionStore, facts: Sequence[Fact]) -> None:
    await store.save_credits(
        newest(_of(Credit, facts), lambda one: (one.tenant, one.customer_id, one.creditor_id, one.currency))
    )
    await store.save_holds(newest(_of(Hold, facts), lambda one: (one.tenant, one.customer_id, one.source, one.hold_id)))
    await store.save_cases(newest(_of(CaseTold, facts), lambda one: (one.tenant, one.case_id)))
    await store.save_outcomes(newest(_of(OutcomeTold, facts), lambda one: (one.tenant, one.response_id)))


def _of(kind: type[T], facts: Iterable[Fact]) -> list[T]:
    return [fact for fact in facts if isinstance(fact, kind)]
