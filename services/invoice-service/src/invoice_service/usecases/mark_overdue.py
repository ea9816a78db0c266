"""Looks at customers because time passed, or because their tenant's settings changed."""

from collections.abc import Sequence
from contextlib import ExitStack

from invoice_service.domain.account import Account
from invoice_service.domain.fact import CustomerFact
from invoice_service.domain.trail import Trail
from invoice_service.usecases.ports import AccountKey, Tracing, UnitOfWork, Wanted
from invoice_service.usecases.settle_accounts import Changed, TrailOf, invoice_of, settle_accounts


async def mark_overdue(uow: UnitOfWork, tracing: Tracing, keys: Sequence[AccountKey]) -> None:
    """Publishes what became due or overdue by now and arms the next look at each of these customers."""
    loaded = await uow.accounts.load([Wanted(key) for key in keys])
    with ExitStack() as spans:
        changes = [Changed(account, account, _trails(account, tracing, spans)) for account in loaded.accounts.values()]
        await settle_accounts(uow, changes)


def _trails(account: Account, tracing: Tracing, spans: ExitStack) -> TrailOf:
    """One span for each invoice that something became of, opened when the first fact asks for it."""
    opened: dict[str, Trail] = {}

    def trail_of(fact: CustomerFact) -> Trail:
        invoice = invoice_of(fact)
        if invoice is None:
            return Trail()
        invoice_id = invoice.invoice_id
        if invoice_id not in opened:
            opened[invoice_id] = spans.enter_context(tracing.turn_of(account.invoices[invoice_id]))
        return opened[invoice_id]

    return trail_of
