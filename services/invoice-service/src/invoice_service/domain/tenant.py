"""The organisation that uses Kulant and the legal entities it collects for, as the ERP last told them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from invoice_service.domain.place import Place


class Mode(StrEnum):
    """Whether the tenant lives in real time or has a clock that can be moved."""

    LIVE = "live"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Tenant:
    """Whole state of `tenant.changed`; `told_at` is the event's own time, `details` are carried through as told."""

    tenant: str
    version: int
    mode: Mode
    place: Place
    told_at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def lead_days(self) -> int:
        """How many days before its due date an item is said to be due soon; 0: it is not said."""
        return int(self.details.get("lead_days") or 0)


@dataclass(frozen=True, slots=True)
class KnownTenant:
    """A tenant as told; the other two are versions of Kulant's own: of the last announcement, and of its settings."""

    tenant: Tenant
    announced_version: int = 0
    settings_version: int = 0


@dataclass(frozen=True, slots=True)
class Creditor:
    """Whole state of `creditor.changed`; `details` are carried through as told."""

    tenant: str
    creditor_id: str
    version: int
    place: Place
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownCreditor:
    """A creditor as told; `announced_version` is Kulant's own of the last announcement, 0 before the first."""

    creditor: Creditor
    announced_version: int = 0
