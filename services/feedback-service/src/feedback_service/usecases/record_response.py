"""An answer on the page becomes facts, once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from feedback_service.domain.answer import Answer, Statement
from feedback_service.domain.errors import NothingOwed, PageNotReady, TooManyAnswers
from feedback_service.domain.form import Flaw, Form, PaymentForm, read_payment, read_promise
from feedback_service.domain.item import Debt
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

    Raises what show_page raises, NothingOwed where nothing is left to answer about, TooManyAnswers.
    """
    reminder = await store.reminder(submission.reminder_id)
    if reminder is None:
        raise PageNotReady
    await store.lock(reminder.tenant, reminder.customer_id)
    page = await show_page(store, submission.reminder_id)
    if await store.answer(submission.answer_id) is not None:
        return Recorded(submission.answer_id)
    debt = page.debt(submission.form.currency)
    if debt is None:
        raise NothingOwed
    _check_rate(page)
    statement = _read(submission.form, debt, page, minor_digits)
    if isinstance(statement, tuple):
        return Refused(page, statement)
    answer = Answer(
        answer_id=submission.answer_id,
        tenant=reminder.tenant,
        customer_id=reminder.customer_id,
        creditor_id=reminder.creditor_id,
        case_id=reminder.case_id if debt.currency == reminder.currency else None,
        reminder_id=reminder.reminder_id,
        said_at=page.as_of,
        statement=statement,
    )
    await store.record(answer, reminder, traceparent)
    return Recorded(answer.answer_id)


def _read(form: Form, debt: Debt, page: Page, minor_digits: MinorDigits) -> Statement | tuple[Flaw, ...]:
    reminded = frozenset(page.reminder.item_ids)
    if isinstance(form, PaymentForm):
        return read_payment(form, debt, reminded, page.today)
    return read_promise(form, debt, reminded, page.today, minor_digits(debt.currency))


def _check_rate(page: Page) -> None:
    since = page.as_of - timedelta(days=1)
    if sum(found.answer.said_at > since for found in page.answers) >= ANSWERS_A_DAY:
        raise TooManyAnswers
