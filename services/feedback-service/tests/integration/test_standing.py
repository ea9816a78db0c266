"""What other services say about a customer, on the page and at the gate."""

from datetime import timedelta

import pytest
from feedback_builders import NOW, REMINDER_ID
from feedback_events import (
    case_handed_over,
    case_held,
    case_resumed,
    credit_changed,
    customer_changed,
    customer_erased,
    everything,
    hold_changed,
)

from .conftest import GATE, OPERATOR, page_of
from .test_page import clearance, form, published

PAGE = page_of(REMINDER_ID)


async def page(feedback, query=""):
    return (await feedback.http.get(PAGE + query)).text


async def answer(feedback, kind, **fields):
    answered = await feedback.http.post(PAGE, data=await form(feedback, kind, **fields))
    assert answered.status_code == 303
    return (await published(feedback))[-1][0].data


async def test_credit_makes_what_is_left_less_and_its_latest_version_holds(feedback):
    await feedback.read(*everything(), credit_changed(2, "19.00"), credit_changed(1, "50.00"))

    assert "€100.00" in await page(feedback)

    await feedback.read(credit_changed(3, "0.00"))
    assert "Your credit" not in await page(feedback)


async def test_a_hold_is_shown_until_it_is_lifted_in_whatever_order_that_is_told(feedback):
    await feedback.read(*everything(), hold_changed(1))
    assert "we have put this on hold" in await page(feedback)

    await feedback.read(hold_changed(3, state="lifted"))
    await feedback.read(hold_changed(2))
    assert "we have put this on hold" not in await page(feedback)

    await feedback.read(case_held())
    assert "we have put this on hold" in await page(feedback)
    await feedback.read(case_held(), case_resumed())
    assert "we have put this on hold" not in await page(feedback)


async def test_a_case_that_was_handed_over_takes_questions_only(feedback):
    await feedback.read(*everything())
    promise = await form(feedback, "promise", pay_on="2026-05-29")
    await feedback.read(case_handed_over())

    assert "This matter is with Kanzlei Krull now" in await page(feedback)
    assert (await feedback.http.post(PAGE, data=promise)).headers["location"] == PAGE
    question = await answer(feedback, "question", words="Why?")
    assert question.quote == "Why?"


async def test_an_erased_customer_has_an_empty_page_that_stays_empty(feedback):
    await feedback.read(*everything())
    rating = await form(feedback, "question", words="Who am I?")
    await feedback.http.post(PAGE, data=rating)
    promise = await form(feedback, "promise", pay_on="2026-05-29")

    await feedback.read(customer_erased(), customer_changed(9))

    shown = await feedback.http.get(PAGE)
    assert shown.status_code == 410
    assert "Morgenrot" not in shown.text
    assert (await feedback.http.post(PAGE, data=promise)).status_code == 303
    assert len(await published(feedback)) == 1
    assert await feedback.rows("SELECT quote FROM response") == [(None,)]
    assert (await clearance(feedback, {"feedback-service": 1}))["answer"] == "stop"


@pytest.mark.parametrize(
    ("kind", "fields", "intent", "said"),
    [
        ("paid", {"paid_on": "2026-05-20"}, "payment_claimed", {"item_id": "i-RE-1", "invoice_id": "inv-RE-1"}),
        ("promise", {"pay_on": "2026-05-29"}, "promise_made", {"item_id": "i-RE-1", "invoice_id": "inv-RE-1"}),
        ("wrong", {"reason": "defective", "amount": "5"}, "disputed", {"reason": "defective", "item_id": "i-RE-1"}),
        ("question", {"words": "Why?"}, "question_asked", {"quote": "Why?", "item_id": "i-RE-1"}),
        ("copy", {}, "document_requested", {"item_id": "i-RE-1"}),
        ("time", {"wish": "extension", "until": "2026-06-30"}, "extension_requested", {"item_id": None}),
        ("time", {"wish": "plan", "words": "50 a month"}, "plan_requested", {"quote": "50 a month"}),
        ("time", {"wish": "hardship"}, "hardship_signalled", {"quote": None}),
        ("contact", {"wish": "refuse"}, "contact_refused", {"refused_channel": "email", "contact_id": None}),
        ("contact", {"wish": "wrong_person"}, "wrong_person", {"reached_channel": "email", "contact_id": "k-1"}),
        ("contact", {"wish": "prefer", "channel": "sms"}, "channel_preferred", {"preferred_channel": "sms"}),
        (
            "contact",
            {"wish": "correct", "channel": "email", "address": "a@b.example"},
            "contact_corrected",
            {"corrected_channel": "email", "address": "a@b.example", "contact_id": "k-1"},
        ),
        ("represented", {"by": "Dr. Krull"}, "represented", {"by": "Dr. Krull"}),
    ],
)
async def test_every_form_becomes_its_event_and_is_told_back_in_both_languages(feedback, kind, fields, intent, said):
    await feedback.read(*everything())

    data = await answer(feedback, kind, **fields)

    assert f"kulant.response.{intent}.v1" == data.TYPE
    assert {name: getattr(data, name) for name in said} == said
    for language in ("en", "de"):
        shown = await page(feedback, f"?answer={data.response_id}&lang={language}")
        assert 'id="recorded"' in shown
        assert 'class="log"' in shown


