"""Amounts, days and countries as readers of a language know them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, get_currency_symbol

from kulant_contracts.money import minor_digits
from notifier.domain.amount import Amount

# The same sums and days stand in many mails of a batch; formatting one anew costs more than all else in its line.
_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Tongue:
    """How one language writes: `12 March 2026`, `€1,234.50`; `12. März 2026`, `1.234,50 €`."""

    locale: str
    day: str
    short_day: str
    weekday: str
    moment: str
    is_symbol_first: bool
    zones: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Short names of time zones that the language has words of its own for."""

    def country(self, code: str) -> str:
        """The country's name, or its code where the language has no name for it."""
        return str(Locale.parse(self.locale).territories.get(code, code))


TONGUES: Final[Mapping[str, Tongue]] = {
    "en": Tongue("en_GB", "d MMMM y", "d MMM y", "EEEE, d MMMM y", "d MMMM y, HH:mm", is_symbol_first=True),
    "de": Tongue(
        "de_DE",
        "d. MMMM y",
        "dd.MM.y",
        "EEEE, d. MMMM y",
        "d. MMMM y, HH:mm 'Uhr'",
        is_symbol_first=False,
        zones={"CET": "MEZ", "CEST": "MESZ"},
    ),
}


@lru_cache(maxsize=_KEPT)
def money(tongue: Tongue, amount: Amount) -> str:
    """With exactly the currency's own minor digits: €1,234.50, CHF 1,234.50, JP¥119, KWD 1.234; 1.234,50 €."""
    digits = minor_digits(amount.currency)
    number = "#,##0" + (f".{'0' * digits}" if digits else "")
    if tongue.is_symbol_first:
        symbol = get_currency_symbol(amount.currency, locale=tongue.locale)
        pattern = f"¤\N{NO-BREAK SPACE}{number}" if symbol[-1].isalpha() else f"¤{number}"
    else:
        pattern = f"{number}\N{NO-BREAK SPACE}¤"
    pattern = f"{pattern};\N{MINUS SIGN}{pattern}"
    exact = Decimal(amount.amount_minor).scaleb(-digits)
    return format_currency(exact, amount.currency, format=pattern, locale=tongue.locale, currency_digits=False)


@lru_cache(maxsize=_KEPT)
def _formatted(locale: str, pattern: str, day: date) -> str:
    return format_date(day, pattern, locale=locale)


def long_day(tongue: Tongue, day: date) -> str:
    """For a sentence."""
    return _formatted(tongue.locale, tongue.day, day)


def short_day(tongue: Tongue, day: date) -> str:
    """For a table."""
    return _formatted(tongue.locale, tongue.short_day, day)


def weekday(tongue: Tongue, day: date) -> str:
    """With its name, for a day on which something is to happen."""
    return _formatted(tongue.locale, tongue.weekday, day)


def moment(tongue: Tongue, instant: datetime) -> str:
    """To the minute, with the zone."""
    zone = instant.tzname() or "UTC"
    # What a clock on the wall shows: the same instant in two zones would be one and the same key of the cache.
    clock = instant.replace(second=0, microsecond=0, tzinfo=None)
    return f"{_minute(tongue, clock)} {tongue.zones.get(zone, zone)}"


@lru_cache(maxsize=_KEPT)
def _minute(tongue: Tongue, clock: datetime) -> str:
    return format_datetime(clock, tongue.moment, locale=tongue.locale)
