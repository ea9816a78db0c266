"""One language of the page: its words, and amounts, days and moments as its people read them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone_name
from babel.numbers import format_decimal, get_currency_symbol
from markupsafe import Markup

from feedback_service.web.words import de, en
from kulant_contracts.money import minor_digits


@dataclass(frozen=True, slots=True)
class Tongue:
    """Words and forms of one language."""

    code: str
    locale: str
    words: dict[str, str]
    day_form: str
    short_day_form: str
    is_symbol_first: bool

    def say(self, key: str, **values: object) -> Markup:
        """The words of that key, with these values in them; a value is text, never markup, unless it is Markup."""
        return Markup(self.words[key]).format(**values)  # noqa: S704 -- our own file; format escapes the values

    def amount(self, amount_minor: int, currency: str) -> str:
        """€1,234.50 or 1.234,50 €, CHF 1,234.50, with the currency's own number of decimals."""
        symbol = get_currency_symbol(currency, locale=self.locale)
        figure, sign = self.plain_amount(abs(amount_minor), currency), "\N{MINUS SIGN}" if amount_minor < 0 else ""
        if not self.is_symbol_first:
            return f"{sign}{figure}\N{NO-BREAK SPACE}{symbol}"
        gap = "\N{NO-BREAK SPACE}" if symbol[-1].isalpha() else ""
        return f"{sign}{symbol}{gap}{figure}"

    def plain_amount(self, amount_minor: int, currency: str) -> str:
        """1,234.50, for a field that people type into."""
        digits = minor_digits(currency)
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(Decimal(amount_minor).scaleb(-digits), format=pattern, locale=self.locale)

    def day(self, on: date) -> str:
        """21 May 2026."""
        return format_date(on, self.day_form, locale=self.locale)

    def short_day(self, on: date) -> str:
        """The same in few letters."""
        return format_date(on, self.short_day_form, locale=self.locale)

    def moment(self, at: datetime) -> str:
        """21 May 2026, 14:05 (Central European Summer Time): the zone is named, the reader may be elsewhere."""
        time = format_datetime(at, "HH:mm", tzinfo=at.tzinfo, locale=self.locale)
        return f"{self.day(at.date())}, {time} ({get_timezone_name(at, locale=self.locale)})"

    def country(self, code: str) -> str:
        """Germany, for DE."""
        return str(Locale.parse(self.locale).territories.get(code, code))


ENGLISH = Tongue("en", "en_GB", en.WORDS, "d MMMM y", "d MMM y", is_symbol_first=True)
GERMAN = Tongue("de", "de_DE", de.WORDS, "d. MMMM y", "dd.MM.y", is_symbol_first=False)
TONGUES = {tongue.code: tongue for tongue in (ENGLISH, GERMAN)}


def tongue_of(*languages: str | None) -> Tongue:
    """The first of these languages (BCP 47) that the page speaks; English if there is none."""
    for language in languages:
        tongue = TONGUES.get((language or "").partition("-")[0].lower())
        if tongue is not None:
            return tongue
    return ENGLISH


def accepted(header: str) -> list[str]:
    """The languages that a browser asks for, in its order; their weights are passed over, as browsers sort them."""
    return [part.partition(";")[0].strip() for part in header[:200].split(",")]


def iban_groups(iban: str) -> list[str]:
    """DE89 3704 …: in fours, as banks print it."""
    return [iban[start : start + 4] for start in range(0, len(iban), 4)]
