"""Shows a customer and what it owes."""

from collections.abc import Mapping

from invoice_service.domain.account import Account
from invoice_service.domain.balance import Balance, balances
from invoice_service.usecases.views import Views


async def show_customer(views: Views, tenant: str, customer_id: str) -> tuple[Account, Mapping[str, Balance]] | None:
    """The account and its balances by currency; None where nothing is known."""
    account = await views.account(tenant, customer_id)
    return (account, balances(account)) if account else None
