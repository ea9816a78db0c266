"""The ERP's facts over HTTP: the same use case as over Kafka, in the request's own transaction."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from invoice_service.api.access import Access
from invoice_service.api.event_docs import event_bodies
from invoice_service.api.schemas import BatchResponse, EventResponse
from invoice_service.domain.errors import FactRefused
from invoice_service.domain.freshness import Check
from invoice_service.domain.tenant import Creditor, Tenant
from invoice_service.telemetry import FACTS_TAKEN, SpanName
from invoice_service.usecases.concerned import customers_of, find_concerned
from invoice_service.usecases.record_facts import Result, Told, record_facts
from kulant_chassis.auth import Principal
from kulant_chassis.failures import TOO_LARGE
from kulant_chassis.http import require
from kulant_chassis.problem import Problem, problems
from kulant_chassis.telemetry import TENANT, is_sampled, span, story, traceparent_of
from kulant_chassis.transaction import Cause
from kulant_contracts import topics
from kulant_contracts.envelope import Envelope, Event
from kulant_contracts.http import Outcome, decode_http
from kulant_contracts.refusal import Undecodable, UnknownType, UnsupportedMediaType
from kulant_contracts.registry import by_type, of_topic
from kulant_contracts.topics import partition_key

_READABLE = by_type(of_topic(topics.ERP))


def events_router(access: Access) -> APIRouter:
    """The route `POST /v1/events`."""
    router = APIRouter(tags=["events"])

    @router.post(
        "/v1/events",
        status_code=202,
        response_model=EventResponse | BatchResponse,
        responses=problems(415),
        openapi_extra=event_bodies(_READABLE.values()),
    )
    async def take(request: Request, principal: Annotated[Principal, require("erp")]) -> Response:
        """Takes one event (structured or binary) or a batch of up to 1,000.

        A batch is always answered with 202 and one result per event; one event alone that is a problem with 422.
        """
        try:
            submission = decode_http(await request.body(), request.headers, _READABLE, tenant=principal.tenant)
        except UnsupportedMediaType as problem:
            raise Problem(415, "media-type", "This content type carries no events.", problem.reason) from None
        except Undecodable as problem:
            raise Problem(422, "event-malformed", "This is no batch of events.", problem.reason) from None
        results = await _take_all(access, principal.tenant, submission.outcomes)
        if not submission.is_batch and isinstance(results[0], Problem):
            raise results[0]
        told = [_told(outcome, result) for outcome, result in zip(submission.outcomes, results, strict=True)]
        body = BatchResponse(results=told) if submission.is_batch else told[0]
        return JSONResponse(body.model_dump(exclude_none=True), 202)

    return router


Taken = str | Problem


async def _take_all(access: Access, tenant: str, outcomes: Sequence[Outcome]) -> list[Taken]:
    """Applies what can be applied; a problem for each of the others."""
    results: dict[int, Taken] = {}
    events: dict[int, Event] = {}
    for index, outcome in enumerate(outcomes):
        problem = _problem_of(outcome, tenant)
        if problem is not None:
            results[index] = problem
        elif isinstance(outcome, Event):
            events[index] = outcome
    if events:
        recorded = await _record(access, list(events.values()))
        results.update(zip(events, (_taken(result) for result in recorded), strict=True))
    for result in results.values():
        FACTS_TAKEN.labels("http", result if isinstance(result, str) else "refused").inc()
    return [results[index] for index in range(len(outcomes))]


async def _record(access: Access, events: Sequence[Event]) -> list[Result]:
    """All events in one transaction; where what one of them leads to is too large, each in its own."""
    try:
        with _spans(access, events) as causes:
            told = [access.to_told(event, cause) for event, cause in zip(events, causes, strict=True)]
            return await _record_at_once(access, events, told)
    except TOO_LARGE:
        if len(events) == 1:
            return [FactRefused("what it leads to is larger than an event may be")]
        return [result for event in events for result in await _record(access, [event])]


async def _record_at_once(access: Access, events: Sequence[Event], told: Sequence[Told]) -> list[Result]:
    async with access.database.begin() as transaction:
        uow = access.unit_of_work(transaction)
        facts = [one.fact for one in told if not isinstance(one.fact, Tenant | Creditor | Check)]
        others = customers_of(await find_concerned(uow, facts))
        await transaction.lock(
            {event.envelope.partitionkey for event in events} | {partition_key(*one) for one in others}
        )
        return await record_facts(uow, told)


@contextmanager
def _spans(access: Access, events: Sequence[Event]) -> Iterator[list[Cause]]:
    """A span for each event whose trace is sampled; what it leads to continues that span."""
    with ExitStack() as spans:
        causes = []
        for event in events:
            envelope = event.envelope
            traceparent = envelope.traceparent
            if is_sampled(traceparent):
                attributes = {
                    TENANT: envelope.tenantid,
                    **story(envelope.correlationid or envelope.id),
                    **access.describe(event),
                }
                started = spans.enter_context(span(SpanName.RECORD, parent=traceparent, attributes=attributes))
                traceparent = traceparent_of(started) or traceparent
            causes.append(_cause(envelope, traceparent))
        yield causes


def _cause(envelope: Envelope, traceparent: str | None) -> Cause:
    return Cause(traceparent, envelope.tracestate, envelope.correlationid or envelope.id, envelope.id)


def _problem_of(outcome: Outcome, tenant: str) -> Problem | None:
    match outcome:
        case Undecodable(reason=reason):
            return Problem(422, "event-malformed", "This event cannot be read.", reason)
        case UnknownType():
            return Problem(422, "event-type-unknown", "Events of this type are not read here.")
        case Event(envelope=envelope) if envelope.tenantid != tenant:
            return Problem(422, "tenant-denied", "The event is about another tenant than the request.")
    return None


def _taken(result: Result) -> Taken:
    if isinstance(result, FactRefused):
        return Problem(422, "fact-refused", "This fact contradicts what is fixed.", result.reason)
    return result.value


def _told(outcome: Outcome, result: Taken) -> EventResponse:
    event_id = None if isinstance(outcome, Undecodable) else outcome.envelope.id
    if isinstance(result, Problem):
        return EventResponse(id=event_id, result="problem", problem=result.body())
    return EventResponse(id=event_id, result=result)
