"""Cursors: where the next page begins, as clients carry it: opaque."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Annotated

from fastapi import Query

from kulant_chassis.problem import Problem

STORABLE = r"^[^\x00]*$"
"""PostgreSQL has no NUL in texts: nothing that is stored has one."""
Limit = Annotated[int, Query(ge=1, le=500)]
Name = Annotated[str, Query(min_length=1, max_length=200, pattern=STORABLE)]
"""An id of the ERP's in a query."""
Cursor = Annotated[str | None, Query(max_length=1_000)]


def cursor_of(place: Sequence[str | int] | None) -> str | None:
    """The place after which the next page begins; None: there is none."""
    if place is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(list(place)).encode()).decode().rstrip("=")


def place_of(cursor: str | None, *kinds: type) -> tuple[str | int, ...] | None:
    """The reverse of `cursor_of`, values of these kinds. Raises Problem 422 for what it never gave out."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        place = None
    if not isinstance(place, list) or [type(value) for value in place] != list(kinds):
        raise Problem(422, "cursor-invalid", "The cursor is not one that this service gave.")
    return tuple(place)
