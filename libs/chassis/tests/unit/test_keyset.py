import base64
import json
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from kulant_chassis.keyset import LONGEST_CURSOR, cursor_of, place_of
from kulant_chassis.problem import Problem

ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
PLACE = ("ä/…", 7, date(2026, 3, 9), datetime(2026, 3, 9, 10, tzinfo=UTC), ID)
KINDS = (str, int, date, datetime, UUID)


def word(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def test_a_place_comes_back_as_it_was() -> None:
    assert place_of(cursor_of(PLACE), *KINDS) == PLACE


def test_no_place_is_no_cursor() -> None:
    assert cursor_of(None) is None
    assert place_of(None, *KINDS) is None


def test_a_cursor_needs_no_escaping_in_a_url_and_fits_the_longest_ids() -> None:
    cursor = cursor_of(("日" * 200, "日" * 200))
    assert cursor is not None
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert len(cursor) <= LONGEST_CURSOR


@pytest.mark.parametrize(
    ("cursor", "kinds"),
    [
        pytest.param("", (str,), id="empty"),
        pytest.param("%%", (str,), id="no base64"),
        pytest.param("é", (str,), id="no ASCII"),
        pytest.param(word({"a": "b"}), (str,), id="no list"),
        pytest.param(word([1]), (int,), id="no texts"),
        pytest.param(word(["a", "b"]), (str,), id="too long"),
        pytest.param(word([]), (str,), id="too short"),
        pytest.param(word(["a\0"]), (str,), id="a NUL"),
        pytest.param(word(["\ud800"]), (str,), id="half a sign"),
        pytest.param(word(["a"]), (int,), id="no number"),
        pytest.param(word([str(2**63)]), (int,), id="a number that the database has not"),
        pytest.param(word(["2026-13-01"]), (date,), id="no day"),
        pytest.param(word(["2026-03-09T10:00:00"]), (datetime,), id="a moment of no zone"),
        pytest.param(word(["x"]), (UUID,), id="no id"),
        pytest.param(base64.urlsafe_b64encode(b"[" * 2_900).decode(), (str,), id="lists in lists"),
    ],
)
def test_what_no_list_gave_is_refused(cursor: str, kinds: tuple[type, ...]) -> None:
    with pytest.raises(Problem) as refused:
        place_of(cursor, *kinds)
    assert (refused.value.status, refused.value.type_slug) == (422, "cursor-invalid")
