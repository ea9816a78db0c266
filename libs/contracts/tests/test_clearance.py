"""The gate's question and answer, and the figures of quiescence, in the shapes that clients rely on."""

import json

import pytest
from pydantic import ValidationError

from kulant_contracts.clearance import ClearanceRequest, ClearanceResponse, ClearanceResult
from kulant_contracts.quiescence import Quiescence


def question(**changes):
    return {
        "reminder_id": "r-1",
        "customer_id": "C-1",
        "kind": "reminder",
        "items": [{"item_id": "1", "open": {"amount": "1.00", "currency": "EUR"}}],
        "seen": {"invoice-service": 3},
    } | changes


def test_a_question_is_read_from_json_and_from_what_a_web_framework_parsed():
    document = {"reminders": [question()]}

    assert ClearanceRequest.model_validate(document) == ClearanceRequest.model_validate_json(json.dumps(document))
    assert ClearanceRequest.model_validate(document).reminders[0].items[0].open.amount_minor == 100


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"reminders": []}, id="no question"),
        pytest.param({"reminders": [question()] * 1_001}, id="too many"),
        pytest.param({"reminders": [question(kind="threat")]}, id="no kind"),
        pytest.param({"reminders": [question(seen={"invoice-service": -1})]}, id="nothing can be seen less than 0"),
        pytest.param({"reminders": [question(seen={"invoice-service": "3"})]}, id="text as number"),
        pytest.param({"reminders": [question(items=[{"item_id": "1", "open": 1.0}])]}, id="a float as money"),
    ],
)
def test_a_question_is_refused_for(document):
    with pytest.raises(ValidationError):
        ClearanceRequest.model_validate(document)


def test_a_thousand_questions_are_taken_at_once():
    assert len(ClearanceRequest.model_validate({"reminders": [question()] * 1_000}).reminders) == 1_000


def test_stop_needs_a_reason_and_the_others_do_not():
    clear = ClearanceResult(reminder_id="r-1", answer="clear", sequence=0)

    assert ClearanceResponse(results=(clear,)).model_dump(mode="json", exclude_none=True) == {
        "results": [{"reminder_id": "r-1", "answer": "clear", "sequence": 0}]
    }
    with pytest.raises(ValidationError, match="stop needs a reason"):
        ClearanceResult(reminder_id="r-1", answer="stop", sequence=0)


def test_quiescence_says_null_where_there_is_no_clock():
    figures = Quiescence(clock_at=None, lag=0, outbox=0, due_timers=0, in_flight=0, positions={"kulant.erp.v1/0": 7})

    assert json.loads(figures.model_dump_json()) == {
        "clock_at": None,
        "lag": 0,
        "outbox": 0,
        "due_timers": 0,
        "in_flight": 0,
        "positions": {"kulant.erp.v1/0": 7},
    }
