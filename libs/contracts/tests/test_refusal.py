"""Whatever comes in is an event or is refused in words of ours: no other end, and nothing of the sender repeated."""

import json
import traceback
from functools import cache
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kulant_contracts.envelope import decode, encode
from kulant_contracts.refusal import Undecodable, UnknownType
from kulant_contracts.registry import EVENTS
from kulant_contracts.schemas import schema_of

DOCUMENTS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "golden").glob("*.json"))
}
SECRET = "erika.mustermann@example.org"
HOSTILE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["", "\x00", "9" * 400, "0.00", "-1.00", "2026-02-30", "2026-01-01", "other", "a\nb", "EUR"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
)


@cache
def validator(event_type):
    return jsonschema_rs.Draft202012Validator(schema_of(EVENTS[event_type]))


def places(part, path=()):
    """Every place in a JSON document."""
    yield path
    entries = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, entry in entries:
        yield from places(entry, (*path, key))


def put(document, path, entry):
    if not path:
        return entry
    changed = dict(document) if isinstance(document, dict) else list(document)
    changed[path[0]] = put(document[path[0]], path[1:], entry)
    return changed


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_spoilt_event_is_refused_or_read_and_what_is_read_can_be_written(data):
    document = DOCUMENTS[data.draw(st.sampled_from(sorted(DOCUMENTS)))]
    path = data.draw(st.sampled_from(list(places(document))))
    value = json.dumps(put(document, path, data.draw(HOSTILE))).encode()

    try:
        event = decode(value, [], EVENTS)
    except (Undecodable, UnknownType):
        return

    written = encode(event.envelope, event.data)
    assert decode(written, [], EVENTS) == event
    validator(event.envelope.type).validate(json.loads(written))


def refusal_of(document):
    try:
        decode(json.dumps(document).encode(), [], EVENTS)
    except Undecodable as refusal:
        return refusal
    except UnknownType:
        return None
    return None


@pytest.mark.parametrize("event_type", sorted(DOCUMENTS))
def test_neither_reason_nor_traceback_repeats_what_the_sender_wrote(event_type):
    document = DOCUMENTS[event_type]
    spoilt = [
        put(document, path, entry) for path in places(document) if path for entry in (SECRET + "\x00", {SECRET: SECRET})
    ]

    refusals = [refusal for refusal in map(refusal_of, spoilt) if refusal is not None]

    assert len(refusals) > len(spoilt) / 3
    for refusal in refusals:
        assert SECRET not in "".join(traceback.format_exception(refusal))


def test_keys_that_the_sender_chose_are_not_repeated_either(golden):
    document = golden("kulant.erp.customer.changed.v1")
    document["data"]["profile"] = {SECRET: 7}

    with pytest.raises(Undecodable) as refusal:
        decode(json.dumps(document).encode(), [], EVENTS)

    assert refusal.value.reason == "data.profile.*: string_type"


def test_a_reason_stays_short_however_much_is_wrong(golden):
    document = golden("kulant.erp.invoice.issued.v1")
    document["data"]["items"] = [{}] * 400

    with pytest.raises(Undecodable) as refusal:
        decode(json.dumps(document).encode(), [], EVENTS)

    assert refusal.value.reason.startswith("data.items.0.item_id: missing, ")
    assert refusal.value.reason.endswith(" more")
    assert len(refusal.value.reason) < 300
