"""The routes of the customer's page. Nothing here writes the link's token anywhere but into the page itself."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from opentelemetry.trace import SpanKind
from starlette.responses import RedirectResponse

from feedback_service.domain.errors import NothingToAnswer, PageClosed, PageNotReady, TooManyAnswers
from feedback_service.telemetry import PAGE_ANSWERS, PAGE_VIEWS, SpanName, page_attributes
from feedback_service.usecases.ports import AnswerStore, PageStore
from feedback_service.usecases.record_response import Refused, Submission, record_response
from feedback_service.usecases.show_page import Page, show_page
from feedback_service.web import notices
from feedback_service.web.forms import first, read_fields
from feedback_service.web.notices import Notice
from feedback_service.web.protection import NoForm, Pace, TooLarge, is_foreign, read_form
from feedback_service.web.render import Place, Renderer
from feedback_service.web.tongue import ENGLISH, GERMAN, TONGUES, Tongue, accepted, tongue_of
from feedback_service.web.view import View, erased_view, page_view, refused_view
from kulant_chassis.failures import is_transient
from kulant_chassis.http import public
from kulant_chassis.ids import uuid7
from kulant_chassis.telemetry import span, traceparent_of
from kulant_chassis.tokens import sign, verify
from kulant_contracts.money import minor_digits

PAGE_PURPOSE = "page"
"""Purpose of the signature in a page's link; the notifier signs with it."""
MOST_VIEWS = 300
MOST_ANSWERS = 30
"""So often a page may be looked at and posted to within ten minutes."""


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
        self._views = Pace(most=MOST_VIEWS)
        self._answers = Pace(most=MOST_ANSWERS)

    async def guarded(self, request: Request, token: str, work: Callable[[UUID], Awaitable[Response]]) -> Response:
        """Check the link, do the work, and turn every expected trouble into a page that says what to do."""
        reminder_id = verify(self._doors.secret, PAGE_PURPOSE, token)
        if reminder_id is None:
            return self._notice(request, notices.UNKNOWN)
        try:
            if not self._views.allows(reminder_id):
                raise TooManyAnswers
            return await work(reminder_id)
        except tuple(_NOTICES) as trouble:
            return self._notice(request, _NOTICES[type(trouble)])
        except NothingToAnswer:
            return self._see(_own_path(request))
        except Exception as error:
            if not is_transient(error):
                raise
            return self._notice(request, notices.NOT_READY)

    async def show(self, request: Request, reminder_id: UUID, answer: str) -> Response:
        """The page as of now; changes nothing."""
        page = await self._page(reminder_id)
        tongue = _tongue(request, page)
        with span(
            SpanName.VIEW,
            parent=page.reminder.origin.traceparent,
            attributes=page_attributes(page.reminder, request.method),
            kind=SpanKind.SERVER,
        ):
            PAGE_VIEWS.inc()
            if page.erased_on:
                return self._renderer.erased(erased_view(page, tongue), tongue)
            recorded = page.answer(answer_id) if (answer_id := _uuid(answer)) else None
            view = page_view(page, tongue, recorded=recorded)
            return self._rendered(request, view, tongue, reminder_id, HTTPStatus.OK)

    async def act(self, request: Request, reminder_id: UUID) -> Response:
        """Record what the form says, and show it; committed before it is answered."""
        if is_foreign(request.headers, self._doors.own_origin):
            return self._notice(request, notices.FOREIGN)
        if not self._answers.allows(reminder_id):
            raise TooManyAnswers
        fields = await read_form(request)
        form = read_fields(fields)
        answer_id = verify(self._doors.secret, _answer_purpose(reminder_id), first(fields, "once"))
        if form is None or answer_id is None:
            return self._notice(request, notices.stale_form(_own_path(request)))
        page = await self._page(reminder_id)
        with span(
            SpanName.ANSWER,
            parent=page.reminder.origin.traceparent,
            attributes=page_attributes(page.reminder, request.method),
            kind=SpanKind.SERVER,
        ) as started:
            submission = Submission(reminder_id, answer_id, form)
            async with self._doors.writing() as store:
                outcome = await record_response(store, submission, minor_digits, traceparent_of(started))
        PAGE_ANSWERS.labels(type(form).__name__, type(outcome).__name__).inc()
        if isinstance(outcome, Refused):
            tongue = _tongue(request, outcome.page)
            view = refused_view(outcome.page, tongue, form, outcome.flaws)
            return self._rendered(request, view, tongue, reminder_id, HTTPStatus.UNPROCESSABLE_ENTITY)
        return self._see(_own_path(request, answer=str(outcome.answer_id)))

    async def _page(self, reminder_id: UUID) -> Page:
        async with self._doors.reading() as store:
            return await show_page(store, reminder_id)

    def _rendered(
        self, request: Request, view: View, tongue: Tongue, reminder_id: UUID, status: HTTPStatus
    ) -> Response:
        purpose = _answer_purpose(reminder_id)
        other = ENGLISH if tongue is GERMAN else GERMAN
        return self._renderer.page(
            view,
            tongue,
            place=Place(_own_path(request), f"{request.url.path}?lang={other.code}", other.code),
            new_nonce=lambda: sign(self._doors.secret, purpose, uuid7()),
            status=status,
        )

    def _notice(self, request: Request, notice: Notice) -> Response:
        wanted = accepted(request.headers.get("accept-language", ""))
        return self._renderer.notice(notice, tongue_of(request.query_params.get("lang"), *wanted))

    def _see(self, path: str) -> Response:
        return RedirectResponse(path, HTTPStatus.SEE_OTHER, headers=dict(self._renderer.headers))


def _tongue(request: Request, page: Page) -> Tongue:
    """What the visitor chose, else the language of the message, of the customer, of the creditor."""
    chosen, customer = request.query_params.get("lang"), page.customer
    return tongue_of(chosen, page.reminder.language, customer.language if customer else None, page.creditor.language)


def _own_path(request: Request, **more: str) -> str:
    """The page itself, in the language that was chosen on it."""
    chosen = request.query_params.get("lang", "")
    query = more | ({"lang": chosen} if chosen in TONGUES else {})
    return request.url.path + (f"?{urlencode(query)}" if query else "")


def _answer_purpose(reminder_id: UUID) -> str:
    return f"answer {reminder_id}"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
