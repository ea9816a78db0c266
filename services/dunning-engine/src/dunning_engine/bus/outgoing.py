"""What was decided, as events in the outbox of the transaction that decided it."""

from collections.abc import Iterator

from dunning_engine.bus import case_events
from dunning_engine.bus.requests import request_event
from dunning_engine.telemetry import DECISIONS
from dunning_engine.usecases.ports import Decided, DisputeClosed
from kulant_chassis.transaction import Cause, Draft, Transaction
from kulant_contracts.envelope import EventData
from kulant_contracts.reminder import ReminderWithdrawnV1


class OutboxAnnouncer:
    """Puts events into a transaction's outbox: a case opens before anything is said in it."""

    def announce(self, transaction: Transaction, decided: Decided, cause: Cause) -> None:
        """Give out the events that a decision leads to, in a fixed order."""
        DECISIONS.labels(decided.decision.outcome).inc()
        for data in _events(decided):
            transaction.publish(Draft(decided.occasion.key, decided.occasion.tenant, decided.now, data, cause))

    def dispute_decided(self, transaction: Transaction, key: str, tenant: str, closed: DisputeClosed) -> None:
        """Give out what a person decided about a dispute that is on the record of its case."""
        decision = closed.dispute.decision
        assert decision is not None  # whoever closes a dispute has decided it
        for data in case_events.dispute_decided(key.removeprefix(f"{tenant}/"), closed):
            transaction.publish(Draft(key, tenant, decision.decided_at, data))


def _events(decided: Decided) -> Iterator[EventData]:
    yield from case_events.opened(decided)
    yield from _withdrawn(decided)
    yield from case_events.stages_reached(decided)
    yield from case_events.promises(decided)
    yield from case_events.disputes(decided)
    yield from case_events.holds(decided)
    for reminder_id, request in zip(decided.reminder_ids, decided.decision.requests, strict=True):
        yield request_event(decided, reminder_id, request)
    yield from case_events.closed(decided)


def _withdrawn(decided: Decided) -> Iterator[ReminderWithdrawnV1]:
    for taken in decided.decision.withdrawals:
        yield ReminderWithdrawnV1(
            reminder_id=str(taken.reminder_id), customer_id=decided.occasion.customer_id, reason=taken.reason
        )
