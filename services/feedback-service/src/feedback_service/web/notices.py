"""The pages for when there is nothing to show; they tell nobody anything about anybody."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """A page without anybody's data: the word of its title, and how many sentences follow it."""

    status: int
    word: str
    sentences: int
    headers: Mapping[str, str] | None = None
    back: str | None = None
    """Where a link leads back to."""


UNKNOWN = Notice(404, "unknown", 2)
CLOSED = Notice(410, "closed", 2)
NOT_READY = Notice(503, "not_ready", 1, {"Retry-After": "5"})
FOREIGN = Notice(403, "foreign", 2)
TOO_LARGE = Notice(413, "too_large", 1)
NOT_A_FORM = Notice(415, "not_a_form", 1)
TOO_MANY = Notice(429, "too_many", 2, {"Retry-After": "3600"})


def stale_form(path: str) -> Notice:
    """The form's own id is missing or not ours: nothing is wrong with the customer."""
    return Notice(422, "stale_form", 1, None, path)