async def test_a_postal_address_survives_the_table(feedback):
    await feedback.read(*everything())
    address = "Lindenweg 3\n10969 Berlin"

    data = await answer(feedback, "contact", wish="correct", channel="post", address=address)

    assert (data.postal.lines, data.postal.city, data.postal.country) == (("Lindenweg 3",), "Berlin", "DE")
    assert "You gave us another address: Letter." in await page(feedback)


async def test_a_rating_follows_an_answer_and_makes_no_decision_stale(feedback):
    await feedback.read(*everything())
    promised = await answer(feedback, "promise", pay_on="2026-05-29")
    html = await page(feedback, f"?answer={promised.response_id}")
    once = html.partition('value="rating"')[2].partition('name="once" value="')[2].partition('"')[0]

    await feedback.http.post(PAGE, data={"answer": "rating", "once": once, "stars": "5"})

    assert (await published(feedback))[-1][0].data.stars == 5
    assert await clearance(feedback, {"feedback-service": 1}) == {
        "reminder_id": "r",
        "answer": "clear",
        "reason": None,
        "sequence": 2,
    }
    assert (await clearance(feedback, {"feedback-service": 0}))["answer"] == "stale"


async def test_a_confirmation_is_stopped_by_a_refusal_of_its_way_and_by_nothing_less(feedback):
    await feedback.read(*everything())
    question = {"reminder_id": str(REMINDER_ID), "customer_id": "c-1", "kind": "service", "items": [], "seen": {}}

    async def ask():
        asked = await feedback.http.post("/v1/clearances", json={"reminders": [question]}, headers=GATE)
        return asked.json()["results"][0]["answer"]

    await answer(feedback, "promise", pay_on="2026-05-29")
    assert await ask() == "clear"

    await answer(feedback, "contact", wish="refuse")
    assert await ask() == "stop"

    await feedback.read(customer_changed(7, consent_at=NOW + timedelta(seconds=1)))
    assert await ask() == "stale"  # its decision knew neither the refusal nor that it is lifted

    question["seen"] = {"feedback-service": 2}
    assert await ask() == "clear"


async def test_words_and_addresses_are_for_those_who_answer_customers(feedback):
    await feedback.read(*everything())
    await answer(feedback, "question", words="Why?")
    await answer(feedback, "contact", wish="correct", channel="email", address="a@b.example")
    reader = {**OPERATOR, "Authorization": "Bearer reader"}

    for headers, quotes, addresses in [
        ({**OPERATOR, "Authorization": "Bearer agent"}, ["Why?", None], [{}, {"address": "a@b.example"}]),
        (reader, [None, None], [None, None]),
    ]:
        listed = (await feedback.http.get("/v1/responses", headers=headers)).json()["items"]
        assert [one["quote"] for one in listed] == quotes
        assert [one["personal"] for one in listed] == addresses


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("type=question_asked", 1),
        ("type=disputed", 0),
        ("channel=page", 2),
        ("channel=email", 0),
        (f"reminder_id={REMINDER_ID}", 2),
        ("case_id=case-1", 2),
        ("invoice_id=inv-RE-1", 2),
        ("since=2026-05-21T12:05:00Z", 2),
        ("until=2026-05-21T12:05:00Z", 0),
    ],
)
async def test_answers_can_be_looked_for(feedback, query, count):
    await feedback.read(*everything())
    await answer(feedback, "question", words="Why?")
    await answer(feedback, "promise", pay_on="2026-05-29")

    found = (await feedback.http.get(f"/v1/responses?{query}", headers=OPERATOR)).json()["items"]

    assert len(found) == count
