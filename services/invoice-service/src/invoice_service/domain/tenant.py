"""The organisation that uses Kulant and the legal entities it collects for, as the ERP last told them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Mode(StrEnum):
    """Whether the tenant lives in real time or has a clock that can be moved."""

    LIVE = "live"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Tenant:
    """Whole state of `tenant.changed`; `told_at` is the event's own time."""

    tenant: str
    version: int
    mode: Mode
    time_zone: str
    told_at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Creditor:
    """Whole state of `creditor.changed`; `details` are carried through as told."""

    tenant: str
    creditor_id: str
    version: int
    time_zone: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Zones:
    """Where days begin for those who did not say so themselves."""

    tenant: str
    creditors: Mapping[str, str] = field(default_factory=dict)

    def of(self, creditor_id: str, customer_zone: str | None) -> str:
        """The customer's own zone, else the creditor's, else the tenant's."""
        return customer_zone or self.creditors.get(creditor_id) or self.tenant
