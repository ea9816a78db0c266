"""Reading and writing events: both modes of CloudEvents, and every way in which bytes are no event."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kulant_contracts.envelope import CONTENT_TYPE_HEADER, Envelope, decode, encode, version_of
from kulant_contracts.erp import ErpPaymentReceivedV1
from kulant_contracts.refusal import Undecodable, UnknownType
from kulant_contracts.registry import EVENTS, by_type, of_topic
from kulant_contracts.topics import CASE

INVOICE = "kulant.erp.invoice.issued.v1"
OVERDUE = "kulant.item.overdue.v1"


def read(document, headers=()):
    return decode(json.dumps(document).encode(), headers, EVENTS)


def in_binary_mode(document) -> tuple[bytes, list[tuple[str, bytes]]]:
    headers = [
        (f"ce_{name}", str(value).encode())
        for name, value in document.items()
        if name not in ("data", "datacontenttype")
    ]
    return json.dumps(document["data"]).encode(), [*headers, ("content-type", b"application/json")]


@pytest.mark.parametrize("event_type", sorted(EVENTS))
def test_binary_mode_reads_the_same_as_structured_mode(golden, event_type):
    document = golden(event_type)

    assert decode(*in_binary_mode(document), EVENTS) == read(document, [CONTENT_TYPE_HEADER])


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([], id="without a content type"),
        pytest.param([("content-type", b"application/cloudevents+json")], id="plain"),
        pytest.param([("Content-Type", b"Application/CloudEvents+JSON; charset=utf-8")], id="in capitals"),
        pytest.param([("content-type", b"application/json"), ("foreign", None)], id="as any json"),
        pytest.param([CONTENT_TYPE_HEADER, ("ce_specversion", b"1.0")], id="with copies of attributes"),
    ],
)
def test_structured_mode_is_read(golden, headers):
    assert read(golden(INVOICE), headers) == read(golden(INVOICE))


def test_the_trace_of_the_header_counts_where_the_event_has_none(golden):
    own = golden(INVOICE)["traceparent"]
    other = own.replace("4bf9", "aaaa")
    document = golden(INVOICE)
    del document["traceparent"]

    assert read(golden(INVOICE), [("traceparent", other.encode())]).envelope.traceparent == own
    assert read(document, [("traceparent", other.encode())]).envelope.traceparent == other
    assert read(document, [("traceparent", b"nonsense")]).envelope.traceparent is None


def test_the_trace_of_a_binary_event_may_stand_in_the_common_header(golden):
    document = golden(INVOICE)
    traceparent = document.pop("traceparent")
    value, headers = in_binary_mode(document)

    event = decode(value, [*headers, ("traceparent", traceparent.encode()), ("tracestate", b"a=1")], EVENTS)

    assert (event.envelope.traceparent, event.envelope.tracestate) == (traceparent, "a=1")


@pytest.mark.parametrize(
    "traceparent",
    [
        "",
        "nonsense",
        7,
        None,
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "x" * 100_000,
    ],
)
def test_a_malformed_trace_is_ignored(golden, traceparent):
    document = golden(INVOICE) | {"traceparent": traceparent, "tracestate": "\n"}

    envelope = read(document).envelope

    assert (envelope.traceparent, envelope.tracestate) == (None, None)


def test_a_trace_of_a_later_version_is_kept(golden):
    traceparent = "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"

    assert read(golden(INVOICE) | {"traceparent": traceparent}).envelope.traceparent == traceparent


@pytest.mark.parametrize("stated", [None, "example/C-9", "other/C-1001", "", "\x00", "x" * 300, 7, ["example"]])
def test_the_key_of_an_erp_fact_is_that_of_its_customer_whatever_it_says(golden, stated):
    assert read(golden(INVOICE) | {"partitionkey": stated}).envelope.partitionkey == "example/C-1001"


def test_a_tenant_wide_fact_has_the_key_of_the_tenant(golden):
    document = golden("kulant.erp.creditor.changed.v1") | {"partitionkey": None}

    assert read(document).envelope.partitionkey == "example"


def test_an_own_event_with_the_key_of_someone_else_is_refused(golden):
    with pytest.raises(Undecodable, match="partitionkey") as refusal:
        read(golden(OVERDUE) | {"partitionkey": "example/C-9"})

    assert refusal.value.key == "example/C-1001"


def test_an_own_event_without_a_sequence_is_refused(golden):
    document = golden(OVERDUE)
    del document["sequence"]

    with pytest.raises(Undecodable, match="sequence: missing"):
        read(document)


@pytest.mark.parametrize(
    ("event_type", "is_kulant_own"),
    [("kulant.item.burnt.v1", True), ("kulant.erp.cow.milked.v1", False), ("com.example.cow", False)],
)
def test_an_unknown_type_says_whose_it_is_and_keeps_its_envelope(golden, event_type, is_kulant_own):
    with pytest.raises(UnknownType) as refusal:
        read(golden(OVERDUE) | {"type": event_type})

    assert refusal.value.type == event_type
    assert refusal.value.is_kulant_own is is_kulant_own
    assert refusal.value.envelope.sequence == golden(OVERDUE)["sequence"]


def test_an_unknown_type_in_binary_mode_is_unknown_too(golden):
    with pytest.raises(UnknownType):
        decode(*in_binary_mode(golden(OVERDUE)), by_type(of_topic(CASE)))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(None, "value: missing", id="a tombstone"),
        pytest.param(b"", "value: json_invalid", id="nothing"),
        pytest.param(b"\xff\xfe", "value: json_invalid", id="no text"),
        pytest.param(b"[]", "value: model_type", id="a list"),
        pytest.param(b'{"id": "\\ud800"}', "value: json_invalid", id="half a character"),
        pytest.param(b'{"a":' * 10_000, "value: json_invalid", id="depth"),
    ],
)
def test_bytes_that_are_no_event_are_refused(value, reason):
    with pytest.raises(Undecodable) as refusal:
        decode(value, [], EVENTS)

    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"specversion": "0.3"}, "specversion: string_pattern_mismatch"),
        ({"id": ""}, "id: string_too_short"),
        ({"id": "x" * 201}, "id: string_too_long"),
        ({"source": None}, "source: string_type"),
        ({"source": "a b"}, "source: string_pattern_mismatch"),
        ({"time": "2026-03-02T09:15:00"}, "time: string_pattern_mismatch"),
        ({"time": 1772438400}, "time: string_type"),
        ({"time": "9999-12-31T23:59:59Z"}, "time: less_than_equal"),
        ({"tenantid": "Example"}, "tenantid: string_pattern_mismatch"),
        ({"tenantid": "a" * 41}, "tenantid: string_pattern_mismatch"),
        ({"tenantid": "example\n"}, "tenantid: string_pattern_mismatch"),
        ({"datacontenttype": "application/xml"}, "datacontenttype: string_pattern_mismatch"),
        ({"sequence": 0}, "sequence: greater_than_equal"),
        ({"sequence": "1"}, "sequence: int_type"),
        ({"baseline": -1}, "baseline: greater_than_equal"),
        ({"data": None}, "data: model_type"),
        ({"data": "{}"}, "data: model_type"),
    ],
)
def test_an_envelope_that_is_not_sound_is_refused(golden, change, reason):
    with pytest.raises(Undecodable) as refusal:
        read(golden(INVOICE) | change)

    assert refusal.value.reason == reason


@pytest.mark.parametrize("attribute", ["specversion", "id", "source", "type", "time", "tenantid", "data"])
def test_an_event_without_one_of_its_attributes_is_refused(golden, attribute):
    document = golden(INVOICE)
    del document[attribute]

    with pytest.raises(Undecodable, match=f"{attribute}: missing"):
        read(document)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([("content-type", b"application/cloudevents+avro")], id="avro"),
        pytest.param([("content-type", b"application/cloudevents-batch+json")], id="a batch"),
        pytest.param([("ce_specversion", b"1.0"), ("ce_id", b"\xff")], id="no text"),
        pytest.param([("ce_specversion", b"1.0"), ("content-type", b"text/plain")], id="text"),
    ],
)
def test_headers_that_promise_something_else_are_refused(golden, headers):
    with pytest.raises(Undecodable):
        read(golden(INVOICE), headers)


@pytest.mark.parametrize("number", [b"0", b"-1", b"1.5", b"", b"9" * 30, "٣".encode()])
def test_a_sequence_in_binary_mode_is_a_whole_number(golden, number):
    value, headers = in_binary_mode(golden(OVERDUE) | {"sequence": "x"})
    headers = [(name, number if name == "ce_sequence" else content) for name, content in headers]

    with pytest.raises(Undecodable, match="sequence"):
        decode(value, headers, EVENTS)


def test_what_cannot_be_read_still_names_its_customer_where_it_can(golden):
    document = golden(INVOICE)
    document["data"]["total"] = "a lot"
    value, headers = in_binary_mode(document)
    nameless = golden(INVOICE)
    nameless["data"] = {"customer_id": 7}
    creditor = golden("kulant.erp.creditor.changed.v1") | {"data": {}}

    def key_of_refused(value, headers=()):
        with pytest.raises(Undecodable) as refusal:
            decode(value, headers, EVENTS)
        return refusal.value.key

    assert key_of_refused(json.dumps(document).encode()) == "example/C-1001"
    assert key_of_refused(value, headers) == "example/C-1001"
    assert key_of_refused(json.dumps(nameless).encode()) == "example/C-1001"
    assert key_of_refused(json.dumps(nameless | {"partitionkey": "other/C-1"}).encode()) is None
    assert key_of_refused(json.dumps(nameless | {"partitionkey": "example/\x00"}).encode()) is None
    assert key_of_refused(json.dumps(creditor).encode()) == "example"
    assert key_of_refused(b"{}") is None


def test_unknown_fields_are_ignored_everywhere(golden):
    document = golden(INVOICE)
    document["brandnew"] = {"a": 1}
    document["data"]["brandnew"] = [1]
    document["data"]["items"][0]["brandnew"] = None

    assert read(document) == read(golden(INVOICE))


def test_the_version_of_a_fact_is_its_own_or_else_its_time(golden):
    document = golden(INVOICE) | {"time": "2026-03-02T09:15:00.000001+01:00"}
    del document["data"]["version"]

    assert version_of(read(golden(INVOICE))) == 3
    assert version_of(read(document)) == 1772439300000001


def test_an_envelope_around_data_of_another_type_is_not_written(golden):
    invoice, overdue = read(golden(INVOICE)), read(golden(OVERDUE))

    with pytest.raises(ValueError, match="around data of type"):
        encode(invoice.envelope, overdue.data)


def test_a_naive_instant_is_not_written():
    with pytest.raises(ValidationError):
        Envelope(
            id="1",
            source="/erp",
            type=ErpPaymentReceivedV1.TYPE,
            time=datetime(2026, 1, 1),  # noqa: DTZ001
            tenantid="example",
        )


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
IDS = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029"), min_size=1, max_size=200
)
ENVELOPES = st.builds(
    Envelope,
    id=IDS,
    source=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=100),
    type=st.just("kulant.case.closed.v1"),
    time=st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1), timezones=ZONES),  # noqa: DTZ001
    tenantid=st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True),
    correlationid=st.none() | IDS,
    causationid=st.none() | IDS,
    sequence=st.integers(1, 2**63 - 1),
    baseline=st.none() | st.integers(0, 2**62),
)


@settings(max_examples=50, deadline=None)
@given(ENVELOPES, IDS, IDS)
def test_every_event_is_read_as_it_was_written(envelope, customer_id, case_id):
    data = EVENTS["kulant.case.closed.v1"].model_validate(
        {
            "case_id": case_id,
            "customer_id": customer_id,
            "creditor_id": "main",
            "at": datetime(2026, 1, 1, tzinfo=UTC),
            "reason": "settled",
        }
    )
    envelope = envelope.model_copy(update={"partitionkey": f"{envelope.tenantid}/{customer_id}"})

    event = decode(encode(envelope, data), [CONTENT_TYPE_HEADER], EVENTS)

    assert (event.envelope, event.data) == (envelope, data)
