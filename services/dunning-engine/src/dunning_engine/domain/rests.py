"""What of an item rests although it is owed: all of it, or parts that make a message ask for less."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from dunning_engine.domain.answers import ItemKey
from dunning_engine.domain.facts import CreditLine, Item

CREDIT_CODES: Mapping[str, str] = MappingProxyType(
    {"promised": "promised", "disputed": "disputed", "payment_claimed": "claimed"}
)
"""By rule, the contract's word for a part that rests; any other: `held`."""


_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rest:
    """Why an item rests, and when the clock alone may change it; None: until somebody says something.

    `amount_minor`: only so much of it; None: all of it.
    """

    rule: str
    until_at: datetime | None
    facts: Mapping[str, str | int]
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Resting:
    """All rests of one item: the longest of those that cover all of it, and the parts otherwise."""

    whole: Rest | None = None
    parts: tuple[Rest, ...] = ()

    @property
    def looks(self) -> tuple[datetime, ...]:
        """When a part may end."""
        return tuple(rest.until_at for rest in self.parts if rest.until_at is not None)


NOTHING_RESTS = Resting()


def combined(item: Item, rests: Iterable[Rest]) -> Resting:
    """The rests of one item together: parts that add up to all that is open are as good as a whole one."""
    in_order = sorted(rests, key=_longest_first)
    whole = next((rest for rest in in_order if rest.amount_minor is None), None)
    parts = tuple(rest for rest in in_order if rest.amount_minor)
    if whole is None and parts and sum(rest.amount_minor or 0 for rest in parts) >= item.open_minor:
        whole = parts[0]
    return Resting(whole, parts)


def credit_lines(item: Item, resting: Resting) -> tuple[CreditLine, ...]:
    """By how much a message that names this item asks for less, one line per kind; never more than is open."""
    sums: dict[str, int] = {}
    left = item.open_minor
    if resting.whole is not None and resting.whole.amount_minor is None:
        return (CreditLine(_code(resting.whole), left, item.key),)
    for rest in sorted(resting.parts, key=lambda rest: (_code(rest), _longest_first(rest))):
        share = min(left, rest.amount_minor or 0)
        left -= share
        sums[_code(rest)] = sums.get(_code(rest), 0) + share
    return tuple(CreditLine(code, amount, item.key) for code, amount in sorted(sums.items()) if amount)


def grouped(items: Iterable[Item], found: Iterable[tuple[ItemKey, Rest]]) -> dict[ItemKey, Resting]:
    """The rests that the rules found, by item; an item without one is not in it."""
    by_key: dict[ItemKey, list[Rest]] = {}
    for key, rest in found:
        by_key.setdefault(key, []).append(rest)
    return {item.key: combined(item, by_key[item.key]) for item in items if item.key in by_key}


def _code(rest: Rest) -> str:
    return CREDIT_CODES.get(rest.rule, "held")


def _longest_first(rest: Rest) -> tuple[timedelta, str, str]:
    return _NEVER - (rest.until_at or _NEVER), rest.rule, str(sorted(rest.facts.items()))
