"""Facts for benchmarks: one debt per customer, a tenant whose clock stands inside the sending window."""

import random
from datetime import UTC, date, datetime

from bench.traffic import Message, event
from kulant_contracts import erp, invoice
from kulant_contracts.envelope import EventData
from kulant_contracts.money import Money
from kulant_contracts.party import Address, BankAccount, Contact, Reach
from kulant_contracts.terms import PaymentTerms

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
"""A Tuesday, ten in the morning in Berlin."""
NIGHT = datetime(2026, 3, 10, 3, tzinfo=UTC)
"""Before it: nobody is reminded."""
DUE_ON = date(2026, 3, 4)
LATER = date(2026, 4, 20)
ISSUED_ON = date(2026, 2, 18)
ERP_SOURCE = "/bench-erp"
OWNER_SOURCE = "/kulant/invoice-service"
_ADDRESS = Address(lines=("Musterkai 1",), postal_code="20095", city="Hamburg", country="DE")
_ACCOUNT = BankAccount(account_id="eur", iban="DE89370400440532013000", holder="Beispielhaus GmbH", currency="EUR")
_REACH = Reach(name="Clara Muster", email="accounts@example.com")
_AMOUNT = Money(amount="119.00", currency="EUR")
SHARED = 2
"""So many of the parties are not customers: their tenant and its creditor, which come first."""


def parties_of_erp(tenant: str, count: int) -> list[Message]:
    """Tenant, creditor and customers as an ERP tells them in the night: at that hour the tenant's clock stands."""
    told: list[EventData] = [
        erp.ErpTenantChangedV1(version=1, name="Bench", mode="test", time_zone="Europe/Berlin", country="DE"),
        erp.ErpCreditorChangedV1(
            version=1,
            legal_name="Beispielhaus GmbH",
            address=_ADDRESS,
            bank_accounts=(_ACCOUNT,),
            contact=_REACH,
            language="en",
            time_zone="Europe/Berlin",
        ),
    ]
    told += [_erp_customer(number) for number in range(count)]
    return [_erp(tenant, data, number) for number, data in enumerate(told)]


def invoices_of_erp(tenant: str, count: int) -> list[Message]:
    """An invoice per customer, shuffled; none is due yet, so that nothing but its registration is told."""
    messages = [_erp(tenant, _erp_invoice(number), 1_000_000 + number) for number in range(count)]
    random.Random(7).shuffle(messages)
    return messages


def overdue_invoices_of_erp(tenant: str, count: int) -> list[Message]:
    """An overdue invoice per customer."""
    return [_erp(tenant, _erp_invoice(number, DUE_ON), 2_000_000 + number) for number in range(count)]


def parties(tenant: str, count: int) -> list[Message]:
    """The same as invoice-service tells it."""
    shared: list[EventData] = [
        invoice.TenantChangedV1(
            version=1, name="Bench", mode="test", time_zone="Europe/Berlin", country="DE", test_now_at=NOW,
            settings_version=1,
        ),
        invoice.CreditorChangedV1(
            version=1, creditor_id="main", legal_name="Beispielhaus GmbH", address=_ADDRESS, bank_accounts=(_ACCOUNT,),
            contact=_REACH, language="en", time_zone="Europe/Berlin",
        ),
    ]  # fmt: skip
    told = [
        event(tenant, data, source=OWNER_SOURCE, time=NOW, number=number, sequence=number)
        for number, data in enumerate(shared, 1)
    ]
    told += [
        event(tenant, _customer(number), source=OWNER_SOURCE, time=NOW, number=10 + number, sequence=1)
        for number in range(count)
    ]
    return told


def overdue(tenant: str, count: int) -> list[Message]:
    """`item.overdue` of every customer, shuffled."""
    messages = [
        event(tenant, _overdue(number), source=OWNER_SOURCE, time=NOW, number=1_000_000 + number, sequence=2)
        for number in range(count)
    ]
    random.Random(7).shuffle(messages)
    return messages


def _erp(tenant: str, data: EventData, number: int) -> Message:
    return event(tenant, data, source=ERP_SOURCE, time=NIGHT, number=number, sequence=None)


def _contact(number: int) -> Contact:
    return Contact(
        contact_id="mail", channel="email", address=f"c{number}@example.org", role="billing", salutation="ms",
        given_name="Paula", family_name="Beispiel",
    )  # fmt: skip


def _customer(number: int) -> EventData:
    return invoice.CustomerChangedV1(
        version=1, customer_id=f"C{number}", kind="business", name=f"Muster {number} AG",
        time_zone="Europe/Berlin", country="DE", contacts=(_contact(number),),
    )  # fmt: skip


def _erp_customer(number: int) -> EventData:
    return erp.ErpCustomerChangedV1(
        version=1, customer_id=f"C{number}", kind="business", name=f"Muster {number} AG", contacts=(_contact(number),)
    )


def _erp_invoice(number: int, due_on: date = LATER) -> EventData:
    return erp.ErpInvoiceIssuedV1(
        version=1, customer_id=f"C{number}", invoice_id=f"I{number}", number=f"2026-{number:06}", issued_on=ISSUED_ON,
        currency="EUR", total=_AMOUNT, subject="Maintenance in February", due_basis="agreed",
        payment=PaymentTerms(account_id="eur", reference=f"2026-{number:06}"),
        items=(erp.ErpInvoiceItem(item_id="1", due_on=due_on, amount=_AMOUNT),),
    )  # fmt: skip


def _overdue(number: int) -> EventData:
    return invoice.ItemOverdueV1(
        item_id="1", invoice_id=f"I{number}", customer_id=f"C{number}", creditor_id="main", number=f"2026-{number:06}",
        issued_on=ISSUED_ON, due_on=DUE_ON, amount=_AMOUNT, open=_AMOUNT, state="overdue", version=2,
        subject="Maintenance in February", payment_reference=f"2026-{number:06}", account_id="eur",
    )  # fmt: skip
