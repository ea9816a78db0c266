"""Shows a customer's account over a period."""

from collections.abc import Sequence
from datetime import date

from invoice_service.domain.statement import Statement, statements
from invoice_service.usecases.views import Views


async def show_statement(
    views: Views, tenant: str, customer_id: str, first: date, last: date
) -> Sequence[Statement] | None:
    """The statements by creditor and currency, both days included; None where nothing is known of the customer."""
    account = await views.account(tenant, customer_id)
    return statements(account, first, last) if account else None
