"""Every answer is confirmed once, in the sending window, whatever the budget; a rating is none."""

from dataclasses import replace

import pytest
from engine_builders import (
    CREDITOR,
    POLICY,
    at,
    claim,
    codes,
    decide,
    delivery,
    dispute,
    facts,
    item,
    known,
    on,
    promise,
    question,
    reminder,
    rules,
    settled,
    uid,
)
from engine_recorder import applied

from dunning_engine.domain.answers import About, Preference, Refusal, Represented

SAID = at("2026-03-09", 10)
NOW = at("2026-03-09", 11)


def confirmed(given, now=NOW):
    decision = decide(given, now, policy=POLICY)
    return [(r.kind, r.code, r.about.response_id) for r in decision.requests if r.about and r.kind != "promise_resume"]


ANSWERS = [
    pytest.param(
        {"promises": (promise("2026-03-20", SAID),)}, ("promise_note", "promise_noted", "resp-1"), id="a promise"
    ),
    pytest.param({"claims": (claim(SAID),)}, ("service", "claim_noted", "resp-2"), id="I have paid"),
    pytest.param({"disputes": (dispute(SAID),)}, ("service", "dispute_noted", "resp-3"), id="a dispute"),
    *(
        pytest.param({"questions": (question(kind, SAID),)}, ("service", "question_noted", "resp-4"), id=kind)
        for kind in ("question", "document", "extension", "plan", "hardship")
    ),
    pytest.param({"refusals": (Refusal("resp-5", SAID, "sms"),)}, ("service", "contact_noted", "resp-5"), id="refused"),
    *(
        pytest.param(
            {"preferences": (Preference("resp-6", kind, SAID, "email"),)},
            ("service", "contact_noted", "resp-6"),
            id=kind,
        )
        for kind in ("preferred", "corrected", "wrong_person")
    ),
]


@pytest.mark.parametrize(("given", "wanted"), ANSWERS)
def test_every_answer_is_confirmed_once(given, wanted):
    told = facts(**given)
    first = decide(told, NOW, policy=POLICY)
    after = applied(first, told, NOW)
    sent = tuple(replace(delivery("sent", at=NOW), reminder_id=r.reminder_id) for r in after.reminders)

    assert confirmed(told) == [wanted]
    assert confirmed(after) == []
    assert confirmed(replace(after, deliveries=sent)) == []


@pytest.mark.parametrize(
    ("end", "again"),
    [
        pytest.param("suppressed", True, id="did not leave"),
        pytest.param("bounced", False, id="came back"),
        pytest.param("failed", False, id="found no way"),
        pytest.param("unknown", False, id="perhaps left"),
    ],
)
def test_it_is_said_again_only_where_it_did_not_leave(end, again):
    told = reminder(requested_at=SAID, kind="service", code="claim_noted", stage=0, about_response_id="resp-2")
    given = facts(claims=(claim(SAID),), reminders=(told,), deliveries=(delivery(end, at=SAID, reason="expired"),))

    assert bool(confirmed(given)) == again


@pytest.mark.parametrize(
    ("decided", "wanted"),
    [
        pytest.param("accepted", ["dispute_accepted"], id="accepted"),
        pytest.param("partly_accepted", ["dispute_partly_accepted"], id="partly accepted"),
        pytest.param("rejected", ["dispute_rejected"], id="rejected"),
        pytest.param("withdrawn", [], id="withdrawn"),
    ],
)
@pytest.mark.parametrize("was_noted", [True, False])
def test_what_a_person_decided_about_a_dispute_is_told(decided, wanted, was_noted):
    told = reminder(requested_at=SAID, kind="service", code="dispute_noted", stage=0, about_response_id="resp-3")
    noted = {"reminders": (told,), "deliveries": (delivery("sent", at=SAID),)} if was_noted else {}
    given = facts(disputes=(dispute(SAID, None, decided, decided_at=at("2026-03-16")),), **noted)

    assert [code for _, code, _ in confirmed(given, at("2026-03-16", 10))] == wanted


def test_a_confirmation_says_what_was_understood():
    word = promise("2026-03-20", SAID, amount_minor=4000)

    (request,) = [r for r in decide(facts(promises=(word,)), NOW, policy=POLICY).requests if r.kind == "promise_note"]

    assert request.about is not None
    assert (request.about.said_on, request.about.on, request.about.amount_minor) == (
        on("2026-03-09"),
        on("2026-03-20"),
        4000,
    )
    assert (request.number, request.tone, request.legal_effect) == (0, "service", "notice")
    assert (request.deadline_on, request.not_after_at) == (on("2026-03-20"), at("2026-03-09", 20))
    assert [(asked.item.number, asked.stage) for asked in request.items] == [("R-1", 0)]
    assert [(line.code, line.amount_minor) for line in request.credits] == [("promised", 4000)]


