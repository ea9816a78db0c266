"""An answer on the page becomes facts, once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from feedback_service.domain.answer import Answer
from feedback_service.domain.errors import NothingToAnswer, PageNotReady, TooManyAnswers
from feedback_service.domain.form import Flaw, Form, PaymentForm, PromiseForm, QuestionForm
from feedback_service.domain.reading import Ground, read
from feedback_service.usecases.ports import AnswerStore
from feedback_service.usecases.show_page import Page, show_page

ANSWERS_A_DAY = 20
MinorDigits = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Submission:
    """A filled form. `answer_id` was made when the form was shown: sending it twice is saying it once."""

    reminder_id: UUID
    answer_id: UUID
    form: Form


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer stands, from now on or since before."""

    answer_id: UUID


@dataclass(frozen=True, slots=True)
class Refused:
    """The form needs another look by the customer."""

    page: Page
    flaws: tuple[Flaw, ...]


async def record_response(
    store: AnswerStore, submission: Submission, minor_digits: MinorDigits, traceparent: str | None
) -> Recorded | Refused:
    """Record an answer; the second time with the same id changes nothing.

    Raises what show_page raises, NothingToAnswer where what it is about is gone, TooManyAnswers.
    """
    reminder = await store.reminder(submission.reminder_id)
    if reminder is None:
        raise PageNotReady
    await store.lock(reminder.tenant, reminder.customer_id)
    page = await show_page(store, submission.reminder_id)
    if await store.answer(submission.answer_id) is not None:
        return Recorded(submission.answer_id)
    form = submission.form
    if page.erased_on or (page.handed_over and not isinstance(form, QuestionForm)):
        raise NothingToAnswer
    _check_rate(page)
    reading = read(form, _ground(page, minor_digits))
    if isinstance(reading, tuple):
        return Refused(page, reading)
    currency = form.currency if isinstance(form, PaymentForm | PromiseForm) else reminder.currency
    answer = Answer(
        answer_id=submission.answer_id,
        tenant=reminder.tenant,
        customer_id=reminder.customer_id,
        creditor_id=reminder.creditor_id,
        case_id=reminder.case_id if currency == reminder.currency else None,
        reminder_id=reminder.reminder_id,
        said_at=page.as_of,
        statement=reading.statement,
        quote=reading.quote,
    )
    await store.record(answer, reminder, traceparent)
    return Recorded(answer.answer_id)


def _ground(page: Page, minor_digits: MinorDigits) -> Ground:
    return Ground(
        debts=page.debts,
        reminded=frozenset(page.reminder.keys),
        today=page.today,
        minor_digits=minor_digits,
        reached=page.reached,
        country=page.creditor.country or "DE",
    )


def _check_rate(page: Page) -> None:
    since = page.as_of - timedelta(days=1)
    if sum(found.answer.said_at > since for found in page.answers) >= ANSWERS_A_DAY:
        raise TooManyAnswers
