"""One golden example per event: what it looks like on the wire, for producers and consumers alike."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from kulant_contracts.envelope import decode, encode
from kulant_contracts.registry import EVENTS
from kulant_contracts.schemas import SCHEMAS

TYPES = sorted(EVENTS)


def test_there_is_one_example_per_event_and_no_other():
    found = sorted(path.stem for path in (Path(__file__).parent / "golden").glob("*.json"))

    assert found == TYPES


@pytest.mark.parametrize("event_type", TYPES)
def test_an_example_is_written_again_as_it_was_read(golden, event_type):
    document = golden(event_type)

    event = decode(json.dumps(document).encode(), [], EVENTS)

    assert type(event.data) is EVENTS[event_type]
    assert json.loads(encode(event.envelope, event.data)) == document


@pytest.mark.parametrize("event_type", TYPES)
def test_an_example_is_valid_by_the_committed_schema(golden, event_type):
    schema = json.loads((SCHEMAS / f"{event_type}.json").read_text(encoding="utf-8"))

    jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(golden(event_type))


@pytest.mark.parametrize("event_type", TYPES)
def test_an_example_without_data_is_refused_by_schema_and_model_alike(golden, event_type):
    schema = json.loads((SCHEMAS / f"{event_type}.json").read_text(encoding="utf-8"))
    document = golden(event_type)
    document["data"] = {}

    assert not jsonschema_rs.Draft202012Validator(schema).is_valid(document)
    with pytest.raises(Exception, match=r"data\.\w+: missing"):
        decode(json.dumps(document).encode(), [], EVENTS)
