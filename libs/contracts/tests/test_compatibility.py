"""The gate lets additions through and fails on everything that a client could trip over: tried on purpose."""

import copy
import json

import pytest

from kulant_contracts.compatibility import breaks
from kulant_contracts.erp import ErpInvoiceIssuedV1
from kulant_contracts.invoice import ItemOverdueV1
from kulant_contracts.reminder import ReminderRequestedV1
from kulant_contracts.schemas import RELEASED, as_text, breaks_of_released, schema_of


def test_nothing_that_was_released_is_broken():
    assert breaks_of_released(RELEASED) == [], "additions only; anything else is a new class ...V2 on a new topic"


def item(schema):
    return schema["$defs"]["ItemOverdueV1"]


def rename(schema):
    fields = item(schema)["properties"]
    fields["title"] = fields.pop("subject")


BREAKS = {
    "a field removed": lambda schema: item(schema)["properties"].pop("subject"),
    "a field renamed": rename,
    "a field required of old": lambda schema: item(schema)["required"].append("subject"),
    "a new field required": lambda schema: (
        item(schema)["properties"].update(tone={"type": "string"}),
        item(schema)["required"].append("tone"),
    ),
    "a field no longer always there": lambda schema: item(schema)["required"].remove("number"),
    "a type changed": lambda schema: item(schema)["properties"]["version"].update(type="string"),
    "a type changed behind a reference": lambda schema: schema["$defs"]["Money"]["properties"].update(
        amount={"type": "number"}
    ),
    "a type changed of what may be null": lambda schema: item(schema)["properties"]["subject"].update(
        anyOf=[{"type": "integer"}, {"type": "null"}]
    ),
    "null no longer taken": lambda schema: item(schema)["properties"].update(
        subject=item(schema)["properties"]["subject"]["anyOf"][0]
    ),
    "a format changed": lambda schema: item(schema)["properties"]["issued_on"].update(format="date-time"),
    "a word of an enum removed": lambda schema: item(schema)["properties"]["state"]["enum"].remove("due"),
    "a word of an open enum removed": lambda schema: item(schema)["properties"]["claim"]["x-open-enum"].pop(),
    "an enum put where any word was taken": lambda schema: item(schema)["properties"]["number"].update(enum=["1"]),
    "a minimum raised": lambda schema: item(schema)["properties"]["version"].update(minimum=1),
    "a maximum lowered": lambda schema: item(schema)["properties"]["version"].update(maximum=9),
    "a bound added": lambda schema: schema["$defs"]["Money"]["properties"]["amount"].update(maxLength=9),
    "a length lowered": lambda schema: item(schema)["properties"]["item_id"].update(maxLength=36),
    "a pattern changed": lambda schema: schema["properties"]["tenantid"].update(pattern="^[a-z]+$"),
    "a default changed": lambda schema: item(schema)["properties"]["claim"].update(default="other"),
    "a default changed of what may be null": lambda schema: item(schema)["properties"]["subject"].update(default="-"),
    "unknown fields refused": lambda schema: item(schema).update(additionalProperties=False),
    "another topic": lambda schema: schema.update({"x-topic": "kulant.invoice.v2"}),
    "an attribute of the envelope removed": lambda schema: schema["properties"].pop("causationid"),
    "another type of event": lambda schema: schema["properties"].update(type={"const": "kulant.item.late.v1"}),
}


@pytest.mark.parametrize("change", BREAKS.values(), ids=BREAKS.keys())
def test_the_gate_fails_on(change):
    released = schema_of(ItemOverdueV1)
    current = copy.deepcopy(released)

    change(current)

    assert breaks(released, current) != []


def reminder_item(schema):
    return schema["$defs"]["ReminderRequestedV1"]["properties"]


LIST_BREAKS = {
    "a list shortened": lambda schema: reminder_item(schema)["items"].update(maxItems=100),
    "a list that may not be empty any more": lambda schema: reminder_item(schema)["items"].update(minItems=1),
    "a type changed inside a list": lambda schema: schema["$defs"]["ReminderItem"]["properties"].update(
        stage={"type": "string"}
    ),
    "entries of a list that refuse unknown fields": lambda schema: schema["$defs"]["ReminderItem"].update(
        additionalProperties=False
    ),
    "keys of a mapping narrowed": lambda schema: reminder_item(schema)["seen"].update(
        patternProperties={"^[a-z]$": {"type": "integer"}}
    ),
    "values of a mapping changed": lambda schema: [
        values.update(type="string") for values in reminder_item(schema)["seen"]["patternProperties"].values()
    ],
}


@pytest.mark.parametrize("change", LIST_BREAKS.values(), ids=LIST_BREAKS.keys())
def test_the_gate_fails_inside_lists_and_mappings_on(change):
    released = schema_of(ReminderRequestedV1)
    current = copy.deepcopy(released)

    change(current)

    assert breaks(released, current) != []


ADDITIONS = {
    "a new optional field": lambda schema: item(schema)["properties"].update(
        tone={"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
    ),
    "a new shape": lambda schema: schema["$defs"].update(Tone={"type": "object"}),
    "a new word of an enum": lambda schema: item(schema)["properties"]["state"]["enum"].append("disputed"),
    "a new word of an open enum": lambda schema: item(schema)["properties"]["claim"]["x-open-enum"].append("rent"),
    "null taken as well": lambda schema: item(schema)["properties"].update(
        number={"anyOf": [item(schema)["properties"]["number"], {"type": "null"}]}
    ),
    "a bound widened": lambda schema: item(schema)["properties"]["item_id"].update(maxLength=300),
    "a bound taken away": lambda schema: item(schema)["properties"]["item_id"].pop("maxLength"),
    "other words of explanation": lambda schema: item(schema)["properties"]["open"].update(description="Rest"),
    "nothing at all": lambda schema: None,
}


@pytest.mark.parametrize("change", ADDITIONS.values(), ids=ADDITIONS.keys())
def test_the_gate_lets_pass(change):
    released = schema_of(ItemOverdueV1)
    current = copy.deepcopy(released)

    change(current)

    assert breaks(released, current) == []


def test_what_an_erp_must_say_may_become_less_but_not_what_kulant_says():
    released = schema_of(ErpInvoiceIssuedV1)
    current = copy.deepcopy(released)
    current["$defs"]["ErpInvoiceIssuedV1"]["required"].remove("number")

    assert breaks(released, current, is_input=True) == []
    assert breaks(released, current) == ["event.data.number: no longer always there"]


def test_an_event_that_was_released_and_is_gone_is_a_break(tmp_path):
    (tmp_path / "kulant.item.forgotten.v1.json").write_text(json.dumps({"type": "object"}))

    assert breaks_of_released(tmp_path) == ["kulant.item.forgotten.v1: removed or renamed"]


def test_a_break_names_event_and_field(tmp_path):
    released = copy.deepcopy(schema_of(ItemOverdueV1))
    item(released)["properties"]["colour"] = {"type": "string"}
    (tmp_path / f"{ItemOverdueV1.TYPE}.json").write_text(as_text(released))

    assert breaks_of_released(tmp_path) == ["kulant.item.overdue.v1: event.data.colour: removed or renamed"]
