from datetime import timedelta
from uuid import UUID

import pytest
from feedback_builders import ANSWER_ID, KEY, REMINDER_ID, a_reminder, an_item
from feedback_memory import Memory

from feedback_service.domain.errors import NothingToAnswer, PageClosed, PageNotReady, TooManyAnswers
from feedback_service.domain.form import PaymentForm, PromiseForm
from feedback_service.usecases.record_response import ANSWERS_A_DAY, Recorded, Refused, Submission, record_response

PROMISE = PromiseForm("EUR", "2026-05-29")


async def send(store, form=PROMISE, answer_id=ANSWER_ID):
    return await record_response(store, Submission(REMINDER_ID, answer_id, form), lambda _: 2, "00-trace")


async def test_an_answer_is_recorded_under_the_customers_lock():
    store = Memory()

    assert await send(store) == Recorded(ANSWER_ID)
    assert store.locked == [("acme", "c-1")]
    assert [answer.case_id for answer in store.recorded] == ["case-1"]
    assert store.traceparents == ["00-trace"]


async def test_the_same_form_twice_says_it_once():
    store = Memory()
    await send(store)

    assert await send(store) == Recorded(ANSWER_ID)
    assert len(store.recorded) == 1


async def test_the_same_form_with_other_words_stays_what_it_was():
    store = Memory()
    await send(store)

    assert await send(store, PaymentForm("EUR", "2026-05-20", (KEY.word,))) == Recorded(ANSWER_ID)
    assert len(store.recorded) == 1


async def test_a_form_with_flaws_records_nothing():
    store = Memory()

    outcome = await send(store, PromiseForm("EUR", "2025-01-01"))

    assert isinstance(outcome, Refused)
    assert store.recorded == []


async def test_an_answer_about_another_currency_belongs_to_no_known_case():
    store = Memory(items=[an_item(currency="CHF")])
    await send(store, PromiseForm("CHF", "2026-05-29"))

    assert [answer.case_id for answer in store.recorded] == [None]


@pytest.mark.parametrize(
    ("store", "trouble"),
    [
        pytest.param(Memory(reminders={}), PageNotReady, id="reminder not read yet"),
        pytest.param(Memory(time=None), PageNotReady, id="tenant not read yet"),
        pytest.param(Memory(creditors=[]), PageNotReady, id="creditor not read yet"),
        pytest.param(Memory(reminders={REMINDER_ID: a_reminder(is_revoked=True)}), PageClosed, id="revoked"),
        pytest.param(Memory(items=[]), NothingToAnswer, id="settled meanwhile"),
    ],
)
async def test_nothing_is_recorded_where_there_is_no_page_to_answer_on(store, trouble):
    with pytest.raises(trouble):
        await send(store)
    assert store.recorded == []


async def test_more_answers_than_a_person_gives_in_a_day_are_refused_until_the_next():
    store = Memory()
    for number in range(ANSWERS_A_DAY):
        await send(store, answer_id=UUID(int=number))

    with pytest.raises(TooManyAnswers):
        await send(store)

    store.time += timedelta(days=1)
    assert isinstance(await send(store), Recorded)


async def test_the_customers_day_decides_not_utc():
    store = Memory()
    store.time = store.time.replace(hour=23)  # 01:00 of the next day in Berlin

    assert isinstance(await send(store, PromiseForm("EUR", "2026-05-21")), Refused)
