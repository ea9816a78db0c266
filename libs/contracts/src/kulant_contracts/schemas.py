"""Writes JSON Schemas, the AsyncAPI document and the pages about events, from the models.

Run it as `python -m kulant_contracts.schemas`.
"""

import argparse
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from kulant_contracts import asyncapi
from kulant_contracts.compatibility import breaks
from kulant_contracts.envelope import Envelope, EventData
from kulant_contracts.pages import pages
from kulant_contracts.registry import ALL
from kulant_contracts.topics import ERP

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_LIBRARY: Final = Path(__file__).parents[2]
SCHEMAS: Final = _LIBRARY / "schemas"
RELEASED: Final = SCHEMAS / "released"
PAGES: Final = _LIBRARY.parents[1] / "docs" / "events"


@cache
def schema_of(event: type[EventData]) -> dict[str, Any]:
    """The schema of the whole event in structured mode: envelope and data. Made once: who changes it, copies it."""
    _, written = models_json_schema([(Envelope, "validation"), (event, "validation")])
    definitions: dict[str, Any] = _without_titles(written)["$defs"]
    envelope = definitions.pop("Envelope")
    properties = {**envelope["properties"], "type": {"const": event.TYPE}}
    required = [*envelope["required"], "specversion", "data"]
    if event.TOPIC != ERP:
        required += ["partitionkey", "sequence"]
        properties["partitionkey"] = {**properties["partitionkey"], "minLength": 1}
        properties["partitionkey"].pop("default")
        properties["sequence"] = {
            **properties["sequence"]["anyOf"][0],
            "description": properties["sequence"]["description"],
        }
    properties["data"] = {"$ref": f"#/$defs/{event.__name__}"}
    return {
        "$schema": DIALECT,
        "$id": f"urn:kulant:schema:{event.TYPE}",
        "title": event.TYPE,
        "description": definitions[event.__name__]["description"],
        "x-topic": event.TOPIC,
        "type": "object",
        "properties": properties,
        "required": sorted(required),
        "$defs": definitions,
    }


def _without_titles(part: Any) -> Any:
    """Takes out the titles that only repeat a field's name; a field that is called title stays."""
    if isinstance(part, list):
        return [_without_titles(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _without_titles(entry) for name, entry in part.items() if not (name == "title" and isinstance(entry, str))
    }


def as_text(schema: dict[str, Any]) -> str:
    """The schema as it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def breaks_of_released(folder: Path) -> list[str]:
    """What the models of today break of the schemas in this folder."""
    current = {event.TYPE: event for event in ALL}
    found = []
    for path in sorted(folder.glob("*.json")):
        event = current.get(path.stem)
        if event is None:
            found.append(f"{path.stem}: removed or renamed")
            continue
        released = json.loads(path.read_text(encoding="utf-8"))
        is_input = event.TOPIC == ERP
        found += [f"{path.stem}: {each}" for each in breaks(released, schema_of(event), is_input=is_input)]
    return found


def write(schemas: Path, events: Path) -> None:
    """Writes a schema per event and a page per topic, and removes those whose event is gone."""
    texts = {schemas / f"{event.TYPE}.json": as_text(schema_of(event)) for event in ALL}
    texts |= {events / name: text for name, text in pages().items()}
    texts[events / asyncapi.FILE_NAME] = asyncapi.as_text()
    for folder, pattern in ((schemas, "*.json"), (events, "*.md")):
        folder.mkdir(parents=True, exist_ok=True)
        for path in set(folder.glob(pattern)) - texts.keys():
            path.unlink()
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")


def main() -> None:
    """Writes everything that is generated; with --release also freezes it, if nothing released is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", action="store_true", help="freeze the schemas as released")
    options = parser.parse_args()
    write(SCHEMAS, PAGES)
    if not options.release:
        return
    if found := breaks_of_released(RELEASED):
        parser.exit(1, "not released, for it would break clients:\n" + "\n".join(found) + "\n")
    RELEASED.mkdir(exist_ok=True)
    for event in ALL:
        (RELEASED / f"{event.TYPE}.json").write_text(as_text(schema_of(event)), encoding="utf-8")


if __name__ == "__main__":
    main()
