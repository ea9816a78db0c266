"""Events over HTTP: one or many, in each of the modes; a bad one does not spoil its neighbours."""

import json

import pytest

from kulant_contracts.envelope import Event, decode
from kulant_contracts.http import BATCH, MOST_EVENTS, decode_http
from kulant_contracts.refusal import Undecodable, UnknownType, UnsupportedMediaType
from kulant_contracts.registry import EVENTS

INVOICE = "kulant.erp.invoice.issued.v1"
STRUCTURED = {"Content-Type": "application/cloudevents+json; charset=UTF-8"}


def submit(document, headers, **options):
    return decode_http(json.dumps(document).encode(), headers, EVENTS, **options)


def kafka(document):
    return decode(json.dumps(document).encode(), [], EVENTS)


def test_one_event_in_structured_mode(golden):
    submission = submit(golden(INVOICE), STRUCTURED)

    assert not submission.is_batch
    assert submission.outcomes == (kafka(golden(INVOICE)),)


def test_one_event_in_binary_mode(golden):
    document = golden(INVOICE)
    data = document.pop("data")
    headers = {f"ce-{name}": value for name, value in document.items() if name != "datacontenttype"}

    submission = submit(data, {**headers, "ce-id": "caf%C3%A9", "content-type": "application/json"})

    assert submission.outcomes == (kafka(golden(INVOICE) | {"id": "café"}),)


def test_a_batch_keeps_its_order_and_its_good_events(golden):
    unknown = golden(INVOICE) | {"type": "kulant.erp.cow.milked.v1"}

    submission = submit([golden(INVOICE), 7, {}, unknown, golden(INVOICE)], {"content-type": BATCH})

    assert submission.is_batch
    kinds = [type(outcome) for outcome in submission.outcomes]
    assert kinds == [Event, Undecodable, Undecodable, UnknownType, Event]


def test_an_empty_batch_brings_nothing():
    assert submit([], {"content-type": BATCH}).outcomes == ()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{}", id="no list"),
        pytest.param(b"[", id="no JSON"),
        pytest.param(json.dumps([0] * (MOST_EVENTS + 1)).encode(), id="too many"),
    ],
)
def test_a_body_that_is_no_batch_is_refused_as_a_whole(body):
    with pytest.raises(Undecodable):
        decode_http(body, {"content-type": BATCH}, EVENTS)


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b'{"id": NaN}'])
def test_a_body_that_is_no_event_is_that_events_outcome(body):
    (outcome,) = decode_http(body, STRUCTURED, EVENTS).outcomes

    assert isinstance(outcome, Undecodable)


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/json", "application/cloudevents+avro", f"{BATCH}; charset=latin-1"],
)
def test_other_content_types_are_refused(golden, content_type):
    with pytest.raises(UnsupportedMediaType):
        submit(golden(INVOICE), {} if content_type is None else {"content-type": content_type})


def test_the_tenant_of_the_request_counts_where_the_event_names_none(golden):
    document = golden(INVOICE)
    del document["tenantid"]
    attributes = {f"ce-{name}": value for name, value in document.items() if name not in ("data", "datacontenttype")}

    def tenants(*submissions):
        return [submission.outcomes[0].envelope.tenantid for submission in submissions]

    assert tenants(
        submit(document, STRUCTURED, tenant="chosen"),
        submit(golden(INVOICE), STRUCTURED, tenant="chosen"),
        submit([document], {"content-type": BATCH}, tenant="chosen"),
        submit(document["data"], attributes, tenant="chosen"),
    ) == ["chosen", "example", "chosen", "chosen"]


def test_the_trace_of_the_request_counts_where_the_event_has_none(golden):
    document = golden(INVOICE)
    traceparent = document.pop("traceparent")

    submission = submit(document, {**STRUCTURED, "traceparent": traceparent})

    assert submission.outcomes[0].envelope.traceparent == traceparent


def test_a_binary_event_may_be_refused_too(golden):
    document = golden(INVOICE)
    attributes = {f"ce-{name}": value for name, value in document.items() if name not in ("data", "datacontenttype")}

    (outcome,) = submit({}, {**attributes, "traceparent": "x", "tracestate": "y"}).outcomes

    assert isinstance(outcome, Undecodable)
