"""Money as people write it."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from kulant_contracts.money import Money


def amount(minor: int, currency: str) -> str:
    """`EUR 1,234.50`."""
    whole, _, fraction = Money.from_minor(abs(minor), currency).amount.partition(".")
    sign = "−" if minor < 0 else ""
    return f"{currency} {sign}{int(whole):,}" + (f".{fraction}" if fraction else "")


def whole_amount(minor: int, currency: str) -> str:
    """`EUR 1,235`: rounded to whole units, halves up."""
    exact = Decimal(Money.from_minor(abs(minor), currency).amount)
    sign = "−" if minor < 0 else ""
    return f"{currency} {sign}{exact.quantize(Decimal(1), ROUND_HALF_UP):,}"


def amounts(by_currency: Mapping[str, int]) -> str:
    """`EUR 1,234 · GBP 90`: what is not zero, in whole units."""
    told = [(currency, minor) for currency, minor in sorted(by_currency.items()) if minor]
    return " · ".join(whole_amount(minor, currency) for currency, minor in told)
