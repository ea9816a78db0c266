"""What people ask of the engine, and the words in which it refuses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dunning_engine.domain.answers import About
from dunning_engine.domain.facts import Item
from dunning_engine.usecases.ports import Known, Occasion, Work


class NotThere(Exception):
    """This customer has no such thing, or not any more."""


class Refused(Exception):
    """It cannot be done as asked; `code` is stable, the message says why."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True)
class Whose:
    """The customer that a person acts for; its row is locked."""

    key: str
    tenant: str

    def occasion(self, action: str, subject: str) -> Occasion:
        """The cause that goes on record with what is decided now."""
        return Occasion(self.key, self.tenant, types=(f"api.{action}",), event_ids=(subject,))


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount in a currency's minor units."""

    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class HoldAsked:
    """A reason not to remind, as a person gives it."""

    scope: str
    reason: str
    scope_id: str | None = None
    invoice_id: str | None = None
    money: Sum | None = None
    until_on: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PromiseAsked:
    """A promise that a person was given, on the phone, say."""

    on: date
    money: Sum | None = None
    invoice_id: str | None = None
    item_id: str | None = None

    @property
    def about(self) -> About:
        """What it is about, as answers on other channels say it."""
        return About(self.item_id, self.money.currency if self.money else None, None, self.invoice_id)


async def known_of(work: Work, whose: Whose) -> Known:
    """What is known about the customer. Raises NotThere for one whose own facts have not arrived."""
    known = (await work.load([whose.key], await work.now(whose.tenant)))[whose.key]
    if known.customer is None:
        raise NotThere
    return known


def today_of(known: Known, now: datetime) -> date:
    """The day where the customer is."""
    assert known.customer is not None  # `known_of` raises where nobody is known
    return now.astimezone(ZoneInfo(known.customer.time_zone)).date()


def require_owed(
    items: Iterable[Item], invoice_id: str | None, item_id: str | None, currency: str | None = None
) -> None:
    """Raises Refused where nothing is owed on what was named, in that currency: most likely a slip of the pen."""
    if invoice_id is None and item_id is None and currency is None:
        return
    named = (i for i in items if invoice_id in (None, i.invoice_id) and item_id in (None, i.item_id))
    if not any(currency in (None, item.currency) for item in named):
        raise Refused("nothing-owed", "Nothing is owed on that invoice or item, or not in that currency.")
