"""Opaque cursors: where a list goes on."""

import base64
import binascii
import json
from collections.abc import Sequence

from kulant_chassis.problem import Problem


def to_cursor(place: Sequence[str]) -> str:
    """A place in a list as one opaque word."""
    return base64.urlsafe_b64encode(json.dumps(list(place)).encode()).decode()


def from_cursor(cursor: str, parts: int) -> tuple[str, ...]:
    """The place that a cursor names. Raises Problem 422 for one that was not given by this list."""
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor))
    except (binascii.Error, ValueError):
        place = None
    if not isinstance(place, list) or len(place) != parts:
        raise _invalid()
    if not all(isinstance(part, str) and "\0" not in part for part in place):
        raise _invalid()
    return tuple(place)


def _invalid() -> Problem:
    return Problem(422, "cursor-invalid", "This cursor was not given by this list.")
