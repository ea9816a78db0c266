"""Facts of other services become what the page shows."""

from collections.abc import Sequence

from feedback_service.domain.fact import Fact, MessageSent, PromiseTakenUp, ReminderRequested, newest
from feedback_service.domain.item import Item
from feedback_service.domain.party import Creditor, Customer
from feedback_service.usecases.ports import ProjectionStore


async def record_facts(store: ProjectionStore, facts: Sequence[Fact]) -> None:
    """Save a batch; repeated and late facts change nothing."""
    requested = [fact for fact in facts if isinstance(fact, ReminderRequested)]
    items = [fact for fact in facts if isinstance(fact, Item)]
    items += [item for fact in requested for item in fact.items]
    await store.save_items(newest(items, lambda item: (item.tenant, item.customer_id, item.invoice_id, item.item_id)))
    customers = [fact for fact in facts if isinstance(fact, Customer)]
    await store.save_customers(newest(customers, lambda customer: (customer.tenant, customer.customer_id)))
    creditors = [fact for fact in facts if isinstance(fact, Creditor)]
    await store.save_creditors(newest(creditors, lambda creditor: (creditor.tenant, creditor.creditor_id)))
    await store.save_reminders(list({fact.reminder.reminder_id: fact.reminder for fact in requested}.values()))
    sent = [fact for fact in facts if isinstance(fact, MessageSent)]
    await store.save_sent(list({(fact.tenant, fact.delivery_id): fact for fact in sent}.values()))
    await store.mark_taken_up([fact for fact in facts if isinstance(fact, PromiseTakenUp)])
