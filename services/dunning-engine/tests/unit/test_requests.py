"""What people may ask over the API: nothing that an event could not say afterwards."""

import json

import pytest
from pydantic import ValidationError

from dunning_engine.api.answers import PromiseRequest
from dunning_engine.api.holds import HoldRequest

PROMISE = {"customer_id": "c-1", "on": "2026-03-20"}
HOLD = {"customer_id": "c-1", "reason": "manual", "until_on": "2026-03-20"}


@pytest.mark.parametrize(
    ("request_type", "asked", "changes"),
    [
        pytest.param(PromiseRequest, PROMISE, {"on": "2287-08-07"}, id="a promise beyond all calendars"),
        pytest.param(PromiseRequest, PROMISE, {"item_id": "a\nb"}, id="an id of two lines in a promise"),
        pytest.param(HoldRequest, HOLD, {"until_on": "9999-12-31"}, id="a hold beyond all calendars"),
        pytest.param(HoldRequest, HOLD, {"scope": "invoice", "scope_id": "a\nb"}, id="an id of two lines in a hold"),
    ],
)
def test_what_no_event_could_say_is_refused_at_the_door(request_type, asked, changes):
    assert request_type.model_validate_json(json.dumps(asked))
    with pytest.raises(ValidationError):
        request_type.model_validate_json(json.dumps(asked | changes))