def test_other_confirmations_have_the_usual_date():
    (request,) = decide(facts(claims=(claim(SAID),), **known(None)), NOW, policy=POLICY).requests

    assert (request.deadline_on, request.next_step.code) == (on("2026-03-16"), "review")
    assert request.total_minor == 0


def test_waits_for_the_window():
    late = at("2026-03-09", 21)
    given = facts(claims=(claim(late),))

    assert confirmed(given, late) == []
    assert decide(given, late, policy=POLICY).next_look_at == at("2026-03-10", 8)
    assert len(confirmed(given, at("2026-03-10", 8))) == 1


@pytest.mark.parametrize(
    ("now", "count"),
    [
        pytest.param(at("2026-03-16", 10), 1, id="after seven days"),
        pytest.param(at("2026-03-16", 11), 0, id="an hour more"),
    ],
)
def test_what_was_read_too_late_is_not_confirmed_any_more(now, count):
    assert len(confirmed(facts(questions=(question("plan", SAID),)), now)) == count


def test_waits_while_a_message_about_the_same_items_is_under_way():
    busy = reminder(requested_at=SAID, withdrawn_because="payment_claimed")
    given = facts(claims=(claim(SAID),), reminders=(busy,))
    ended = replace(given, deliveries=(delivery("suppressed", reason="withdrawn", at=SAID),))

    assert confirmed(given) == []
    assert decide(given, NOW, policy=POLICY).next_look_at == at("2026-03-10", 8)
    assert len(confirmed(ended)) == 1


def test_two_answers_about_the_same_item_are_confirmed_one_after_the_other():
    given = facts(claims=(claim(SAID),), questions=(question("question", at("2026-03-09", 10, 30)),))

    first = decide(given, NOW, policy=POLICY)
    after = applied(first, given, NOW)
    sent = tuple(replace(delivery("sent", at=NOW), reminder_id=r.reminder_id) for r in after.reminders)

    assert codes(first) == ["claim_noted"]
    assert [code for _, code, _ in confirmed(replace(after, deliveries=sent))] == ["question_noted"]


def test_answers_about_different_items_are_confirmed_at_once():
    owed = (item(1), item(2))
    words = (claim(SAID, invoice_id="inv-1"), claim(at("2026-03-09", 10, 1), "resp-9", invoice_id="inv-2"))

    assert len(confirmed(facts(*owed, claims=words))) == 2


def test_what_was_said_in_one_breath_is_confirmed_in_one():
    words = (
        promise("2026-03-20", SAID, 11_900, invoice_id="inv-1"),
        promise("2026-03-20", SAID, 5_000, response_id="resp-9", invoice_id="inv-2"),
    )
    given = facts(item(1), item(2), promises=words)

    (request,) = [one for one in decide(given, NOW, policy=POLICY).requests if one.kind == "promise_note"]

    assert [asked.item.invoice_id for asked in request.items] == ["inv-1", "inv-2"]
    assert request.about.amount_minor == 16_900


def test_what_was_said_in_one_breath_and_read_in_two_is_confirmed_once():
    first = promise("2026-03-20", SAID, 11_900, invoice_id="inv-1")
    second = promise("2026-03-20", SAID, 5_000, response_id="resp-9", invoice_id="inv-2")
    given = facts(item(1), item(2), promises=(first,))
    told = applied(decide(given, NOW, policy=POLICY), given, NOW)

    assert confirmed(replace(told, promises=(*told.promises, second))) == []


def test_two_days_named_at_the_same_moment_are_two_answers():
    words = (
        promise("2026-03-20", SAID, invoice_id="inv-1"),
        promise("2026-03-23", SAID, response_id="resp-9", invoice_id="inv-2"),
    )

    assert len(confirmed(facts(item(1), item(2), promises=words))) == 2


def test_a_confirmation_goes_first_and_the_rest_of_its_item_waits_for_its_end():
    given = facts(item(1), item(2), disputes=(dispute(SAID, 4000, invoice_id="inv-1"),))

    decision = decide(given, NOW, policy=POLICY)

    assert codes(decision) == ["dispute_noted", "friendly"]
    assert [[asked.item.number for asked in r.items] for r in decision.requests] == [["R-1"], ["R-2"]]
    assert sorted(rules(decision)) == ["due", "one_at_a_time"]


def test_the_budget_does_not_matter():
    spent = [reminder(item(9, currency="USD"), number=200 + n, requested_at=at(f"2026-03-0{n}")) for n in (6, 7, 9)]
    ends = [delivery("sent", 200 + n, at=at(f"2026-03-0{n}")) for n in (6, 7, 9)]

    assert len(confirmed(facts(claims=(claim(SAID),), reminders=tuple(spent), deliveries=tuple(ends)))) == 1


