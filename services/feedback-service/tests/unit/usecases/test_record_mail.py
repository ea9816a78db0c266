from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from feedback_builders import NOW, REMINDER_ID, TODAY, a_customer, a_reminder
from feedback_memory import Memory

from feedback_service.domain.answer import QuestionAsked, Via
from feedback_service.domain.errors import PageNotReady
from feedback_service.domain.mail import Automation, Mail, MailState
from feedback_service.usecases.record_mail import record_mail
from feedback_service.usecases.record_response import ANSWERS_A_DAY

WALL = datetime(2026, 11, 26, 12, tzinfo=UTC)
MAIL = Mail("key-1", 900, "tom@example.org", "tom@example.org", "Re: Invoice", "Why?\n\nOn 21 May 2026, L wrote:\n> x")
OTHER = UUID(int=9)


async def take(store, mail=MAIL, named=REMINDER_ID):
    return await record_mail(store, mail, named, WALL, "00-trace")


async def test_a_reply_becomes_a_question_with_the_customers_own_words():
    store = Memory()

    assert await take(store) is MailState.RECORDED
    (answer,) = store.recorded
    assert (answer.statement, answer.quote, answer.via, answer.said_at) == (QuestionAsked(), "Why?", Via.EMAIL, NOW)
    assert (answer.case_id, answer.reminder_id) == ("case-1", REMINDER_ID)
    assert store.locked == [("acme", "c-1")]
    assert store.traceparents == ["00-trace"]
    (kept,) = store.mails.values()
    assert (kept.tenant, kept.response_id, kept.words) == ("acme", answer.answer_id, None)


async def test_the_same_mail_twice_is_one_response():
    store = Memory()
    await take(store)

    assert await take(store) is MailState.DUPLICATE
    assert await take(store, replace(MAIL, text="The same Message-ID again")) is MailState.DUPLICATE
    assert len(store.recorded) == 1


async def test_a_mail_without_a_genuine_address_is_found_by_the_message_that_it_answers():
    store = Memory(deliveries={"d-1": REMINDER_ID, "d-2": OTHER})
    store.reminders[OTHER] = a_reminder(reminder_id=OTHER)

    await take(store, replace(MAIL, answers=("other@x", "d-2@k.example", "d-1@k.example")), named=None)

    assert [answer.reminder_id for answer in store.recorded] == [OTHER]


async def test_a_genuine_address_goes_before_the_message_that_is_named():
    store = Memory(deliveries={"d-2": OTHER})

    await take(store, replace(MAIL, answers=("d-2@k.example",)))

    assert [answer.reminder_id for answer in store.recorded] == [REMINDER_ID]


@pytest.mark.parametrize(
    ("mail", "state"),
    [
        pytest.param(MAIL, MailState.UNMATCHED, id="a person's"),
        pytest.param(replace(MAIL, envelope_sender=""), MailState.AUTOMATIC, id="a machine's"),
    ],
)
async def test_a_mail_that_nothing_matches_is_kept_for_people_and_never_guessed_at(mail, state):
    store = Memory(deliveries={"d-1": REMINDER_ID})
    mail = replace(mail, answers=("unknown@x",))

    assert await take(store, mail, named=None) is state
    assert await take(store, mail, named=None) is MailState.DUPLICATE
    assert store.recorded == []
    (kept,) = store.mails.values()
    assert (kept.tenant, kept.words, kept.received_at) == ("acme", mail.text, WALL)


@pytest.mark.parametrize(
    ("mail", "state"),
    [
        (replace(MAIL, automation=Automation(auto_submitted="auto-replied")), MailState.AUTOMATIC),
        (replace(MAIL, subject="Automatic reply: Invoice"), MailState.OUT_OF_OFFICE),
    ],
)
async def test_a_machines_mail_is_noted_and_is_no_answer(mail, state):
    store = Memory()

    assert await take(store, mail) is state
    assert store.recorded == []
    assert [kept.state for kept in store.mails.values()] == [state]


async def test_a_mail_about_somebody_erased_is_for_people():
    store = Memory(customers=[a_customer(erased_on=TODAY)])

    assert await take(store) is MailState.SET_ASIDE
    assert store.recorded == []


async def test_more_mails_than_a_person_writes_in_a_day_are_for_people_until_the_next():
    store = Memory()
    for number in range(ANSWERS_A_DAY):
        await take(store, replace(MAIL, key=f"key {number}"))

    assert await take(store, replace(MAIL, key="one more")) is MailState.SET_ASIDE

    store.time += timedelta(days=1)
    assert await take(store, replace(MAIL, key="tomorrow")) is MailState.RECORDED


@pytest.mark.parametrize("store", [Memory(reminders={}), Memory(time=None)])
async def test_a_mail_that_is_quicker_than_our_own_facts_shall_come_again(store):
    with pytest.raises(PageNotReady):
        await take(store)
    assert store.mails == {}


async def test_attachments_are_named_in_the_words():
    store = Memory()
    await take(store, replace(MAIL, attachments=("proof.pdf", "photo.jpg")))

    assert store.recorded[0].quote == "Why?\n\n[+ proof.pdf, photo.jpg]"


@pytest.mark.parametrize(("text", "quote"), [("", None), ("> all quoted", "> all quoted")])
async def test_a_mail_without_words_of_its_own_is_a_question_all_the_same(text, quote):
    store = Memory()
    await take(store, replace(MAIL, text=text))

    assert store.recorded[0].quote == quote


async def test_a_response_of_a_mail_has_an_id_that_the_mail_alone_decides():
    store = Memory()
    await take(store)

    assert store.recorded[0].answer_id == uuid5(REMINDER_ID, "key-1")
