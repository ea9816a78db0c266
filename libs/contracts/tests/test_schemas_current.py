"""What is generated and committed is what the models say today."""

import jsonschema_rs
import pytest

from kulant_contracts import asyncapi
from kulant_contracts.pages import pages
from kulant_contracts.registry import ALL, EVENTS
from kulant_contracts.schemas import PAGES, RELEASED, SCHEMAS, as_text, schema_of, write

CURE = "run `make schemas` and commit what it writes"


@pytest.mark.parametrize("event", ALL, ids=lambda event: event.TYPE)
def test_the_committed_schema_is_that_of_the_model(event):
    assert (SCHEMAS / f"{event.TYPE}.json").read_text(encoding="utf-8") == as_text(schema_of(event)), CURE


def test_the_committed_asyncapi_document_is_that_of_the_models():
    assert (PAGES / asyncapi.FILE_NAME).read_text(encoding="utf-8") == asyncapi.as_text(), CURE


def test_every_event_is_a_message_of_exactly_one_channel():
    document = asyncapi.asyncapi()
    named = [name for channel in document["channels"].values() for name in channel["messages"]]
    assert sorted(named) == sorted(event.__name__ for event in ALL) == sorted(document["components"]["messages"])


def test_no_schema_is_left_of_an_event_that_is_gone():
    assert {path.stem for path in SCHEMAS.glob("*.json")} == set(EVENTS), CURE


def test_the_committed_pages_are_those_of_the_models():
    assert {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")} == pages(), CURE


@pytest.mark.parametrize("event", ALL, ids=lambda event: event.TYPE)
def test_every_schema_is_one_of_json_schema_2020_12(event):
    jsonschema_rs.meta.validate(schema_of(event))


@pytest.mark.parametrize("event", ALL, ids=lambda event: event.TYPE)
def test_every_event_has_been_released_before_it_is_used(event):
    assert (RELEASED / f"{event.TYPE}.json").exists(), "run `python -m kulant_contracts.schemas --release`"


def test_writing_takes_away_what_no_event_stands_for_any_more(tmp_path):
    left_over = tmp_path / "schemas" / "kulant.gone.v1.json"
    left_over.parent.mkdir()
    left_over.write_text("{}")

    write(tmp_path / "schemas", tmp_path / "events")

    assert not left_over.exists()
    assert len(list(left_over.parent.glob("*.json"))) == len(ALL)


def test_every_event_and_every_shape_says_what_it_means():
    silent = [
        f"{event.TYPE}: {name}"
        for event in ALL
        for name, shape in schema_of(event)["$defs"].items()
        if not shape.get("description")
    ]

    assert silent == []
