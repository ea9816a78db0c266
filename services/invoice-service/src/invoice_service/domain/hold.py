"""Reasons not to remind: those that the ERP states, and those of this service's own."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

UNREAD_FACT = "unread_fact"
BALANCE_DIFFERS = "balance_differs"
OWN_PREFIXES = (f"{UNREAD_FACT}:", f"{BALANCE_DIFFERS}:")


@dataclass(frozen=True, slots=True)
class Hold:
    """Whole state of a hold; `version` is the ERP's, 0 for one of Kulant's own.

    `details` are scope, reason, sum and end as they are on the wire.
    """

    tenant: str
    customer_id: str
    hold_id: str
    version: int
    is_set: bool
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_own(self) -> bool:
        """Whether this service alone sets and lifts it."""
        return self.hold_id.startswith(OWN_PREFIXES)


@dataclass(frozen=True, slots=True)
class KnownHold:
    """A hold, and how it was last published: under which version of Kulant's own, by which event."""

    hold: Hold
    is_announced: bool = False
    announced_version: int = 0
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class HoldChanged:
    """A hold was set, lifted or changed."""

    hold: Hold
    version: int
    happened_at: datetime


def unread_fact_hold(tenant: str, customer_id: str, place: str, *, is_set: bool) -> Hold:
    """The hold of a customer about whom the fact at this place (topic/partition/offset) could not be read."""
    details = {"scope": "customer", "reason": UNREAD_FACT}
    return Hold(tenant, customer_id, f"{UNREAD_FACT}:{place}", 0, is_set, details)


def balance_hold(tenant: str, customer_id: str, item: tuple[str, str], *, is_set: bool) -> Hold:
    """The hold of an item (invoice and item id) whose balance is another one by the ERP's books."""
    invoice_id, item_id = item
    details = {"scope": "item", "scope_id": item_id, "invoice_id": invoice_id, "reason": BALANCE_DIFFERS}
    return Hold(tenant, customer_id, balance_hold_id(item), 0, is_set, details)


def balance_hold_id(item: tuple[str, str]) -> str:
    """One id for one item; two ids together may be longer than one may be."""
    digest = hashlib.sha256("\0".join(item).encode()).hexdigest()
    return f"{BALANCE_DIFFERS}:{digest[:32]}"
