"""What was decided, as events: nothing is lost on the way, nothing is told twice."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from engine_builders import CUSTOMER, POLICY, at, facts, item, reminder, uid

from dunning_engine.bus import case_events
from dunning_engine.bus.outgoing import OutboxAnnouncer
from dunning_engine.bus.requests import request_event
from dunning_engine.domain.answers import About, Case, Dispute, DisputeDecision, Hold, Promise, ReturnedPayment
from dunning_engine.domain.decision import (
    Decision,
    DisputeNoted,
    HoldNoted,
    NextStep,
    PromiseEnded,
    PromiseNoted,
    ReminderItem,
    Request,
    SaidBefore,
    StageReached,
    Withdrawal,
)
from dunning_engine.domain.facts import CreditLine, Delivery
from dunning_engine.usecases.ports import Decided, DisputeClosed, Known, Occasion
from kulant_chassis.transaction import Cause
from kulant_contracts.money import Money

KEY = ("main", "EUR")
CASE = Case(uid(1), *KEY)
NOW = at("2026-03-09")
PROMISE = Promise("p-1", at("2026-03-08"), date(2026, 3, 20), About(), 5000, case=CASE)
DISPUTE = Dispute("d-1", at("2026-03-08"), About("1"), 5000, "defective")
HOLD = Hold("h-1", "item", "1", "hardship", date(2026, 4, 1), set_at=at("2026-03-07"))
REQUEST = Request(
    case=KEY,
    kind="promise_note",
    code="promise_noted",
    number=0,
    tone="service",
    legal_effect="notice",
    items=(ReminderItem(item(), 0, 7),),
    language="de",
    channels=("email", "post"),
    deadline_on=date(2026, 3, 20),
    next_step=NextStep("review", date(2026, 3, 24)),
    not_before_at=NOW,
    not_after_at=at("2026-03-09", 20),
)


def eur(minor):
    return Money.from_minor(minor, "EUR")


def decided(given=None, **changes):
    decision = Decision(POLICY, **changes)
    return Decided(
        occasion=Occasion("acme/c-1", "acme", Cause(), ("kulant.item.overdue.v1",)),
        known=Known(CUSTOMER),
        facts=given or facts(),
        now=NOW,
        decision=decision,
        case_ids={KEY: uid(1)},
        reminder_ids=tuple(uid(500 + number) for number in range(len(decision.requests))),
    )


def test_a_request_says_what_it_is_about_and_what_makes_it_less():
    asked = replace(
        REQUEST,
        credits=(CreditLine("promised", 5000, ("inv-1", "1")), CreditLine("unallocated", 900)),
        about=SaidBefore("p-1", date(2026, 3, 8), date(2026, 3, 20), 5000),
        returned=ReturnedPayment("pay-1", date(2026, 3, 5), True, 450, None, date(2026, 3, 25)),
    )

    event = request_event(decided(requests=(asked,)), uid(500), asked)

    assert (event.kind, event.stage.number, event.stage.code, event.stage.tone) == (
        "promise_note",
        0,
        "promise_noted",
        "service",
    )
    assert (event.items_total, event.total, event.channels) == (eur(11900), eur(6000), ("email", "post"))
    assert [(c.code, c.money, c.invoice_id, c.item_id) for c in event.credits] == [
        ("promised", eur(5000), "inv-1", "1"),
        ("unallocated", eur(900), None, None),
    ]
    assert (event.about.response_id, event.about.on, event.about.money) == ("p-1", date(2026, 3, 20), eur(5000))
    assert (event.payment_returned.bank_fee, event.payment_returned.recollect_on) == (eur(450), date(2026, 3, 25))
    assert event.seen == {"invoice-service": 3, "feedback-service": 0, "notifier": 0}


def test_a_request_without_all_that_leaves_it_out():
    sums = replace(REQUEST, about=SaidBefore("p-1", date(2026, 3, 8)), returned=ReturnedPayment("p", date(2026, 3, 5)))

    event = request_event(decided(requests=(sums,)), uid(500), sums)

    assert (event.about.money, event.payment_returned.bank_fee, event.credits) == (None, None, ())


def test_a_stage_says_when_it_was_received_where_that_is_known():
    told = reminder(is_noted=False)
    reached = StageReached(told.reminder_id, date(2026, 3, 7), at("2026-03-07"), "email", date(2026, 3, 16))
    receipts = (
        Delivery(told.reminder_id, "read", at("2026-03-09", 0, 30)),
        Delivery(told.reminder_id, "delivered", at("2026-03-08", 0, 30)),
        Delivery(uid(7), "delivered", at("2026-03-07")),
    )

    (event,) = case_events.stages_reached(
        decided(facts(reminders=(told,), deliveries=receipts), stages_reached=(reached,))
    )
    (unknown,) = case_events.stages_reached(decided(facts(reminders=(told,)), stages_reached=(reached,)))

    assert (event.at, event.channel, event.reminder_id) == (at("2026-03-07"), "email", str(told.reminder_id))
    assert (event.items[0].sent_on, event.items[0].received_on) == (date(2026, 3, 7), date(2026, 3, 8))
    assert unknown.items[0].received_on is None


def test_a_promise_is_told_when_it_is_made_and_how_it_ends():
    made = PromiseNoted(PROMISE, KEY, 5000)
    ends = (PromiseEnded(PROMISE, "kept"), PromiseEnded(replace(PROMISE, response_id="p-2"), "broken", 2000))

    first, kept, broken = case_events.promises(decided(promises_noted=(made,), promises_ended=ends))

    assert (first.TYPE, first.at, first.money) == ("kulant.case.promise_made.v1", PROMISE.said_at, eur(5000))
    assert (kept.TYPE, kept.at, kept.promise_id) == ("kulant.case.promise_kept.v1", NOW, "p-1")
    assert (broken.TYPE, broken.promise_id, broken.missing) == ("kulant.case.promise_broken.v1", "p-2", eur(2000))


def test_a_promise_of_all_is_of_what_was_open_then():
    whole = replace(PROMISE, amount_minor=None, stood={("inv-1", "1"): 700, ("inv-2", "1"): 300})

    (kept,) = case_events.promises(decided(promises_ended=(PromiseEnded(whole, "kept"),)))

    assert kept.money == eur(1000)


def test_a_promise_that_lapsed_or_has_no_case_is_not_told():
    lapsed = PromiseEnded(PROMISE, "lapsed")
    of_nothing = PromiseEnded(replace(PROMISE, case=None), "kept")

    assert list(case_events.promises(decided(promises_ended=(lapsed, of_nothing)))) == []


def test_a_promise_that_is_made_and_kept_at_once_is_told_in_that_order():
    fresh = replace(PROMISE, case=None)

    made, kept = case_events.promises(
        decided(promises_noted=(PromiseNoted(fresh, KEY, 5000),), promises_ended=(PromiseEnded(fresh, "kept"),))
    )

    assert (made.case_id, kept.case_id) == (str(uid(1)), str(uid(1)))


def test_a_dispute_is_told_item_by_item():
    noted = DisputeNoted(DISPUTE, KEY, ((("inv-1", "1"), 3000), (("inv-2", "1"), 2000)))

    first, second = case_events.disputes(decided(disputes_noted=(noted,)))

    assert (first.dispute_id, first.invoice_id, first.money, first.at) == ("d-1", "inv-1", eur(3000), DISPUTE.said_at)
    assert (second.invoice_id, second.money, second.reason) == ("inv-2", eur(2000), "defective")


def test_a_dispute_that_was_decided_before_its_case_opened_is_told_with_the_decision():
    over = replace(DISPUTE, decision=DisputeDecision("rejected", NOW))

    said, settled = case_events.disputes(decided(disputes_noted=(DisputeNoted(over, KEY, ((("inv-1", "1"), 5000),)),)))

    assert (said.TYPE, settled.outcome, settled.accepted) == ("kulant.case.disputed.v1", "rejected", None)


@pytest.mark.parametrize(("accepted", "shares"), [(4000, [3000, 1000]), (3000, [3000, 0]), (None, [None, None])])
def test_what_is_accepted_is_shared_out_in_order(accepted, shares):
    over = replace(DISPUTE, decision=DisputeDecision("partly_accepted", NOW, accepted))
    closed = DisputeClosed(over, CASE, ((("inv-1", "1"), 3000), (("inv-2", "1"), 2000)))

    events = list(case_events.dispute_decided("c-1", closed))

    assert [event.accepted for event in events] == [eur(s) if s is not None else None for s in shares]


def test_a_hold_is_told_in_its_cases_until_it_is_gone():
    noted, elsewhere = HoldNoted(HOLD, KEY), HoldNoted(replace(HOLD, set_at=None), ("else", "EUR"))

    held, resumed = case_events.holds(decided(holds_noted=(noted,), holds_resumed=(noted, elsewhere)))

    assert (held.TYPE, held.at, held.scope, held.scope_id) == ("kulant.case.held.v1", HOLD.set_at, "item", "1")
    assert (held.reason, held.until_on) == ("hardship", date(2026, 4, 1))
    assert (resumed.TYPE, resumed.at, resumed.hold_id) == ("kulant.case.resumed.v1", NOW, "h-1")


class Outbox:
    def __init__(self):
        self.drafts = []

    def publish(self, draft):
        self.drafts.append(draft)


def test_events_leave_in_an_order_that_makes_sense():
    everything = decided(
        facts(reminders=(reminder(),)),
        opened=(KEY,),
        closed=(CASE,),
        withdrawals=(Withdrawal(uid(9), "settled"),),
        promises_noted=(PromiseNoted(PROMISE, KEY, 5000),),
        requests=(REQUEST,),
        holds_noted=(HoldNoted(HOLD, KEY),),
    )
    outbox, cause = Outbox(), Cause(correlationid="chain")

    OutboxAnnouncer().announce(outbox, everything, cause)

    assert [draft.data.TYPE.split(".", 1)[1] for draft in outbox.drafts] == [
        "case.opened.v1",
        "reminder.withdrawn.v1",
        "case.promise_made.v1",
        "case.held.v1",
        "reminder.requested.v1",
        "case.closed.v1",
    ]
    assert {(draft.key, draft.tenant, draft.cause) for draft in outbox.drafts} == {("acme/c-1", "acme", cause)}


def test_what_a_person_decided_is_told_at_that_moment():
    over = replace(DISPUTE, decision=DisputeDecision("accepted", NOW))
    outbox = Outbox()

    OutboxAnnouncer().dispute_decided(outbox, "acme/c-1", "acme", DisputeClosed(over, CASE, ((("inv-1", "1"), 5000),)))

    (draft,) = outbox.drafts
    assert (draft.time, draft.data.customer_id, draft.data.case_id) == (NOW, "c-1", str(UUID(int=1)))
