"""What an ERP took back: an invoice is void, a payment came back, a credit note is void."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What an id is the id of; each kind has ids of its own."""

    INVOICE = "invoice"
    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Takes back the entity of this kind and id, unless that was told anew in a higher version.

    It may come before what it is about. `details` are carried through as told.
    """

    tenant: str
    customer_id: str
    kind: Kind
    entity_id: str
    version: int
    on: date
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> tuple[Kind, str]:
        """What it takes back."""
        return self.kind, self.entity_id
