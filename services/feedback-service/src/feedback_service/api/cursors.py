"""A place in a list, ordered by a moment and an id, as one opaque word."""

import base64
import binascii
from datetime import datetime
from uuid import UUID

from kulant_chassis.problem import Problem

Place = tuple[datetime, UUID]


def write_cursor(place: Place) -> str:
    """The word for a place."""
    at, one_id = place
    return base64.urlsafe_b64encode(f"{at.isoformat()} {one_id}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Place:
    """The place that `write_cursor` wrote. Raises Problem."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        at, _, one_id = text.partition(" ")
        place = datetime.fromisoformat(at), UUID(one_id)
    except (binascii.Error, ValueError):
        raise Problem(400, "cursor-invalid", "This cursor is not one that was given out here.") from None
    if place[0].tzinfo is None:
        raise Problem(400, "cursor-invalid", "This cursor is not one that was given out here.")
    return place
