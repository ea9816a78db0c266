"""Why an item rests although it is overdue: holds, promises, and the customer's word that it was paid."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dunning_engine.domain.answers import Hold, PaymentClaim, Promise
from dunning_engine.domain.calendar import ONE_DAY, Calendar
from dunning_engine.domain.facts import Facts, Item
from dunning_engine.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Rest:
    """An item rests through `through_on`; None: until somebody says otherwise."""

    rule: str
    through_on: date | None
    facts: dict[str, str | int]

    def resumes_at(self, calendar: Calendar) -> datetime | None:
        """When the item may be spoken about again."""
        return None if self.through_on is None else calendar.start_of(self.through_on + ONE_DAY)


def rests_of(item: Item, facts: Facts, policy: Policy, calendar: Calendar, now: datetime) -> tuple[Rest, ...]:
    """All rests of an item that last at `now`, the longest first."""
    today = calendar.day_of(now)
    lasting = [
        rest
        for rest in _all_rests(item, facts, policy, calendar)
        if rest.through_on is None or rest.through_on >= today
    ]
    return tuple(sorted(lasting, key=_longest_first))


def _longest_first(rest: Rest) -> tuple[int, str, str]:
    return -(rest.through_on or date.max).toordinal(), rest.rule, str(rest.facts)


def _all_rests(item: Item, facts: Facts, policy: Policy, calendar: Calendar) -> Iterator[Rest]:
    for hold in facts.holds:
        if _is_held(item, hold):
            yield Rest("held", hold.until_on, {"hold_id": hold.hold_id, "scope": hold.scope, "reason": hold.reason})
    for promise in facts.promises:
        if _is_meant(item, promise, facts, calendar):
            yield _rest_of_promise(promise, policy.rests.promise_grace_days)
    for claim in facts.claims:
        if _is_meant(item, claim, facts, calendar):
            through_on = calendar.day_of(claim.said_at) + timedelta(days=policy.rests.claim_most_days)
            yield Rest("payment_claimed", through_on, {"response_id": claim.response_id})


def _rest_of_promise(promise: Promise, grace_days: int) -> Rest:
    words: dict[str, str | int] = {"response_id": promise.response_id, "promised_on": promise.on.isoformat()}
    return Rest("promised", promise.on + timedelta(days=grace_days), words)


def _is_held(item: Item, hold: Hold) -> bool:
    match hold.scope:
        case "invoice":
            return hold.scope_id == item.invoice_id
        case "item":
            return hold.scope_id == item.item_id
        case _:  # the customer; a scope that is not understood rests everything rather than nothing
            return True


def _is_meant(item: Item, word: Promise | PaymentClaim, facts: Facts, calendar: Calendar) -> bool:
    about = word.about
    if about.item_id is not None:
        return about.item_id == item.item_id
    answered = next((r for r in facts.reminders if r.reminder_id == about.reminder_id), None)
    if answered is not None:
        return any(requested.key == item.key for requested in answered.items)
    return about.currency in (None, item.currency) and item.issued_on <= calendar.day_of(word.said_at)
