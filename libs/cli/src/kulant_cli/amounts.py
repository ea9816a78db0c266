"""Money as people write it."""

from collections.abc import Mapping

from kulant_contracts.money import Money


def amount(minor: int, currency: str) -> str:
    """`EUR 1,234.50`."""
    whole, _, fraction = Money.from_minor(abs(minor), currency).amount.partition(".")
    sign = "−" if minor < 0 else ""
    return f"{currency} {sign}{int(whole):,}" + (f".{fraction}" if fraction else "")


def amounts(by_currency: Mapping[str, int], between: str = " · ") -> str:
    """`EUR 1,234 · GBP 90`: what is not zero, in whole units."""
    told = [(currency, minor) for currency, minor in sorted(by_currency.items()) if minor]
    return between.join(amount(minor, currency).partition(".")[0] for currency, minor in told)
