"""One trace runs from the ERP's fact to the customer's answer, over parents and links, through all four services."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from kulant_cli.facts import invoice_issued
from kulant_contracts.envelope import Envelope
from kulant_contracts.response import ResponsePromiseMadeV1
from tests.integration.story import REMINDED_AT, until

SERVICES = {"invoice-service", "dunning-engine", "notifier", "feedback-service"}
Span = dict[str, Any]


async def test_the_erps_own_trace_reaches_a_span_that_names_the_invoice_in_every_service(story):
    await story.say(story.customer())
    await story.say(invoice_issued(story.invoice("traced")))
    erp = Envelope.model_validate_json(story.erp.published[-1].value).traceparent
    await story.settle()
    await story.day(REMINDED_AT)
    (letter,) = story.letters()
    await story.answer(letter, "promise", pay_on="2026-03-20")
    await story.wait_for(ResponsePromiseMadeV1)
    await story.settle()
    spans_file = Path(story.system.info.spans_file)

    await until(lambda: services_that_name("traced", spans_of(spans_file), erp) == SERVICES, seconds=20)

    spans = spans_of(spans_file)
    for service in SERVICES:
        cut = [without_propagation(span) if span["service"] == service else span for span in spans]
        assert services_that_name("traced", cut, erp) != SERVICES
    for secret in ("Paula", story.address(), letter.links[0].rsplit("/", 1)[1]):
        assert secret not in spans_file.read_text()


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


def spans_of(file: Path) -> list[Span]:
    """All exported spans."""
    return [json.loads(line) for line in file.read_text().splitlines()]


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
