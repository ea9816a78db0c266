"""The example client says only what the contracts can read."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

from kulant_contracts.envelope import decode_structured
from kulant_contracts.registry import EVENTS

FILE = Path(__file__).parents[4] / "examples" / "librdkafka" / "publish_and_watch.py"


def _example(monkeypatch):
    stand_in = ModuleType("confluent_kafka")
    stand_in.Consumer = stand_in.Producer = object  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "confluent_kafka", stand_in)
    spec = importlib.util.spec_from_file_location("publish_and_watch", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_fact_of_the_example_can_be_read(monkeypatch):
    example = _example(monkeypatch)
    for number, fact in enumerate(example.facts("example-1")):
        value = json.dumps(example.event_of("example-1", *fact)).encode()
        event = decode_structured(value, EVENTS)
        assert event.envelope.partitionkey == fact[0], number
