"""Money as people write it."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from kulant_contracts.money import Money


def amount(minor: int, currency: str) -> str:
    """`EUR 1,234.50`."""
    return _told(_exact(minor, currency), currency)


def whole_amount(minor: int, currency: str) -> str:
    """`EUR 1,235`: rounded to whole units, halves up."""
    return _told(_exact(minor, currency).quantize(Decimal(1), ROUND_HALF_UP), currency)


def amounts(by_currency: Mapping[str, int]) -> str:
    """`EUR 1,234 · GBP 90`: what is not zero, in whole units."""
    told = [(currency, minor) for currency, minor in sorted(by_currency.items()) if minor]
    return " · ".join(whole_amount(minor, currency) for currency, minor in told)


def _exact(minor: int, currency: str) -> Decimal:
    return Decimal(Money.from_minor(abs(minor), currency).amount).copy_sign(Decimal(minor))


def _told(value: Decimal, currency: str) -> str:
    return f"{currency} {value:,}".replace("-", "−")
