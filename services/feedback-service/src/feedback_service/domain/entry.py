"""What people type, read generously and never guessed at: days and amounts."""

import re
from datetime import date

_DAY_SHAPES = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})"),
)
_SIGNS = re.compile(r"[^\d.,]")
_CURRENCY_WORD = re.compile(r"\A[^\d.,\-+]*|[^\d.,]*\Z")
_SPACES = re.compile(r"[\s\u00a0\u202f'’]")
_LONGEST = 24


def read_day(text: str) -> date | None:
    """A day written as 2026-05-21, 21.05.2026 or 21/05/2026; None if it is no day."""
    for shape in _DAY_SHAPES:
        if match := shape.fullmatch(text.strip()):
            try:
                return date(int(match["year"]), int(match["month"]), int(match["day"]))
            except ValueError:
                return None
    return None


def read_amount(text: str, minor_digits: int) -> int | None:
    """An amount in minor units, from 1,234.50 as well as 1.234,50 or € 1234,5; None if unclear.

    A single separator before exactly three digits groups thousands (1.234 is 1234) unless the
    currency itself has three decimals; there a comma before three digits groups still.
    """
    if len(text) > _LONGEST:
        return None
    figure = _CURRENCY_WORD.sub("", _SPACES.sub("", text))
    if not figure.isascii() or _SIGNS.search(figure):
        return None
    whole, decimals = _split(figure, minor_digits)
    if not re.fullmatch(r"\d{1,3}([.,]\d{3})*|\d+", whole) or len({sign for sign in whole if sign in ".,"}) > 1:
        return None
    if len(decimals) > minor_digits:
        return None
    digits = whole.replace(".", "").replace(",", "") + decimals.ljust(minor_digits, "0")
    return int(digits)


def _split(figure: str, minor_digits: int) -> tuple[str, str]:
    at = max(figure.rfind("."), figure.rfind(","))
    if at < 0:
        return figure, ""
    sign, whole, decimals = figure[at], figure[:at], figure[at + 1 :]
    if sign in whole:
        return figure, ""
    is_alone = "." not in whole and "," not in whole
    if len(decimals) == 3 and is_alone and (minor_digits != 3 or sign == ","):
        return figure, ""
    return whole, decimals


_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile(r"\r\n?|[\u2028\u2029]")
_MANY_EMPTY = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
MOST_WORDS = 4_000
MOST_LINE = 200


def clean_words(text: str, most: int = MOST_WORDS) -> str | None:
    """What somebody wrote, without signs that cannot be seen, at most so many characters; None if nothing is left."""
    seen = _MANY_EMPTY.sub("\n\n", _UNSEEN.sub("", _BREAKS.sub("\n", text))).strip()
    if len(seen) > most:
        return seen[: most - 1].rstrip() + "…"
    return seen or None


def clean_line(text: str, most: int = MOST_LINE) -> str | None:
    """The same on one line."""
    line = " ".join(_UNSEEN.sub("", _BREAKS.sub(" ", text)).split())[:most].strip()
    return line or None
