"""What this service reads: topic, events, use case."""

import re
from collections.abc import Callable, Mapping, Sequence

from invoice_service.bus.incoming import describe, to_told
from invoice_service.domain.errors import FactRefused
from invoice_service.domain.freshness import Check
from invoice_service.domain.tenant import Creditor, Tenant
from invoice_service.domain.trail import Trail
from invoice_service.telemetry import FACTS_TAKEN
from invoice_service.usecases.concerned import as_payment_fact, customers_of, lock_concerned
from invoice_service.usecases.hold_unread_fact import hold_unread_fact
from invoice_service.usecases.ports import UnitOfWork
from invoice_service.usecases.record_facts import Outcome, record_facts
from invoice_service.usecases.resolve_unread_fact import resolve_unread_fact
from kulant_chassis.received import Parked, Poison, Reads, Received, Resolved
from kulant_chassis.transaction import Cause, Transaction
from kulant_contracts import topics
from kulant_contracts.envelope import Event, EventData
from kulant_contracts.erp import ErpEventData
from kulant_contracts.registry import of_topic

SUBSCRIPTIONS: Mapping[str, Sequence[type[EventData]]] = {
    topics.ERP: of_topic(topics.ERP),
    topics.ERP_BULK: of_topic(topics.ERP_BULK),
}
ACKNOWLEDGED = (topics.ERP,)
"""Topics whose facts count as acknowledged once the broker has them; those of a load only once they are committed."""

_OTHER_TENANT = "the key names another tenant than the event"
_SLUG = re.compile(r"[a-z0-9-]{1,40}")

UnitOfWorkOf = Callable[[Transaction], UnitOfWork]


def reads(unit_of_work: UnitOfWorkOf) -> Reads:
    """ERP facts go to record_facts; one that can never be read holds its customer."""

    async def handle(transaction: Transaction, batch: Sequence[Received]) -> None:
        Poison.raise_all([(one, _OTHER_TENANT) for one in batch if _is_of_other_tenant(one)])
        told = [to_told(received.event, received.cause) for received in batch]
        results = await record_facts(unit_of_work(transaction), told)
        _count(batch, results)

    async def on_parked(transaction: Transaction, parked: Parked) -> None:
        tenant, _, customer_id = (parked.key or "").partition("/")
        if not customer_id or not _SLUG.fullmatch(tenant):
            return
        trail = _trail_of(parked.event)
        uow = unit_of_work(transaction)
        for one in [customer_id, *await _whose_invoices(uow, parked.event, customer_id)]:
            await hold_unread_fact(uow, tenant, one, parked.place, trail)

    async def on_resolved(transaction: Transaction, resolved: Resolved) -> None:
        if resolved.key is not None:
            tenant = resolved.key.partition("/")[0]
            await resolve_unread_fact(unit_of_work(transaction), tenant, resolved.place, Trail())

    return Reads(
        SUBSCRIPTIONS,
        handle,
        foreign=frozenset(SUBSCRIPTIONS),
        on_parked=on_parked,
        on_resolved=on_resolved,
        describe=describe,
        give_way=frozenset({topics.ERP_BULK}),
    )


def _trail_of(event: Event | None) -> Trail:
    if event is None:
        return Trail()
    envelope = event.envelope
    return Trail(envelope.traceparent, envelope.tracestate, envelope.correlationid or envelope.id, envelope.id)


async def _whose_invoices(uow: UnitOfWork, event: Event | None, payer: str) -> list[str]:
    """Other customers whom a parked payment concerns: for them too nobody knows what is paid. Locks them."""
    if event is None or not isinstance(event.data, ErpEventData) or not hasattr(event.data, "customer_id"):
        return []
    fact = to_told(event, Cause()).fact
    if isinstance(fact, Tenant | Creditor | Check) or as_payment_fact(fact) is None:
        return []
    concerned = await lock_concerned(uow, [fact])
    return sorted(customer_id for _, customer_id in customers_of(concerned) if customer_id != payer)


def _count(batch: Sequence[Received], results: Sequence[Outcome | FactRefused]) -> None:
    """Count what became of facts. Raises Poison for all that were refused."""
    refused = []
    for received, result in zip(batch, results, strict=True):
        if isinstance(result, FactRefused):
            refused.append((received, result.reason))
    FACTS_TAKEN.labels("kafka", "refused").inc(len(refused))
    Poison.raise_all(refused)
    for outcome in results:
        if isinstance(outcome, Outcome):
            FACTS_TAKEN.labels("kafka", outcome.value).inc()


def _is_of_other_tenant(received: Received) -> bool:
    """A key that names a customer of another tenant comes from a sender that mixes tenants up."""
    key: bytes = received.record.key or b""
    tenant, slash, _ = key.partition(b"/")
    return bool(slash) and tenant != received.event.envelope.tenantid.encode()
