"""A mail that came back becomes a question of the customer's, or something for people to look at; never nothing."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from feedback_service.domain.answer import Answer, QuestionAsked, Via
from feedback_service.domain.entry import clean_words
from feedback_service.domain.errors import PageNotReady
from feedback_service.domain.mail import KeptMail, Mail, MailKind, MailState, kind_of
from feedback_service.domain.reminder import Reminder
from feedback_service.domain.reply import own_words
from feedback_service.usecases.ports import MailStore
from feedback_service.usecases.record_response import ANSWERS_A_DAY


async def record_mail(
    store: MailStore, mail: Mail, named: UUID | None, received_at: datetime, traceparent: str | None
) -> MailState:
    """Record a mail once. `named` is the reminder of the address that it came to, where that is genuine.

    Found by that address, else by the message that it answers; never by its sender alone. Raises PageNotReady where
    facts about the reminder are still under way: the mail shall come again.
    """
    reminder_id = named or await _answered(store, mail)
    if reminder_id is None:
        return await _unmatched(store, mail, received_at)
    reminder = await store.reminder(reminder_id)
    if reminder is None:
        raise PageNotReady
    await store.lock(reminder.tenant, reminder.customer_id)
    kept = KeptMail(
        mail_id=uuid5(reminder_id, mail.key),
        mail=mail,
        state=MailState.RECORDED,
        reason="answered",
        received_at=received_at,
        tenant=reminder.tenant,
        reminder_id=reminder_id,
        customer_id=reminder.customer_id,
    )
    if await store.has_mail(kept.mail_id):
        return MailState.DUPLICATE
    state, reason = await _state(store, mail, reminder)
    if state is MailState.RECORDED:
        answer = await _answer(store, kept, reminder)
        await store.record(answer, reminder, traceparent)
        await store.keep_mail(replace(kept, response_id=answer.answer_id))
    else:
        await store.keep_mail(replace(kept, state=state, reason=reason, words=clean_words(mail.text)))
    return state


async def _answered(store: MailStore, mail: Mail) -> UUID | None:
    """The reminder of the likeliest of our messages that the mail names (Message-ID `<delivery_id@…>`)."""
    deliveries = [message_id.partition("@")[0] for message_id in mail.answers]
    sent_as = await store.sent_as(deliveries) if deliveries else {}
    return next((sent_as[delivery] for delivery in deliveries if delivery in sent_as), None)


async def _unmatched(store: MailStore, mail: Mail, received_at: datetime) -> MailState:
    kind = kind_of(mail)
    state = MailState.UNMATCHED if kind is MailKind.PERSON else MailState(kind.value)
    mail_id = uuid5(_UNMATCHED, mail.key)
    if await store.has_mail(mail_id):
        return MailState.DUPLICATE
    await store.keep_mail(
        KeptMail(
            mail_id,
            mail,
            state,
            "no_message_found",
            received_at,
            await store.only_tenant(),
            words=clean_words(mail.text),
        )
    )
    return state


_UNMATCHED = UUID("6f0e5a4e-6d0f-5a0b-9d5e-3f3a2f1b7c11")
"""Names mails that belong to no reminder; any fixed value does."""


async def _state(store: MailStore, mail: Mail, reminder: Reminder) -> tuple[MailState, str]:
    kind = kind_of(mail)
    if kind is not MailKind.PERSON:
        return MailState(kind.value), "not_a_person"
    customer = await store.customer(reminder.tenant, reminder.customer_id)
    if customer and customer.erased_on:
        return MailState.SET_ASIDE, "erased"
    answers = await store.answers(reminder.tenant, reminder.customer_id, reminder.creditor_id)
    since = await _now(store, reminder) - timedelta(days=1)
    if sum(found.answer.said_at > since for found in answers) >= ANSWERS_A_DAY:
        return MailState.SET_ASIDE, "too_many"
    return MailState.RECORDED, "answered"


async def _answer(store: MailStore, kept: KeptMail, reminder: Reminder) -> Answer:
    words = own_words(kept.mail.text) or kept.mail.text
    if kept.mail.attachments:
        words = f"{words}\n\n[+ {', '.join(kept.mail.attachments)}]"
    return Answer(
        answer_id=kept.mail_id,
        tenant=reminder.tenant,
        customer_id=reminder.customer_id,
        creditor_id=reminder.creditor_id,
        case_id=reminder.case_id,
        reminder_id=reminder.reminder_id,
        said_at=await _now(store, reminder),
        statement=QuestionAsked(),
        quote=clean_words(words),
        via=Via.EMAIL,
    )


async def _now(store: MailStore, reminder: Reminder) -> datetime:
    now = await store.now(reminder.tenant)
    if now is None:
        raise PageNotReady
    return now
