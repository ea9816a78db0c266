"""What was decided, as events: names are copied, nothing is decided here."""

from collections.abc import Iterator
from uuid import UUID

from dunning_engine.domain.decision import Request
from dunning_engine.telemetry import DECISIONS
from dunning_engine.usecases.ports import Decided
from kulant_chassis.transaction import Cause, Draft, Transaction
from kulant_contracts.case import (
    CaseClosedV1,
    CaseOpenedV1,
    CasePromiseMadeV1,
    CaseStageReachedV1,
    StageReached,
)
from kulant_contracts.envelope import EventData
from kulant_contracts.money import Money
from kulant_contracts.reminder import (
    NextStep,
    PolicyVersion,
    ReminderItem,
    ReminderRequestedV1,
    ReminderStage,
    ReminderWithdrawnV1,
)


class OutboxAnnouncer:
    """Puts events into the transaction's outbox: a case opens before anything is said in it."""

    def announce(self, transaction: Transaction, decided: Decided, cause: Cause) -> None:
        """Give out the events that a decision leads to, in a fixed order."""
        DECISIONS.labels(decided.decision.outcome).inc()
        for data in _events(decided):
            transaction.publish(Draft(decided.occasion.key, decided.occasion.tenant, decided.now, data, cause))


def _events(decided: Decided) -> Iterator[EventData]:
    yield from _opened(decided)
    yield from _withdrawn(decided)
    yield from _stages_reached(decided)
    yield from _promises(decided)
    yield from _requested(decided)
    yield from _closed(decided)


def _opened(decided: Decided) -> Iterator[CaseOpenedV1]:
    for creditor_id, currency in decided.decision.opened:
        yield CaseOpenedV1(
            case_id=str(decided.case_ids[creditor_id, currency]),
            customer_id=decided.occasion.customer_id,
            creditor_id=creditor_id,
            at=decided.now,
            currency=currency,
        )


def _closed(decided: Decided) -> Iterator[CaseClosedV1]:
    for case in decided.decision.closed:
        yield CaseClosedV1(
            case_id=str(case.case_id),
            customer_id=decided.occasion.customer_id,
            creditor_id=case.creditor_id,
            at=decided.now,
            reason="nothing_overdue",
        )


def _withdrawn(decided: Decided) -> Iterator[ReminderWithdrawnV1]:
    for taken in decided.decision.withdrawals:
        yield ReminderWithdrawnV1(
            reminder_id=str(taken.reminder_id), customer_id=decided.occasion.customer_id, reason=taken.reason
        )


def _stages_reached(decided: Decided) -> Iterator[CaseStageReachedV1]:
    known = {reminder.reminder_id: reminder for reminder in decided.facts.reminders}
    for reached in decided.decision.stages_reached:
        reminder = known[reached.reminder_id]
        yield CaseStageReachedV1(
            case_id=str(reminder.case_id),
            customer_id=decided.occasion.customer_id,
            creditor_id=reminder.creditor_id,
            at=reached.sent_at,
            reminder_id=str(reached.reminder_id),
            channel=reached.channel,
            items=tuple(
                StageReached(
                    invoice_id=item.invoice_id,
                    item_id=item.item_id,
                    stage=item.stage,
                    sent_on=reached.sent_on,
                    deadline_on=reached.deadline_on,
                )
                for item in reminder.items
            ),
        )


def _promises(decided: Decided) -> Iterator[CasePromiseMadeV1]:
    for noted in decided.decision.promises_noted:
        creditor_id, currency = noted.case
        yield CasePromiseMadeV1(
            case_id=str(decided.case_ids[noted.case]),
            customer_id=decided.occasion.customer_id,
            creditor_id=creditor_id,
            at=noted.promise.said_at,
            promise_id=noted.promise.response_id,
            money=Money.from_minor(noted.amount_minor, currency),
            on=noted.promise.on,
        )


def _requested(decided: Decided) -> Iterator[ReminderRequestedV1]:
    for reminder_id, request in zip(decided.reminder_ids, decided.decision.requests, strict=True):
        yield _request(decided, reminder_id, request)


def _request(decided: Decided, reminder_id: UUID, request: Request) -> ReminderRequestedV1:
    creditor_id, currency = request.case
    policy = decided.decision.policy
    total = Money.from_minor(request.total_minor, currency)
    return ReminderRequestedV1(
        reminder_id=str(reminder_id),
        customer_id=decided.occasion.customer_id,
        creditor_id=creditor_id,
        case_id=str(decided.case_ids[request.case]),
        kind=request.kind,
        policy=PolicyVersion(code=policy.code, version=policy.version),
        stage=ReminderStage(
            number=request.number, code=request.code, tone=request.tone, legal_effect=request.legal_effect
        ),
        channels=request.channels,
        language=request.language,
        currency=currency,
        items=tuple(_items(request)),
        items_total=total,
        total=total,
        deadline_on=request.deadline_on,
        next_step=NextStep(code=request.next_step.code, not_before_on=request.next_step.not_before_on),
        not_before_at=request.not_before_at,
        not_after_at=request.not_after_at,
        seen=dict(decided.facts.had),
    )


def _items(request: Request) -> Iterator[ReminderItem]:
    currency = request.case[1]
    for asked in request.items:
        item = asked.item
        assert item.due_on is not None  # an item without a due date is never asked for
        yield ReminderItem(
            item_id=item.item_id,
            invoice_id=item.invoice_id,
            number=item.number,
            issued_on=item.issued_on,
            due_on=item.due_on,
            amount=Money.from_minor(item.amount_minor, currency),
            open=Money.from_minor(item.open_minor, currency),
            days_overdue=asked.days_overdue,
            stage=asked.stage,
        )
