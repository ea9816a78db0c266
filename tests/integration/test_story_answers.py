"""What customers answer, and what happens next: promises kept and broken, disputes, questions, a claimed payment."""

from datetime import date

from kulant_contracts.case import (
    CaseDisputeDecidedV1,
    CaseDisputedV1,
    CasePromiseBrokenV1,
    CasePromiseKeptV1,
    CasePromiseMadeV1,
)
from kulant_contracts.erp_changes import ErpItemAdjustedV1
from kulant_contracts.reminder import ReminderRequestedV1
from tests.integration.erp_words import eur, issued, paid
from tests.integration.story import DUE_ON, Story

FRIENDLY_ON = date(2026, 3, 9)
PROMISED_ON = date(2026, 3, 16)


async def reminded(story: Story) -> None:
    """One customer, one invoice, and its friendly reminder on 9 March."""
    await story.say(story.customer(), issued("i1", DUE_ON))
    await story.settle()
    await story.days(FRIENDLY_ON)


async def codes(story: Story) -> list[str]:
    return [one.code for one in await story.sent()]


async def test_a_promise_that_is_kept_is_the_end_of_it(story):
    await reminded(story)
    await story.answer(story.letters()[0], "promise", pay_on=str(PROMISED_ON))
    await story.settle()
    await story.days(PROMISED_ON)

    await story.say(paid("p1", "i1", PROMISED_ON, 11_900))
    await story.settle()
    await story.days(date(2026, 4, 2))

    assert await codes(story) == ["friendly", "promise_noted"]
    assert [len(await story.events(kind)) for kind in (CasePromiseMadeV1, CasePromiseKeptV1, CasePromiseBrokenV1)] == [
        1,
        1,
        0,
    ]


async def test_of_a_promise_that_is_kept_in_part_the_rest_is_asked_for_softly(story):
    await reminded(story)
    await story.answer(story.letters()[0], "promise", pay_on=str(PROMISED_ON))
    await story.settle()
    await story.days(date(2026, 3, 15))

    await story.say(paid("p1", "i1", date(2026, 3, 15), 5_000))
    await story.settle()
    await story.days(date(2026, 3, 27))

    sent = await story.sent()
    assert [one.code for one in sent] == ["friendly", "promise_noted", "promise_missed"]
    assert sent[-1].total == "69.00"
    assert sent[-1].kind == "promise_resume"
    (broken,) = await story.events(CasePromiseBrokenV1)
    assert broken.data.missing.amount == "69.00"


async def test_a_broken_promise_is_asked_about_once_and_the_ladder_goes_on_after_its_deadline(story):
    await reminded(story)
    await story.answer(story.letters()[0], "promise", pay_on=str(PROMISED_ON))
    await story.settle()

    await story.days(date(2026, 4, 11))

    sent = await story.sent()
    assert [one.code for one in sent] == ["friendly", "promise_noted", "promise_missed", "reminder"]
    missed, reminder = sent[2], sent[3]
    assert missed.on > PROMISED_ON
    assert reminder.on > missed.deadline_on
    assert len(await story.events(CasePromiseBrokenV1)) == 1


async def test_while_a_part_is_disputed_the_rest_goes_on_and_a_rejected_part_comes_back(story):
    await reminded(story)
    await story.answer(story.letters()[0], "wrong", reason="defective", amount="30.00", words="The lid was broken.")
    await story.settle()
    await story.days(date(2026, 3, 20))

    sent = await story.sent()
    assert [one.code for one in sent] == ["friendly", "dispute_noted", "reminder"]
    assert sent[-1].total == "89.00"
    requests = [event.data for event in await story.events(ReminderRequestedV1)]
    assert [(credit.code, credit.money.amount) for credit in requests[-1].credits] == [("disputed", "30.00")]

    (disputed,) = await story.events(CaseDisputedV1)
    answer = await story.ask(
        "dunning-engine", "POST", f"/v1/disputes/{disputed.data.dispute_id}/decide", {"outcome": "rejected"}
    )
    assert answer.status_code == 200
    await story.settle()
    await story.days(date(2026, 4, 11))

    sent = await story.sent()
    assert [one.code for one in sent][-2:] == ["dispute_rejected", "firm"]
    assert sent[-1].total == "119.00"
    (decided,) = await story.events(CaseDisputeDecidedV1)
    assert decided.data.outcome == "rejected"


async def test_an_accepted_dispute_rests_until_the_erp_has_corrected_the_item(story):
    await reminded(story)
    await story.answer(story.letters()[0], "wrong", reason="not_received", words="It never came.")
    await story.settle()
    (disputed,) = await story.events(CaseDisputedV1)
    await story.ask(
        "dunning-engine", "POST", f"/v1/disputes/{disputed.data.dispute_id}/decide", {"outcome": "accepted"}
    )
    await story.settle()

    await story.days(date(2026, 4, 11))

    assert await codes(story) == ["friendly", "dispute_noted", "dispute_accepted"]


async def test_an_accepted_part_is_asked_for_no_more_before_and_after_the_erp_corrects_it(story):
    await reminded(story)
    await story.answer(story.letters()[0], "wrong", reason="defective", amount="30.00", words="The lid was broken.")
    await story.settle()
    (disputed,) = await story.events(CaseDisputedV1)
    await story.ask(
        "dunning-engine", "POST", f"/v1/disputes/{disputed.data.dispute_id}/decide", {"outcome": "accepted"}
    )
    await story.settle()
    await story.days(date(2026, 3, 27))

    correction = ErpItemAdjustedV1(
        customer_id="C1",
        adjustment_id="a1",
        invoice_id="i1",
        item_id="1",
        money=eur(3_000),
        on=date(2026, 3, 27),
        kind="correction",
    )
    await story.say(correction)
    await story.settle()
    await story.days(date(2026, 4, 11))

    demands = [one for one in await story.sent() if one.kind == "reminder"]
    assert [one.code for one in demands] == ["friendly", "reminder", "firm"]
    assert [one.total for one in demands] == ["119.00", "89.00", "89.00"]


async def test_i_have_paid_rests_until_payments_are_known_and_is_asked_about_once(story):
    await reminded(story)
    await story.answer(story.letters()[0], "paid", paid_on="2026-03-09")
    await story.settle()

    await story.days(date(2026, 3, 31))

    sent = await story.sent()
    assert [one.code for one in sent][:3] == ["friendly", "claim_noted", "claim_unconfirmed"]
    assert date(2026, 3, 12) <= sent[2].on <= date(2026, 3, 17)


async def test_a_question_rests_its_item_until_it_is_answered(story):
    await reminded(story)
    await story.answer(story.letters()[0], "question", words="What is this for?")
    await story.settle()
    await story.days(date(2026, 3, 13))
    assert await codes(story) == ["friendly", "question_noted"]

    answer = await story.ask("dunning-engine", "GET", "/v1/tasks")
    assert "question_to_answer" in answer.text or "question" in answer.text
    await story.days(date(2026, 3, 21))

    assert (await codes(story))[-1] == "reminder"


async def test_who_refuses_every_way_to_be_written_to_is_left_in_peace_and_a_person_is_told(story):
    await reminded(story)
    await story.answer(story.letters()[0], "contact", wish="refuse", channel="email")
    await story.settle()
    before = len(await story.sent())

    await story.days(date(2026, 4, 5))

    assert len(await story.sent()) == before == 1
