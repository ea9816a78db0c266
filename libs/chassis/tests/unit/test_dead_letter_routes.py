import pytest
from pydantic import ValidationError

from kulant_chassis.dead_letter_routes import Discarding


def test_a_reason_that_no_table_takes_is_refused_at_the_door():
    assert Discarding(reason="sent by mistake").reason == "sent by mistake"
    with pytest.raises(ValidationError):
        Discarding(reason="a\0b")
