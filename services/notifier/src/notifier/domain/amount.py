"""Money as the domain knows it: exact minor units of a currency."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Amount:
    """So many minor units of a currency: 11900 EUR are 119.00 euros."""

    amount_minor: int
    currency: str
