"""Exact money: whole minor units of one currency."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Money:
    """`amount_minor` counts the currency's smallest unit (cents for EUR, yen for JPY)."""

    amount_minor: int
    currency: str
