"""What a customer owes and has paid too much, by currency."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from invoice_service.domain.account import Account
from invoice_service.domain.invoice import ItemState
from invoice_service.domain.payment import spread_payments


@dataclass(frozen=True, slots=True)
class Balance:
    """Sums in minor units: all that is open, the overdue part of it, and money that closed nothing."""

    open_minor: int = 0
    overdue_minor: int = 0
    credit_minor: int = 0


def balances(account: Account) -> Mapping[str, Balance]:
    """The balances of an account with all its invoices and payments.

    What it paid for another customer's invoice is no credit of its own; what others paid too much for its invoices is.
    """
    found: dict[str, Balance] = {}

    def add(currency: str, *, opened: int = 0, overdue: int = 0, credit: int = 0) -> None:
        before = found.get(currency, Balance())
        found[currency] = replace(
            before,
            open_minor=before.open_minor + opened,
            overdue_minor=before.overdue_minor + overdue,
            credit_minor=before.credit_minor + credit,
        )

    payments = account.payments_by_invoice()
    for invoice_id, known in account.invoices.items():
        currency = known.invoice.currency
        add(currency, credit=spread_payments(known.invoice, payments.get(invoice_id, ())).excess_minor)
        for standing in known.standings.values():
            is_overdue = standing.state is ItemState.OVERDUE
            add(currency, opened=standing.open_minor, overdue=standing.open_minor if is_overdue else 0)
    for payment in account.counting_payments():
        if payment.customer_id != account.customer_id:
            continue
        add(payment.money.currency, credit=payment.money.amount_minor)
        for allocation in payment.allocations:
            own = account.invoices.get(allocation.invoice_id)
            invoice_currency = own.invoice.currency if own else account.others_invoices.get(allocation.invoice_id)
            if invoice_currency == allocation.paid.currency or allocation.is_for_cost:
                add(payment.money.currency, credit=-allocation.paid.amount_minor)
    return found
