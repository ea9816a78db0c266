"""What a POST must prove before anybody reads it: its origin, its kind, its size, its pace."""

from collections import OrderedDict
from collections.abc import Mapping
from time import monotonic
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from starlette.requests import Request

MAX_BODY_BYTES = 131_072
"""A form with 500 invoices of the longest ids fits."""
MAX_FIELDS = 520
FORM = "application/x-www-form-urlencoded"


class NoForm(Exception):
    """The body is not what a form sends."""


class TooLarge(Exception):
    """The body is larger than any honest form."""


def is_foreign(headers: Mapping[str, str], own_origin: str | None) -> bool:
    """Did another site send this?

    Browsers say so in Sec-Fetch-Site. Old ones send Origin, which is `null` on our own form because the page asks
    for no referrer; there the form's own signed id decides alone.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site != "same-origin"
    origin = headers.get("origin", "null")
    return origin not in {"null", own_origin} and urlsplit(origin).netloc != headers.get("host")


async def read_form(request: Request) -> dict[str, list[str]]:
    """The fields of an urlencoded form. Raises NoForm, TooLarge."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise NoForm
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise TooLarge
    try:
        return parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise NoForm from None


class Pace:
    """Bounds how often one page may be posted to, in this process; what was recorded is bounded in the database."""

    def __init__(self, most: int = 30, seconds: float = 600.0, pages: int = 10_000) -> None:
        self._most = most
        self._seconds = seconds
        self._pages = pages
        self._windows: OrderedDict[UUID, tuple[float, int]] = OrderedDict()

    def allows(self, page: UUID) -> bool:
        """Count one more attempt; False where there were too many of late."""
        now = monotonic()
        began, count = self._windows.pop(page, (now, 0))
        if now - began > self._seconds:
            began, count = now, 0
        self._windows[page] = (began, count + 1)
        if len(self._windows) > self._pages:
            self._windows.popitem(last=False)
        return count < self._most
