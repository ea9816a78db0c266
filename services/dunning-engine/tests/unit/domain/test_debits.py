"""What the creditor collects rests until the debit came back; a payment that came back is told once."""

from dataclasses import replace

import pytest
from engine_builders import at, came_back, codes, decide, delivery, facts, hold, item, on, reminder, rules, said, uid

COLLECTED = {"direct_debit_on": on("2026-03-10")}


@pytest.mark.parametrize("day", ["2026-03-09", "2026-03-10", "2026-03-24", "2026-12-01"])
def test_an_item_that_the_creditor_collects_rests(day):
    assert rules(decide(facts(item(**COLLECTED)), at(day))) == ["direct_debit"]


@pytest.mark.parametrize(
    ("day", "tasks"),
    [
        pytest.param("2026-03-24", [], id="fourteen days after the debit"),
        pytest.param("2026-03-25", [("debit_missing", "inv-1/1")], id="the day after: what became of it?"),
    ],
)
def test_a_debit_of_which_nothing_is_heard_is_a_task(day, tasks):
    decision = decide(facts(item(**COLLECTED)), at(day))

    assert [(task.code, task.about) for task in decision.tasks] == tasks
    assert decision.next_look_at == (at("2026-03-25", 8) if not tasks else None)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        pytest.param({"returned": came_back("2026-03-12")}, "returned_due", id="it came back"),
        pytest.param({"returned": came_back("2026-03-10")}, "returned_due", id="on the day itself"),
    ],
)
def test_a_debit_that_came_back_does_not_rest_any_more(changes, rule):
    assert rules(decide(facts(item(**COLLECTED, **changes)), at("2026-03-16"))) == [rule]


def test_a_payment_that_came_back_before_the_debit_is_told_and_the_debit_still_rests():
    owed = item(**COLLECTED, returned=came_back("2026-03-09"))

    assert codes(decide(facts(owed), at("2026-03-09"))) == ["payment_returned"]
    assert rules(decide(facts(owed, **told("sent")), at("2026-03-25"))) == ["direct_debit"]


def test_what_is_collected_again_rests_again_once_that_was_told():
    owed = item(**COLLECTED, returned=came_back("2026-03-16", recollect_on=on("2026-03-20")))

    assert codes(decide(facts(owed), at("2026-03-16"))) == ["payment_returned"]
    assert rules(decide(facts(owed, **told("sent")), at("2026-03-25"))) == ["direct_debit"]
    assert codes(decide(facts(owed, **told("sent")), at("2026-04-03"))) == []
    assert [task.code for task in decide(facts(owed, **told("sent")), at("2026-04-04")).tasks] == ["debit_missing"]


def test_a_return_is_told_even_where_the_item_rests():
    assert codes(decide(facts(RETURNED, holds=(hold(),)), at("2026-03-16"))) == ["payment_returned"]


RETURNED = item(returned=came_back("2026-03-16", is_direct_debit=True, bank_fee_minor=300))


def test_a_payment_that_came_back_begins_with_one_service_message():
    (request,) = decide(facts(RETURNED), at("2026-03-16")).requests

    assert (request.kind, request.code, request.number, request.tone) == ("service", "payment_returned", 0, "service")
    assert request.returned == RETURNED.returned
    assert request.credits == ()
    assert (request.next_step.code, request.next_step.not_before_on) == ("friendly", on("2026-03-26"))


def told(kind, **changes):
    message = reminder(
        RETURNED,
        requested_at=at("2026-03-16"),
        stage=0,
        kind="service",
        code="payment_returned",
        returned_payment_id=changes.pop("payment_id", "p-1"),
    )
    return {"reminders": (message,), "deliveries": (delivery(kind, at=at("2026-03-16"), **changes),) if kind else ()}


@pytest.mark.parametrize(
    ("end", "rule"),
    [
        pytest.param(None, "on_its_way", id="under way"),
        pytest.param("sent", "too_early", id="sent: once is enough"),
        pytest.param("bounced", "too_early", id="came back"),
        pytest.param("unknown", "too_early", id="perhaps sent"),
        pytest.param("failed", "not_delivered", id="there is no way to reach the customer"),
        pytest.param("suppressed", "returned_due", id="did not leave: anew"),
    ],
)
def test_it_is_said_once(end, rule):
    assert rules(decide(facts(RETURNED, **told(end, reason="expired")), at("2026-03-17"))) == [rule]


def test_then_the_ladder_begins_afresh_five_days_after_the_return():
    given = facts(RETURNED, **told("sent"))

    assert codes(decide(given, at("2026-03-20"))) == []
    assert codes(decide(given, at("2026-03-21"))) == ["friendly"]


def test_another_payment_that_came_back_is_another_message():
    again = replace(RETURNED, returned=came_back("2026-03-30", payment_id="p-2"))

    assert codes(decide(facts(again, **told("sent")), at("2026-03-30"))) == ["payment_returned"]


def test_items_of_one_returned_payment_share_the_message_others_have_their_own():
    owed = (RETURNED, replace(RETURNED, invoice_id="inv-2"), item(3, returned=came_back("2026-03-16", "p-2")))

    requests = decide(facts(*owed), at("2026-03-16")).requests

    assert [[asked.item.invoice_id for asked in request.items] for request in requests] == [
        ["inv-1", "inv-2"],
        ["inv-3"],
    ]


def test_it_is_told_even_where_the_budget_is_spent_and_a_message_of_the_case_is_under_way():
    busy = reminder(item(2), requested_at=at("2026-03-16"), number=102)

    assert codes(decide(facts(RETURNED, item(2), reminders=(busy,)), at("2026-03-16"))) == ["payment_returned"]


def test_it_is_told_although_the_item_is_not_due_yet():
    early = item(state="open", due_on=on("2026-03-30"), returned=came_back("2026-03-16"))

    assert codes(decide(facts(early, cases=()), at("2026-03-16"))) == ["payment_returned"]
    assert decide(facts(early, cases=()), at("2026-03-16")).opened == (("main", "EUR"),)


@pytest.mark.parametrize(
    ("due_on", "day"),
    [
        pytest.param("2026-03-02", "2026-03-21", id="due before: from the return"),
        pytest.param("2026-03-18", "2026-03-23", id="due later: from the due date"),
    ],
)
def test_the_fresh_ladder_counts_from_the_later_of_return_and_due_date(due_on, day):
    owed = replace(RETURNED, due_on=on(due_on))
    before = at(day).replace(day=at(day).day - 1)

    assert codes(decide(facts(owed, **told("sent")), at(day))) == ["friendly"]
    assert codes(decide(facts(owed, **told("sent")), before)) == []


def test_what_was_said_before_the_return_is_void():
    before = said(2, "2026-03-10", RETURNED, deadline="2026-03-17", number=103)
    given = facts(
        RETURNED,
        reminders=(*told("sent")["reminders"], *before["reminders"]),
        deliveries=(*told("sent")["deliveries"], *before["deliveries"]),
    )

    (request,) = decide(given, at("2026-03-21")).requests
    assert (request.code, [asked.stage for asked in request.items]) == ("friendly", [1])
    assert uid(103) in {r.reminder_id for r in given.reminders}
