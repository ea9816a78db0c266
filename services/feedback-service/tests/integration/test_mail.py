"""Replies by e-mail, from SMTP to the outbox."""

import asyncio
import smtplib
from email.message import EmailMessage

import pytest
from feedback_builders import NOW, REMINDER_ID
from feedback_events import customer_erased, everything

from feedback_service.gateways.inbound import Replies
from kulant_chassis.tokens import sign
from kulant_contracts.envelope import CONTENT_TYPE_HEADER, decode
from kulant_contracts.registry import EVENTS

from .conftest import OPERATOR, SECRET

ADDRESS = f"reply+{sign(SECRET, 'reply', REMINDER_ID)}@in.example"
AGENT = {**OPERATOR, "Authorization": "Bearer agent"}


def a_reply(message_id="<reply-1@example.org>", text="Why?\n\nOn 21 May 2026, Lindenhof wrote:\n> Hello", **headers):
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = "tom@example.org", "Re: Invoice", message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


@pytest.fixture
async def post(feedback):
    replies = Replies(SECRET, "in.example", feedback.opener.writing, lambda: NOW)
    server = replies.server("127.0.0.1", 0)
    await server.start()

    def deliver(message, recipient, sender):
        with smtplib.SMTP("127.0.0.1", server.port) as client:
            return client.sendmail(sender, recipient, bytes(message))

    async def send(message, recipient=ADDRESS, sender="tom@example.org"):
        await asyncio.to_thread(deliver, message, recipient, sender)

    yield send
    await server.stop()


async def published(feedback):
    rows = await feedback.rows("SELECT value FROM outbox ORDER BY id")
    return [decode(value, [CONTENT_TYPE_HEADER], EVENTS).data for (value,) in rows]


async def inbound(feedback, query="", headers=AGENT):
    answer = await feedback.http.get(f"/v1/inbound{query}", headers=headers)
    assert answer.status_code == 200
    return answer.json()["items"]


async def test_a_reply_is_a_question_before_its_sender_is_told_yes(feedback, post):
    await feedback.read(*everything())

    await post(a_reply())
    await post(a_reply())

    (question,) = await published(feedback)
    assert question.TYPE == "kulant.response.question_asked.v1"
    assert (question.channel, question.quote, question.item_id) == ("email", "Why?", None)
    assert question.reminder_id == str(REMINDER_ID)
    (kept,) = await inbound(feedback, "?state=recorded")
    assert (kept["response_id"], kept["words"], kept["sender"]) == (question.response_id, None, None)


async def test_a_reply_whose_address_was_lost_is_found_by_its_message(feedback, post):
    await feedback.read(*everything())

    await post(a_reply(In_Reply_To="<d-1@k.example>"), "reply+lost@in.example")

    assert [one.quote for one in await published(feedback)] == ["Why?"]


async def test_what_nothing_matches_waits_for_people_who_may_see_it(feedback, post):
    await feedback.read(*everything())

    await post(a_reply(), "reply+lost@in.example")

    (kept,) = await inbound(feedback, "?state=unmatched")
    assert (kept["sender"], kept["words"].splitlines()[0]) == ("tom@example.org", "Why?")
    assert await inbound(feedback, headers={**AGENT, "Kulant-Tenant": "other"}) == []
    reader = await feedback.http.get("/v1/inbound", headers={**AGENT, "Authorization": "Bearer reader"})
    assert reader.status_code == 403
    assert await published(feedback) == []


async def test_what_belongs_to_no_tenant_is_seen_by_whoever_covers_all(feedback, post):
    await post(a_reply(), "reply+lost@in.example")

    assert len(await inbound(feedback)) == 1
    assert await inbound(feedback, headers={**AGENT, "Authorization": "Bearer acme-agent"}) == []


@pytest.mark.parametrize("recipient", ["other+x@in.example", "reply+x@elsewhere.example"])
async def test_other_peoples_mail_is_refused(post, recipient):
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await post(a_reply(), recipient)


async def test_a_reply_that_is_quicker_than_our_facts_is_told_to_come_again(feedback, post):
    with pytest.raises(smtplib.SMTPDataError) as told:
        await post(a_reply())

    assert told.value.smtp_code == 451
    await feedback.read(*everything())
    await post(a_reply())
    assert len(await published(feedback)) == 1


async def test_erasure_forgets_the_words_of_mails_and_answers(feedback, post):
    await feedback.read(*everything())
    await post(a_reply())
    await post(a_reply("<away@example.org>", Auto_Submitted="auto-replied"))

    await feedback.read(customer_erased())

    assert await feedback.rows("SELECT quote FROM response") == [(None,)]
    assert set(await feedback.rows("SELECT sender, subject, words FROM inbound_mail")) == {(None, None, None)}


async def test_mails_are_listed_page_by_page(feedback, post):
    await feedback.read(*everything())
    for number in range(3):
        await post(a_reply(f"<{number}@example.org>"), "reply+lost@in.example")

    first = (await feedback.http.get("/v1/inbound?limit=2", headers=AGENT)).json()
    second = (await feedback.http.get(f"/v1/inbound?limit=2&cursor={first['next']}", headers=AGENT)).json()

    assert len({one["mail_id"] for one in first["items"] + second["items"]}) == 3
    assert second["next"] is None
