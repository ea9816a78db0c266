"""One trace runs from the ERP's fact to the customer's answer, over parents and links, through all four services."""

import json
from collections import defaultdict

import pytest

from kulant_cli.facts import invoice_issued
from kulant_contracts.case import CaseHeldV1
from kulant_contracts.envelope import Envelope
from kulant_contracts.response import ResponsePromiseMadeV1
from tests.integration.span_catcher import Span
from tests.integration.story import REMINDED_AT, traceparent, until

EXPECTED_NAMES = {
    "process kulant.erp.v1",
    "item due by the clock",
    "process kulant.invoice.v1",
    "process kulant.reminder.v1",
    "hand mail over",
    "process kulant.delivery.v1",
    "show page",
    "record answer",
    "process kulant.response.v1",
}
SERVICES = {"invoice-service", "dunning-engine", "notifier", "feedback-service"}


async def test_the_erps_own_trace_reaches_a_span_that_names_the_invoice_in_every_service(story, caught):
    await story.say(story.customer())
    await story.say(invoice_issued(story.invoice("traced")))
    erp = Envelope.model_validate_json(story.erp.published[-1].value).traceparent
    await story.settle()
    await story.day(REMINDED_AT)
    (letter,) = story.letters()
    await story.answer(letter, "promise", pay_on="2026-03-20")
    await story.wait_for(ResponsePromiseMadeV1)
    await story.settle()

    await until(lambda: services_that_name("traced", caught.spans, erp) == SERVICES, seconds=20)

    spans = caught.spans
    for service in SERVICES:
        cut = [without_propagation(span) if span["service"] == service else span for span in spans]
        assert services_that_name("traced", cut, erp) != SERVICES
    for secret in ("Paula", story.address(), letter.links[0].rsplit("/", 1)[1]):
        assert secret not in json.dumps(spans)


async def test_from_an_invoice_to_all_traces_of_its_story(story, caught):
    await story.one_debt()
    await story.day(REMINDED_AT)
    (letter,) = story.letters()
    await story.answer(letter, "paid")
    await story.settle()

    found = (await story.ask("invoice-service", "GET", "/v1/trace-of?invoice_id=i1")).json()
    told = Envelope.model_validate_json(story.erp.published[-1].value)
    assert (found["trace_id"], found["correlation_id"]) == (told.traceparent.split("-")[1], told.id)
    await until(lambda: names_of_the_story(caught.spans, told.id) >= EXPECTED_NAMES, seconds=20)
    traces = {span["trace_id"] for span in caught.spans if is_of_the_story(span, told.id)}
    assert found["trace_id"] in traces
    assert len(traces) == 2, "one that told the invoice; one from the turn of the day over mail and page to the answer"

    stranger = await story.ask("invoice-service", "GET", "/v1/trace-of?invoice_id=nobody%27s")
    assert (stranger.status_code, stranger.headers["content-type"]) == (404, "application/problem+json")


async def test_a_write_over_the_api_continues_its_callers_trace(story, caught):
    await story.one_debt()
    await story.day(REMINDED_AT)
    parent = traceparent()
    body = {"customer_id": "C1", "reason": "manual"}

    answer = await story.ask("dunning-engine", "POST", "/v1/holds", body, {"traceparent": parent})

    assert answer.status_code == 201, answer.text
    (held,) = await story.wait_for(CaseHeldV1)
    trace_id = parent.split("-")[1]
    assert held.envelope.traceparent.split("-")[1] == trace_id

    def of_the_request() -> list[Span]:
        return [span for span in caught.spans if span["trace_id"] == trace_id and span["name"] == "POST /v1/holds"]

    await until(of_the_request, seconds=20)
    (span,) = of_the_request()
    assert span["parent_span_id"] == parent.split("-")[2]
    assert span["attributes"]["http.response.status_code"] == 201


@pytest.mark.parametrize(
    ("links", "parent", "reached"),
    [
        ([], "aaaaaaaaaaaaaaaa", True),
        (["1" * 32 + "/aaaaaaaaaaaaaaaa"], None, True),
        ([], None, False),
        (["2" * 32 + "/b"], None, False),
    ],
)
def test_a_span_is_reached_over_its_parent_or_a_link_and_not_otherwise(links, parent, reached):
    span = {
        "trace_id": "1" * 32 if parent else "3" * 32,
        "span_id": "c" * 16,
        "parent_span_id": parent,
        "links": [dict(zip(("trace_id", "span_id"), link.split("/"), strict=True)) for link in links],
        "service": "notifier",
        "attributes": {"kulant.invoice_ids": ["i1"]},
    }

    found = services_that_name("i1", [span], f"00-{'1' * 32}-{'a' * 16}-01")

    assert found == ({"notifier"} if reached else set())


def is_of_the_story(span: Span, correlation_id: str) -> bool:
    """Does the span say that it belongs to what this event began?"""
    return span["attributes"].get("messaging.message.conversation_id") == correlation_id


def names_of_the_story(spans: list[Span], correlation_id: str) -> set[str]:
    """The names of all spans of a story."""
    return {span["name"] for span in spans if is_of_the_story(span, correlation_id)}


def services_that_name(invoice_id: str, spans: list[Span], traceparent: str) -> set[str]:
    """Services with a span that names the invoice and is reached from the ERP's span over parents and links."""
    followers: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for span in spans:
        if span.get("parent_span_id"):
            followers[span["trace_id"], span["parent_span_id"]].append(span)
        for link in span.get("links", ()):
            followers[link["trace_id"], link["span_id"]].append(span)
    _, trace_id, span_id, _ = traceparent.split("-")
    waiting, reached = [(trace_id, span_id)], set()
    named = set()
    while waiting:
        place = waiting.pop()
        if place in reached:
            continue
        reached.add(place)
        for span in followers[place]:
            if invoice_id in span["attributes"].get("kulant.invoice_ids", ()):
                named.add(span["service"])
            waiting.append((span["trace_id"], span["span_id"]))
    return named


def without_propagation(span: Span) -> Span:
    """The span as it would be had its service not taken over what it was told."""
    return {**span, "trace_id": f"cut-{span['trace_id']}", "parent_span_id": None, "links": []}
