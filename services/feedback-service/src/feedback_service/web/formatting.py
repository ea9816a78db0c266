"""Amounts, days and moments as people read them; exact, and in the words of the page's one language."""

from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone_name
from babel.numbers import format_decimal, get_currency_symbol

from kulant_contracts.money import minor_digits

_LOCALE = "en_GB"


def _exact(amount_minor: int, currency: str) -> Decimal:
    return Decimal(amount_minor).scaleb(-minor_digits(currency))


def amount(amount_minor: int, currency: str) -> str:
    """€1,234.50, or CHF 1,234.50, with the currency's own number of decimals."""
    symbol = get_currency_symbol(currency, locale=_LOCALE)
    gap = "\N{NO-BREAK SPACE}" if symbol[-1].isalpha() else ""
    return f"{symbol}{gap}{plain_amount(amount_minor, currency)}"


def plain_amount(amount_minor: int, currency: str) -> str:
    """1,234.50, for a field that people type into."""
    digits = minor_digits(currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(_exact(amount_minor, currency), format=pattern, locale=_LOCALE)


def day(on: date) -> str:
    """21 May 2026."""
    return format_date(on, "d MMMM y", locale=_LOCALE)


def short_day(on: date) -> str:
    """21 May 2026, with the month in at most four letters."""
    return format_date(on, "d MMM y", locale=_LOCALE)


def time_of_day(at: datetime) -> str:
    """14:05 (Central European Summer Time): the zone is named, for the reader may be elsewhere."""
    return f"{format_datetime(at, 'HH:mm', tzinfo=at.tzinfo, locale=_LOCALE)} ({get_timezone_name(at, locale=_LOCALE)})"


def country(code: str) -> str:
    """Germany, for DE."""
    return str(Locale.parse(_LOCALE).territories.get(code, code))


def iban_groups(iban: str) -> list[str]:
    """DE89 3704 …: in fours, as banks print it."""
    return [iban[start : start + 4] for start in range(0, len(iban), 4)]
