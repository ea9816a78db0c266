"""A customer answers by e-mail: through the mailbox, to the service, into what happens next."""

import asyncio
import smtplib
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage

from kulant_contracts.response import ResponseQuestionAskedV1
from tests.integration.erp_words import issued
from tests.integration.story import DUE_ON, Story

FRIENDLY_ON = date(2026, 3, 9)


def send(story: Story, answered: EmailMessage, name: str, text: str, **headers: str) -> None:
    reply = EmailMessage()
    reply["From"], reply["To"] = story.address(), answered["Reply-To"]
    reply["Subject"], reply["In-Reply-To"] = f"Re: {answered['Subject']}", answered["Message-ID"]
    reply["Message-ID"] = f"<{name}@{story.tenant}.example.org>"
    for name, value in headers.items():
        reply[name.replace("_", "-")] = value
    reply.set_content(text)
    host, _, port = story.system.info.smtp_address.rpartition(":")
    with smtplib.SMTP(host, int(port)) as client:
        client.send_message(reply)


async def test_a_reply_is_a_question_that_rests_its_items_and_a_notice_of_absence_is_none(story):
    await story.say(story.customer(), issued("i1", DUE_ON))
    await story.settle()
    await story.days(FRIENDLY_ON)
    name = story.letters()[0].name
    content = next(mail.content for mail in story._mailbox.all() if mail.name == name)
    letter = message_from_bytes(content, policy=policy.default)

    await asyncio.to_thread(send, story, letter, "away", "I am away.", Auto_Submitted="auto-replied", Precedence="bulk")
    reply = f"What is this for?\n\nOn Monday, 9 March 2026, {letter['From']} wrote:\n> Hello"
    for _ in range(2):
        await asyncio.to_thread(send, story, letter, "reply", reply)
    await story.settle()
    await story.days(date(2026, 3, 13))

    (question,) = await story.events(ResponseQuestionAskedV1)
    assert (question.data.channel, question.data.quote) == ("email", "What is this for?")
    assert [one.code for one in await story.sent()] == ["friendly", "question_noted"]
