"""What lies on a service's own topics is read without harm, whoever put it there."""

from datetime import UTC, datetime

import pytest
from aiokafka import ConsumerRecord

from kulant_chassis.restored import OwnTopics, Told
from kulant_contracts import topics
from kulant_contracts.case import CaseClosedV1
from kulant_contracts.envelope import CONTENT_TYPE_HEADER, Envelope, encode

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DATA = CaseClosedV1(customer_id="C1", case_id="k1", creditor_id="main", at=AT, reason="paid")
HEAD = {"id": "e1", "type": DATA.TYPE, "time": AT, "tenantid": "acme", "partitionkey": "acme/C1", "sequence": 8}
OURS = encode(Envelope(source="/kulant/toy", **HEAD), DATA)
OTHERS = encode(Envelope(source="/kulant/other", **HEAD), DATA)


def told(value):
    own = OwnTopics("broker:1", [topics.CASE], source="/kulant/toy", topic_prefix="t-")
    record = ConsumerRecord(f"t-{topics.CASE}", 0, 0, 0, 0, None, value, None, -1, -1, (CONTENT_TYPE_HEADER,))
    return own._read(record)


def test_an_event_of_its_own_is_known_by_its_source():
    assert told(OURS) == Told(topics.CASE, "acme/C1", 8)
    assert told(OTHERS) is None


def test_an_event_of_a_type_that_only_a_newer_release_knows_counts_too():
    newer = OURS.replace(DATA.TYPE.encode(), b"kulant.case.sold.v1")

    assert told(newer) == Told(topics.CASE, "acme/C1", 8)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="nothing"),
        pytest.param(b"{", id="no JSON"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b'{"a":' * 100_000, id="deeper than the standard library's JSON goes"),
        pytest.param(OURS.replace(b'"sequence":8', b'"sequence":1e999'), id="an endless number"),
        pytest.param(OURS.replace(b'"sequence":8', b'"sequence":null'), id="no number"),
        pytest.param(OURS.replace(b'"partitionkey":"acme/C1"', b'"partitionkey":["a"]'), id="a key that is a list"),
        pytest.param(OURS.replace(b'"partitionkey":"acme/C1"', rb'"partitionkey":"a\u0000"'), id="a key with a NUL"),
    ],
)
def test_what_is_no_event_says_nothing_and_keeps_nobody_from_starting(value):
    assert told(value) is None