def test_goes_out_in_the_case_of_the_message_that_was_answered():
    other = replace(CREDITOR, creditor_id="other")
    answered = reminder(item(2, creditor_id="other"), requested_at=at("2026-03-07"))
    given = facts(
        item(1),
        creditors={"main": CREDITOR, "other": other},
        claims=(claim(SAID, reminder_id=uid(100)),),
        reminders=(answered,),
        deliveries=(delivery("sent"),),
    )

    (request,) = [r for r in decide(given, NOW, policy=POLICY).requests if r.kind == "service"]

    assert (request.case, request.items) == (("other", "EUR"), ())


def test_a_case_opens_for_an_answer_about_what_is_settled_and_closes_when_that_was_said():
    answered = reminder(requested_at=at("2026-03-07"))
    given = facts(
        settled(item()),
        cases=(),
        claims=(claim(SAID, reminder_id=uid(100)),),
        reminders=(answered,),
        deliveries=(delivery("sent"),),
    )
    decision = decide(given, NOW, policy=POLICY)
    after = applied(decision, given, NOW)

    assert (codes(decision), decision.opened) == (["claim_noted"], (("main", "EUR"),))
    assert decide(after, NOW, policy=POLICY).closed == ()
    sent = replace(delivery("sent", at=NOW), reminder_id=after.reminders[-1].reminder_id)
    assert decide(replace(after, deliveries=(*after.deliveries, sent)), NOW, policy=POLICY).closed == after.cases


def test_an_answer_from_somebody_without_case_or_creditor_is_not_confirmed():
    assert confirmed(replace(facts(claims=(claim(SAID),)), items=(), cases=())) == []
    assert confirmed(facts(claims=(claim(SAID, reminder_id=uid(5)),), creditors={})) == []


def test_a_refused_channel_is_not_used_to_say_so():
    assert confirmed(facts(refusals=(Refusal("resp-5", SAID, "email"),))) == []


def test_who_is_represented_gets_no_confirmation():
    assert confirmed(facts(claims=(claim(SAID),), represented=(Represented("resp-8", SAID),))) == []


def test_what_a_refusal_is_about_tells_its_case():
    wish = Preference("resp-6", "preferred", SAID, "email", About(reminder_id=uid(100)))
    given = facts(
        item(1), preferences=(wish,), reminders=(reminder(item(2, currency="USD")),), deliveries=(delivery("sent"),)
    )

    assert [r.case for r in decide(given, NOW, policy=POLICY).requests if r.kind == "service"] == [("main", "USD")]


@pytest.mark.parametrize(
    "seen", [pytest.param({"feedback-service": 1}, id="not read yet"), pytest.param({}, id="ever")]
)
def test_a_confirmation_that_was_refused_waits_for_what_the_owners_know(seen):
    told = reminder(requested_at=SAID, kind="service", code="claim_noted", stage=0, about_response_id="resp-2")
    given = facts(
        claims=(claim(SAID),),
        reminders=(told,),
        deliveries=(delivery("suppressed", reason="stale", at=SAID, seen=seen),),
    )
    newer = replace(given, had={"invoice-service": 3, "feedback-service": 1, "notifier": 0})

    assert confirmed(given) == []
    assert len(confirmed(newer)) == 1


def test_an_item_without_a_due_date_is_named_in_no_message():
    later = item(2, due_on=None, state="open")

    decision = decide(facts(item(1), later, questions=(question("question", SAID),)), NOW, policy=POLICY)

    assert [[asked.item.number for asked in request.items] for request in decision.requests] == [["R-1"]]


def test_what_is_said_at_the_same_instant_about_another_item_is_confirmed_too():
    one, other = dispute(SAID, invoice_id="inv-1"), dispute(SAID, invoice_id="inv-2", response_id="resp-9")
    told = reminder(requested_at=SAID, kind="service", code="dispute_noted", stage=0, about_response_id="resp-3")
    given = facts(item(1), item(2), disputes=(one, other), reminders=(told,), deliveries=(delivery("sent", at=SAID),))
    both = replace(told, items=(*told.items, replace(told.items[0], invoice_id="inv-2")))

    assert confirmed(given) == [("service", "dispute_noted", "resp-9")]
    assert confirmed(replace(given, reminders=(both,))) == []


def test_an_answer_about_nothing_that_is_known_is_confirmed_together_with_the_others():
    given = facts(
        item(1, due_on=None, state="open"),
        cases=(),
        promises=(promise("2026-03-20", SAID, None),),
        claims=(claim(SAID, item_id="unknown"),),
    )
    first = decide(given, NOW, policy=POLICY)

    assert sorted(codes(first)) == ["claim_noted", "promise_noted"]
    assert decide(applied(first, given, NOW), NOW, policy=POLICY).outcome == "nothing"
