"""A reason not to remind a customer that comes from this service itself."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class UnreadFactHold:
    """A fact about the customer could not be read: nobody knows what it said, so nobody is reminded."""

    tenant: str
    customer_id: str
    hold_id: str
    version: int
    happened_at: datetime
