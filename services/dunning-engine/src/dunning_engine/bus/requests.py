"""A message to request, as the event that asks the notifier for it: names are copied, nothing is decided here."""

from collections.abc import Iterator
from uuid import UUID

from dunning_engine.domain.answers import ReturnedPayment as Returned
from dunning_engine.domain.decision import Request
from dunning_engine.domain.decision import SaidBefore as Said
from dunning_engine.domain.facts import CreditLine
from dunning_engine.usecases.ports import Decided
from kulant_contracts.money import Money
from kulant_contracts.reminder import (
    Credit,
    NextStep,
    PolicyVersion,
    ReminderItem,
    ReminderRequestedV1,
    ReminderStage,
    ReturnedPayment,
    SaidBefore,
)

NOTES = {
    "unallocated": "Credit that is not allocated to an invoice yet",
    "disputed": "Contested, rests until that is decided",
    "promised": "Promised, rests until that day has passed",
    "claimed": "Said to be paid, rests until that is known",
    "held": "On hold",
}
"""What a line means, in the language of the operators; readers' own languages go by its code."""


def request_event(decided: Decided, reminder_id: UUID, request: Request) -> ReminderRequestedV1:
    """The event of one requested message."""
    creditor_id, currency = request.case
    policy = decided.decision.policy
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
        items_total=Money.from_minor(request.items_total_minor, currency),
        credits=tuple(_credit(line, currency) for line in request.credits),
        total=Money.from_minor(request.total_minor, currency),
        deadline_on=request.deadline_on,
        next_step=NextStep(code=request.next_step.code, not_before_on=request.next_step.not_before_on),
        not_before_at=request.not_before_at,
        not_after_at=request.not_after_at,
        seen=dict(decided.facts.had),
        about=_about(request.about, currency) if request.about else None,
        payment_returned=_returned(request.returned, currency) if request.returned else None,
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


def _credit(line: CreditLine, currency: str) -> Credit:
    invoice_id, item_id = line.item or (None, None)
    return Credit(
        money=Money.from_minor(line.amount_minor, currency),
        note=NOTES.get(line.code, line.code),
        code=line.code,
        item_id=item_id,
        invoice_id=invoice_id,
    )


def _about(said: Said, currency: str) -> SaidBefore:
    money = Money.from_minor(said.amount_minor, currency) if said.amount_minor is not None else None
    return SaidBefore(response_id=said.response_id, said_on=said.said_on, on=said.on, money=money)


def _returned(returned: Returned, currency: str) -> ReturnedPayment:
    fee = returned.bank_fee_minor
    return ReturnedPayment(
        on=returned.on,
        is_direct_debit=returned.is_direct_debit,
        bank_fee=Money.from_minor(fee, currency) if fee is not None else None,
        recollect_on=returned.recollect_on,
    )
