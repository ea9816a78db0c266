"""What a customer owes and has paid too much, by currency, and by creditor where it is credit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from invoice_service.domain.account import Account
from invoice_service.domain.credit import CreditKey
from invoice_service.domain.invoice import ItemState
from invoice_service.domain.payment import Booked


@dataclass(frozen=True, slots=True)
class Balance:
    """Sums in minor units: all that is open, the overdue part of it, and money that closed nothing."""

    open_minor: int = 0
    overdue_minor: int = 0
    credit_minor: int = 0


def credits_of(account: Account, payments: Iterable[Booked] | None = None) -> dict[CreditKey, int]:
    """The customer's credit with each creditor: what the ERP gave to nothing, and what closed nothing.

    What it paid for another customer's invoice is no credit of its own; what others paid too much for its invoices is.
    `payments` are the account's, where the caller has them at hand.
    """
    found: dict[CreditKey, int] = {}
    for booked in account.booked() if payments is None else payments:
        payment = booked.payment
        if booked.counts and payment.customer_id == account.customer_id:
            key = (payment.creditor_id, payment.money.currency)
            found[key] = found.get(key, 0) + payment.unallocated_minor
    for known in account.invoices.values():
        if known.excess_minor:
            key = (known.invoice.creditor_id, known.invoice.currency)
            found[key] = found.get(key, 0) + known.excess_minor
    return {key: minor for key, minor in found.items() if minor > 0}


def balances(account: Account) -> Mapping[str, Balance]:
    """The balances of an account with all its invoices and payments, by currency."""
    found: dict[str, Balance] = {}
    for known in account.invoices.values():
        currency = known.invoice.currency
        for standing in known.standings.values():
            before = found.get(currency, Balance())
            overdue = standing.open_minor if standing.state is ItemState.OVERDUE else 0
            found[currency] = replace(
                before,
                open_minor=before.open_minor + standing.open_minor,
                overdue_minor=before.overdue_minor + overdue,
            )
    for (_, currency), credit in credits_of(account).items():
        before = found.get(currency, Balance())
        found[currency] = replace(before, credit_minor=before.credit_minor + credit)
    return found
