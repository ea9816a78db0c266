"""Versions of what a client looked at: `ETag` out, `If-Match` in (RFC 9110 sections 8.8.3 and 13.1.1)."""

import hashlib
from typing import Annotated

from fastapi import Header

from kulant_chassis.problem import Problem

# Only describes, for `/docs`: `Write.if_match` has what came.
MatchDescribed = Annotated[
    str | None, Header(alias="If-Match", description="Needed: the ETag of what was seen, or `*` for whatever it is.")
]


def etag_of(*parts: object) -> str:
    """A strong ETag of what makes up a version, such as a state and the moment of its last change."""
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'


def require_match(if_match: str | None, current: str) -> None:
    """Go on only where the client saw the present version; to be asked under the lock of what is changed.

    Raises Problem 428 where the request names no version, 412 where it names another one. `*` matches any.
    """
    if if_match is None:
        raise Problem(428, "if-match-missing", "Say in If-Match which version you saw (its ETag).")
    named = {one.strip() for one in if_match.split(",")}
    if "*" not in named and current not in named:
        raise Problem(412, "changed-meanwhile", "It was changed since you saw it; look again.")
