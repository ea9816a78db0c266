"""The routes of the customer's page. Nothing here writes the link's token anywhere but into the page itself."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request, Response
from opentelemetry.trace import SpanKind
from starlette.responses import RedirectResponse

from feedback_service.domain.errors import NothingOwed, PageClosed, PageNotReady, TooManyAnswers
from feedback_service.domain.form import Form, PaymentForm, PromiseForm
from feedback_service.telemetry import PAGE_ANSWERS, PAGE_VIEWS, SpanName, page_attributes
from feedback_service.usecases.ports import AnswerStore, PageStore
from feedback_service.usecases.record_response import Refused, Submission, record_response
from feedback_service.usecases.show_page import Page, show_page
from feedback_service.web import notices
from feedback_service.web.protection import NoForm, Pace, TooLarge, is_foreign, read_form
from feedback_service.web.render import Notice, Renderer
from feedback_service.web.view import View, page_view, refused_view
from kulant_chassis.failures import is_transient
from kulant_chassis.http import public
from kulant_chassis.ids import uuid7
from kulant_chassis.telemetry import span, traceparent_of
from kulant_chassis.tokens import sign, verify
from kulant_contracts.money import minor_digits

PAGE_PURPOSE = "page"
"""Purpose of the signature in a page's link; the notifier signs with it."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What the page needs from its process."""

    secret: bytes
    own_origin: str | None
    reading: Callable[[], AbstractAsyncContextManager[PageStore]]
    writing: Callable[[], AbstractAsyncContextManager[AnswerStore]]


_NOTICES: dict[type[Exception], Notice] = {
    PageNotReady: notices.NOT_READY,
    PageClosed: notices.CLOSED,
    TooManyAnswers: notices.TOO_MANY,
    NoForm: notices.NOT_A_FORM,
    TooLarge: notices.TOO_LARGE,
}


def page_router(doors: Doors) -> APIRouter:
    """GET and POST `/r/{token}`."""
    router = APIRouter(include_in_schema=False, dependencies=[public()])
    desk = Desk(doors)

    @router.api_route("/r/{token}", methods=["GET", "HEAD"])
    async def show(request: Request, token: str, answer: str = "") -> Response:
        return await desk.guarded(request, token, lambda reminder_id: desk.show(request, reminder_id, answer))

    @router.post("/r/{token}")
    async def act(request: Request, token: str) -> Response:
        return await desk.guarded(request, token, lambda reminder_id: desk.act(request, reminder_id))

    return router


class Desk:
    """Answers the requests of one page's visitor."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._renderer = Renderer()
        self._pace = Pace()

    async def guarded(self, request: Request, token: str, work: Callable[[UUID], Awaitable[Response]]) -> Response:
        """Check the link, do the work, and turn every expected trouble into a page that says what to do."""
        reminder_id = verify(self._doors.secret, PAGE_PURPOSE, token)
        if reminder_id is None:
            return self._renderer.notice(notices.UNKNOWN)
        try:
            return await work(reminder_id)
        except tuple(_NOTICES) as trouble:
            return self._renderer.notice(_NOTICES[type(trouble)])
        except NothingOwed:
            return self._see(request.url.path)
        except Exception as error:
            if not is_transient(error):
                raise
            return self._renderer.notice(notices.NOT_READY)

    async def show(self, request: Request, reminder_id: UUID, answer: str) -> Response:
        """The page as of now; changes nothing."""
        page = await self._page(reminder_id)
        with span(SpanName.VIEW, links=[page.reminder.origin.traceparent], attributes=page_attributes(page.reminder)):
            recorded = page.answer(answer_id) if (answer_id := _uuid(answer)) else None
            PAGE_VIEWS.inc()
            return self._rendered(request, page_view(page, recorded=recorded), reminder_id, HTTPStatus.OK)

    async def act(self, request: Request, reminder_id: UUID) -> Response:
        """Record what the form says, and show it; committed before it is answered."""
        if is_foreign(request.headers, self._doors.own_origin):
            return self._renderer.notice(notices.FOREIGN)
        if not self._pace.allows(reminder_id):
            raise TooManyAnswers
        fields = await read_form(request)
        form = _form(fields)
        answer_id = verify(self._doors.secret, _answer_purpose(reminder_id), _first(fields, "once"))
        if form is None or answer_id is None:
            return self._renderer.notice(notices.stale_form(request.url.path))
        page = await self._page(reminder_id)
        with span(
            SpanName.ANSWER,
            links=[page.reminder.origin.traceparent],
            attributes=page_attributes(page.reminder),
            kind=SpanKind.SERVER,
        ) as started:
            submission = Submission(reminder_id, answer_id, form)
            async with self._doors.writing() as store:
                outcome = await record_response(store, submission, minor_digits, traceparent_of(started))
        PAGE_ANSWERS.labels(type(form).__name__, type(outcome).__name__).inc()
        if isinstance(outcome, Refused):
            view = refused_view(outcome.page, form, outcome.flaws)
            return self._rendered(request, view, reminder_id, HTTPStatus.UNPROCESSABLE_ENTITY)
        return self._see(f"{request.url.path}?answer={outcome.answer_id}")

    async def _page(self, reminder_id: UUID) -> Page:
        async with self._doors.reading() as store:
            return await show_page(store, reminder_id)

    def _rendered(self, request: Request, view: View, reminder_id: UUID, status: HTTPStatus) -> Response:
        purpose = _answer_purpose(reminder_id)
        return self._renderer.page(
            view,
            action=request.url.path,
            new_nonce=lambda: sign(self._doors.secret, purpose, uuid7()),
            status=status,
        )

    def _see(self, path: str) -> Response:
        return RedirectResponse(path, HTTPStatus.SEE_OTHER, headers=dict(self._renderer.headers))


def _answer_purpose(reminder_id: UUID) -> str:
    return f"answer {reminder_id}"


def _first(fields: dict[str, list[str]], name: str) -> str:
    return fields.get(name, [""])[0]


def _form(fields: dict[str, list[str]]) -> Form | None:
    currency = _first(fields, "currency")
    match _first(fields, "answer"):
        case "paid":
            items = tuple(fields.get("item", ()))
            return PaymentForm(currency, _first(fields, "paid_on"), items, _first(fields, "method"))
        case "promise":
            return PromiseForm(currency, _first(fields, "pay_on"), _first(fields, "amount"))
    return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
