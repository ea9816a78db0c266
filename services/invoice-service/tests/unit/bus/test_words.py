"""From the contracts' words to the domain's, and back."""

import pytest
from invoice_builders import a_place, an_account, reckoned
from invoice_wire import (
    NOW,
    creditor_changed,
    customer_changed,
    eur,
    event,
    invoice_issued,
    payment_received,
    tenant_changed,
)

from invoice_service.bus.incoming import describe, to_told
from invoice_service.bus.outgoing import to_event
from invoice_service.domain.fact import CreditorChanged, CustomerChanged, InvoiceRegistered, TenantChanged
from invoice_service.domain.money import Money
from kulant_chassis.transaction import Cause
from kulant_contracts.case import CaseClosedV1
from kulant_contracts.erp import ErpInvoiceIssuedV1, ErpPaymentReceivedV1


def fact_of(erp_event):
    return to_told(erp_event, Cause()).fact


def test_an_invoice_keeps_all_that_the_erp_said():
    told = invoice_issued(
        claim="fee",
        subject="Repair",
        order_number="PO 7",
        payment={"reference": "RF18 5390 0754 7034", "account_id": "a1"},
        terms_text="30 days",
    )
    account = an_account(fact_of(told))

    (registered,) = reckoned(account, NOW).facts

    assert isinstance(registered, InvoiceRegistered)
    said = to_event(registered)
    assert (said.total.amount, said.claim, said.terms_text) == ("119.00", "fee", "30 days")
    (item,) = said.items
    assert (item.claim, item.subject, item.order_number) == ("fee", "Repair", "PO 7")
    assert (item.payment_reference, item.account_id) == ("RF18 5390 0754 7034", "a1")
    assert (item.amount.amount, item.open.amount, item.state) == ("119.00", "119.00", "open")


def test_a_customer_is_told_with_its_place():
    customer = fact_of(customer_changed(contacts=[{"contact_id": "k", "channel": "email", "address": "a@b.example"}]))

    said = to_event(CustomerChanged(customer, a_place(region="BE"), 7, NOW))

    assert (said.version, said.time_zone, said.country, said.region) == (7, "Europe/Berlin", "DE", "BE")
    assert said.contacts[0].contact_id == "k"


def test_tenant_and_creditor_keep_all_that_the_erp_said():
    tenant = to_event(TenantChanged(fact_of(tenant_changed(lead_days=3)), NOW, 9, 8, NOW))
    creditor = to_event(CreditorChanged(fact_of(creditor_changed(register="HRB 1")), 9, NOW))

    assert (tenant.lead_days, tenant.version, tenant.settings_version, tenant.test_now_at) == (3, 9, 8, NOW)
    assert (creditor.legal_name, creditor.register_entry, creditor.version) == ("Acme GmbH", "HRB 1", 9)


def test_without_a_version_the_events_time_counts():
    data = ErpPaymentReceivedV1.model_validate(
        {"customer_id": "c", "payment_id": "p", "received_on": "2026-01-01", "money": eur("1.00")}
    )

    assert fact_of(event(data)).version == 1_772_366_400_000_000


def test_deductions_and_costs_of_an_allocation_are_told_apart():
    data = ErpPaymentReceivedV1.model_validate(
        {
            "customer_id": "c",
            "payment_id": "p",
            "received_on": "2026-01-01",
            "money": eur("10.00"),
            "allocations": [
                {"invoice_id": "i", "money": eur("9.00"), "deduction": {"money": eur("0.50"), "reason": "discount"}},
                {"invoice_id": "i", "cost_id": "k", "money": eur("1.00")},
            ],
        }
    )

    item, cost = fact_of(event(data)).allocations

    assert (item.paid, item.deducted_minor, item.closes_minor) == (Money(900, "EUR"), 50, 950)
    assert (cost.paid, cost.closes_minor) == (Money(100, "EUR"), 0)


def test_spans_name_the_invoices_and_nothing_else():
    assert describe(invoice_issued("inv-9")) == {"kulant.invoice_ids": ("inv-9",)}
    assert describe(payment_received(invoice_id="inv-9")) == {"kulant.invoice_ids": ("inv-9",)}
    assert describe(customer_changed()) == {}


def test_an_event_that_is_no_erps_has_no_use_case():
    data = CaseClosedV1(customer_id="c", case_id="k", creditor_id="main", at=NOW, reason="paid")

    with pytest.raises(TypeError):
        fact_of(event(data))


def test_the_class_of_an_invoice_has_not_lost_its_fields():
    """What the service publishes is made from what the ERP said by name: the names must stay the same."""
    from kulant_contracts.invoice import InvoiceRegisteredV1

    assert set(ErpInvoiceIssuedV1.model_fields) - {"items"} == set(InvoiceRegisteredV1.model_fields) - {"items"}
