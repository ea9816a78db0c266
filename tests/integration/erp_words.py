"""Facts of an ERP in their shortest form, for stories."""

from datetime import date, datetime, timedelta
from typing import Any

from kulant_contracts import erp, erp_changes
from kulant_contracts.envelope import EventData
from kulant_contracts.money import Money
from kulant_contracts.party import BankAccount
from kulant_contracts.terms import DirectDebit, PaymentTerms, PriorDunning


def eur(minor: int, currency: str = "EUR") -> Money:
    """Money of so many minor units."""
    return Money.from_minor(minor, currency)


def issued(
    invoice_id: str,
    due_on: date | None,
    *,
    customer_id: str = "C1",
    minor: int = 11_900,
    currency: str = "EUR",
    creditor_id: str = erp.MAIN_CREDITOR,
    dunning: PriorDunning | None = None,
    direct_debit: DirectDebit | None = None,
    version: int = 1,
    **changes: Any,
) -> EventData:
    """An invoice of one item, issued two weeks before it is due."""
    issued_on = (due_on or date(2026, 3, 4)) - timedelta(days=14)
    money = eur(minor, currency)
    return erp.ErpInvoiceIssuedV1(
        version=version,
        creditor_id=creditor_id,
        customer_id=customer_id,
        invoice_id=invoice_id,
        number=f"R-{invoice_id}",
        issued_on=issued_on,
        currency=currency,
        total=money,
        due_basis="agreed",
        opening=True if dunning else None,
        payment=PaymentTerms(reference=f"R-{invoice_id}", direct_debit=direct_debit),
        items=(erp.ErpInvoiceItem(item_id="1", due_on=due_on, amount=money, dunning=dunning),),
        **changes,
    )


def paid(
    payment_id: str, invoice_id: str, on: date, minor: int, *, customer_id: str = "C1", **changes: Any
) -> EventData:
    """A payment that is wholly allocated to one invoice."""
    money = eur(minor)
    return erp.ErpPaymentReceivedV1(
        version=1,
        customer_id=customer_id,
        payment_id=payment_id,
        received_on=on,
        money=money,
        allocations=(erp.Allocation(invoice_id=invoice_id, item_id="1", money=money),),
        **changes,
    )


def checked(until_at: datetime, creditor_id: str = erp.MAIN_CREDITOR) -> EventData:
    """All payments up to a moment have been told."""
    return erp_changes.ErpPaymentsCheckedV1(creditor_id=creditor_id, seen_until_at=until_at)


def creditor(creditor_id: str, legal_name: str, like: erp.ErpCreditorChangedV1) -> EventData:
    """One more creditor of the tenant."""
    account = BankAccount(account_id="eur", iban="DE89370400440532013000", holder=legal_name)
    return like.model_copy(update={"creditor_id": creditor_id, "legal_name": legal_name, "bank_accounts": (account,)})
