"""The ERP's own words about what it had said before: contested, returned, corrected, known better."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Literal

from kulant_cli.book import Correction, Creditor, Dispute, NewAddress, Return
from kulant_cli.entries import morning
from kulant_cli.facts import Fact, customer_changed, invoice_issued
from kulant_contracts import erp, erp_changes
from kulant_contracts.envelope import EventData
from kulant_contracts.money import Money


def disputed(dispute: Dispute, earliest: datetime) -> Iterator[Fact]:
    """The hold on a contested item, and its end; nothing before the earliest moment."""
    held_at = max(morning(dispute.from_on), earliest)
    yield Fact(held_at, hold_changed(dispute, "set", version=1))
    if dispute.until_on is not None:
        lifted_at = max(morning(dispute.until_on), held_at)
        yield Fact(lifted_at, hold_changed(dispute, "lifted", version=2))


def hold_changed(dispute: Dispute, state: Literal["set", "lifted"], *, version: int) -> EventData:
    """The ERP holds an item because its customer contests it, or holds it no longer."""
    return erp_changes.ErpHoldChangedV1(
        version=version,
        customer_id=dispute.customer_id,
        hold_id=f"dispute-{dispute.item_id}",
        state=state,
        scope="item",
        scope_id=dispute.item_id,
        invoice_id=dispute.invoice_id,
        reason="dispute",
    )


def payment_reversed(returned: Return) -> EventData:
    """The bank took a payment back."""
    payment = returned.payment
    is_debit = payment.method == "direct_debit"
    return erp_changes.ErpPaymentReversedV1(
        creditor_id=payment.creditor_id,
        customer_id=payment.customer_id,
        payment_id=payment.payment_id,
        reversed_on=returned.at.date(),
        reason_code=returned.reason_code,
        mandate_usable=False if is_debit else None,
    )


def correction_made(correction: Correction) -> EventData:
    """The invoice was too high: an adjustment of its item, a credit note, or the whole invoice anew."""
    invoice = correction.invoice
    money = Money.from_minor(correction.minor, invoice.currency)
    if correction.way == "new_version":
        return invoice_issued(replace(invoice, amount_minor=invoice.amount_minor - correction.minor), version=2)
    if correction.way == "credit_note":
        allocation = erp.Allocation(invoice_id=invoice.invoice_id, item_id=invoice.item_id, money=money)
        return erp_changes.ErpCreditNoteIssuedV1(
            creditor_id=invoice.creditor_id,
            customer_id=invoice.customer_id,
            credit_note_id=f"CN-{invoice.invoice_id}",
            issued_on=correction.at.date(),
            money=money,
            effect="correction",
            allocations=(allocation,),
        )
    return erp_changes.ErpItemAdjustedV1(
        creditor_id=invoice.creditor_id,
        customer_id=invoice.customer_id,
        adjustment_id=f"A-{invoice.invoice_id}",
        invoice_id=invoice.invoice_id,
        item_id=invoice.item_id,
        money=money,
        on=correction.at.date(),
        kind="correction",
    )


def address_changed(better: NewAddress, creditor: Creditor) -> EventData:
    """The customer with the address that the ERP learned of."""
    customer = better.customer
    return customer_changed(replace(customer, email=customer.new_email or customer.email), creditor, version=2)
