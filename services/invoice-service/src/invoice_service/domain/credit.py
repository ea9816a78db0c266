"""A customer's credit: money that the ERP has given to nothing, or that found nothing left to close."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from invoice_service.domain.money import Money

CreditKey = tuple[str, str]
"""Creditor and currency."""


@dataclass(frozen=True, slots=True)
class KnownCredit:
    """A credit as last published; `version` is Kulant's own, 0 before the first."""

    amount_minor: int = 0
    version: int = 0
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class CreditChanged:
    """The credit of a customer with one creditor in one currency is another sum than before."""

    customer_id: str
    creditor_id: str
    money: Money
    version: int
    happened_at: datetime

    @property
    def key(self) -> CreditKey:
        """Creditor and currency."""
        return self.creditor_id, self.money.currency


Credits = Mapping[CreditKey, KnownCredit]
