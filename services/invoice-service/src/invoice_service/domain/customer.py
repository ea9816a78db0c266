"""The debtor account as the ERP last told it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Customer:
    """Whole state of `customer.changed`; `details` are carried through as told."""

    tenant: str
    customer_id: str
    version: int
    time_zone: str | None = None
    country: str | None = None
    region: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
