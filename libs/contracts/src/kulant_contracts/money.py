"""Money on the wire: a decimal string with exactly the minor digits of its currency; never a float."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from kulant_contracts.wire import Wire

# ISO 4217, all currencies in use or withdrawn so lately that invoices in them may still be open.
_NO_MINOR_UNIT: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_TWO_DIGITS: Final = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
    CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK
    HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
    MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP
    SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG
    YER ZAR ZMW ZWG ZWL
"""
_THREE_DIGITS: Final = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DIGITS: Final = "CLF UYW"

_MINOR_DIGITS: Final[dict[str, int]] = {
    currency: digits
    for digits, currencies in ((0, _NO_MINOR_UNIT), (2, _TWO_DIGITS), (3, _THREE_DIGITS), (4, _FOUR_DIGITS))
    for currency in currencies.split()
}
GREATEST_DIGITS: Final = 15
_TOO_MUCH: Final = 10**GREATEST_DIGITS


def _form(digits: int) -> re.Pattern[str]:
    """Amounts with this many minor digits: no leading zeros, no minus zero, not too many digits."""
    whole = rf"(?:0|[1-9][0-9]{{0,{GREATEST_DIGITS - 1 - digits}}})"
    part = rf"\.[0-9]{{{digits}}}" if digits else ""
    return re.compile(rf"(?!-[0.]+\Z)-?{whole}{part}")


_IS_AMOUNT: Final = {currency: _form(digits).fullmatch for currency, digits in _MINOR_DIGITS.items()}


def minor_digits(currency: str) -> int:
    """Digits after the point in amounts of this currency; ValueError for a code that ISO 4217 does not have."""
    try:
        return _MINOR_DIGITS[currency]
    except KeyError:
        raise ValueError("unknown currency") from None


class AmountTooLarge(ValueError):
    """A sum has more digits than an amount may have, although each of its parts has not."""


class _OneOfThese:
    """A currency is one of a fixed list of words; the schema shows their form instead of all of them."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(list(_MINOR_DIGITS))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": "^[A-Z]{3}$"}


Currency = Annotated[str, _OneOfThese()]


class Money(Wire):
    """An exact amount in one currency."""

    amount: Annotated[str, Field(strict=True)] = Field(
        description="Decimal number with exactly the minor digits of the currency, at most 15 digits in all: "
        "119.00 EUR, 119 JPY, 119.000 KWD",
        json_schema_extra={"pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$"},
    )
    currency: Currency = Field(description="ISO 4217 code")

    @model_validator(mode="after")
    def _has_exactly_the_minor_digits(self) -> Self:
        if not _IS_AMOUNT[self.currency](self.amount):
            raise PydanticCustomError("amount_malformed", "not an amount with the minor digits of the currency")
        return self

    @property
    def amount_minor(self) -> int:
        """The amount in minor units of the currency: 11900 for 119.00 EUR."""
        return int(self.amount.replace(".", ""))

    @classmethod
    def from_minor(cls, amount_minor: int, currency: str) -> Self:
        """The money that this many minor units are; ValueError for an unknown currency, AmountTooLarge."""
        digits = minor_digits(currency)
        if abs(amount_minor) >= _TOO_MUCH:
            raise AmountTooLarge(f"more than {GREATEST_DIGITS} digits")
        sign = "-" if amount_minor < 0 else ""
        text = str(abs(amount_minor)).rjust(digits + 1, "0")
        amount = f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else f"{sign}{text}"
        return cls(amount=amount, currency=currency)


def _not_negative(money: Money) -> Money:
    if money.amount[0] == "-":
        raise PydanticCustomError("amount_negative", "amount must not be negative")
    return money


Owed = Annotated[Money, AfterValidator(_not_negative)]


def check_one_currency(currency: str, monies: Sequence[Money]) -> None:
    """Refuses amounts in any other currency."""
    for money in monies:
        if money.currency != currency:
            raise PydanticCustomError("currencies_differ", "amounts are in different currencies")


def sum_minor(monies: Sequence[Money]) -> int:
    """The sum in minor units; the caller has checked that the currency is one."""
    return sum([int(money.amount.replace(".", "")) for money in monies])
