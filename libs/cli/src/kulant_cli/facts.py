"""Says a book in the ERP's own words: each line of it as the event that an ERP would publish."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from kulant_cli.book import Book, Creditor, Customer, Dispute, Invoice, Payment
from kulant_cli.ledger import MORNING
from kulant_contracts import erp, erp_changes
from kulant_contracts.envelope import EventData
from kulant_contracts.money import Money
from kulant_contracts.party import Address, BankAccount, Contact, Reach
from kulant_contracts.terms import PaymentTerms


@dataclass(frozen=True, slots=True)
class Fact:
    """One event of the ERP that waits for its moment."""

    at: datetime
    data: EventData
    payment: Payment | None = None

    @property
    def racing(self) -> bool:
        """Whether it waits for a reminder instead of a day."""
        return self.payment is not None and self.payment.racing


def opening_facts(book: Book) -> tuple[Fact, ...]:
    """The tenant and all that is known about the parties when the run begins."""
    return (
        Fact(book.starts_at, tenant_changed(book)),
        Fact(book.starts_at, creditor_changed(book.creditor)),
        *(Fact(book.starts_at, customer_changed(customer, book.creditor)) for customer in book.customers),
    )


def daily_facts(book: Book) -> tuple[Fact, ...]:
    """Invoices on the day on which they are issued (the first day for older ones), payments when they arrive."""
    invoices = (Fact(_told_at(invoice, book), invoice_issued(invoice)) for invoice in book.invoices)
    payments = (payment_received(payment) for payment in book.payments)
    holds = (fact for dispute in book.disputes for fact in _disputed(dispute, book))
    return tuple(sorted((*invoices, *payments, *holds), key=lambda fact: fact.at))


def _disputed(dispute: Dispute, book: Book) -> Iterator[Fact]:
    """The hold on a contested item, and its end."""
    held_at = max(datetime.combine(dispute.from_on, MORNING), book.starts_at + timedelta(minutes=1))
    yield Fact(held_at, hold_changed(dispute, "set", version=1))
    if dispute.until_on is not None:
        lifted_at = max(datetime.combine(dispute.until_on, MORNING), held_at)
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


def payments_checked(on: date) -> Fact:
    """The ERP has told of every payment that came before this day began."""
    morning_at = datetime.combine(on, MORNING)
    seen_until_at = datetime.combine(on, time(tzinfo=UTC))
    return Fact(morning_at, erp_changes.ErpPaymentsCheckedV1(seen_until_at=seen_until_at))


def _told_at(invoice: Invoice, book: Book) -> datetime:
    issued_at = datetime.combine(invoice.issued_on, MORNING)
    return max(issued_at, book.starts_at + timedelta(minutes=1))


def tenant_changed(book: Book) -> EventData:
    """The run's own tenant, in test mode."""
    place = book.creditor.place
    return erp.ErpTenantChangedV1(
        version=1, name=book.tenant_name, mode="test", time_zone=place.time_zone, country=place.country
    )


def creditor_changed(creditor: Creditor) -> EventData:
    """The creditor with all that the law wants on its letters."""
    place = creditor.place
    accounts = tuple(
        BankAccount(
            account_id=account.account_id,
            iban=account.iban,
            bic=account.bic,
            holder=creditor.legal_name,
            bank_name=account.bank_name,
            currency=account.currency,
        )
        for account in creditor.accounts
    )
    return erp.ErpCreditorChangedV1(
        version=1,
        legal_name=creditor.legal_name,
        address=_address(creditor.street, creditor.place.postal_code, place.city, place.country),
        register="Amtsgericht Musterstadt, HRB 000000",
        directors=("Erika Beispiel",),
        vat_id="DE999999999",
        bank_accounts=accounts,
        contact=Reach(
            name="Clara Muster",
            phone="+49 40 66969 000",
            email="accounts@beispielhaus.example.com",
            url="https://beispielhaus.example.com",
        ),
        language="en",
        time_zone=place.time_zone,
        region=place.region,
        imprint_url="https://beispielhaus.example.com/imprint",
        privacy_url="https://beispielhaus.example.com/privacy",
    )


def _address(street: str, postal_code: str, city: str, country: str) -> Address:
    return Address(lines=(street,), postal_code=postal_code, city=city, country=country)


def customer_changed(customer: Customer, creditor: Creditor) -> EventData:
    """A customer with one e-mail contact."""
    person = customer.person
    contact = Contact(
        contact_id="mail",
        channel="email",
        address=customer.email,
        role="billing",
        salutation=person.salutation if person else None,
        given_name=person.given_name if person else None,
        family_name=person.family_name if person else None,
    )
    place = customer.place
    return erp.ErpCustomerChangedV1(
        version=1,
        customer_id=customer.customer_id,
        kind=customer.kind,
        name=customer.name,
        language="en",
        time_zone=None if place.time_zone == creditor.place.time_zone else place.time_zone,
        country=place.country,
        region=place.region,
        profile=dict(customer.profile),
        contacts=(contact,),
    )


def invoice_issued(invoice: Invoice) -> EventData:
    """An invoice with its one item."""
    money = Money.from_minor(invoice.amount_minor, invoice.currency)
    return erp.ErpInvoiceIssuedV1(
        version=1,
        customer_id=invoice.customer_id,
        invoice_id=invoice.invoice_id,
        number=invoice.number,
        issued_on=invoice.issued_on,
        currency=invoice.currency,
        total=money,
        subject=invoice.subject,
        due_basis="agreed",
        payment=PaymentTerms(account_id=invoice.account_id, reference=invoice.number),
        items=(erp.ErpInvoiceItem(item_id=invoice.item_id, due_on=invoice.due_on, amount=money),),
    )


def payment_received(payment: Payment) -> Fact:
    """A payment, allocated to its invoice; without a version, as an ERP that has none would say it."""
    money = Money.from_minor(payment.amount_minor, payment.currency)
    data = erp.ErpPaymentReceivedV1(
        customer_id=payment.customer_id,
        payment_id=payment.payment_id,
        received_on=payment.at.date(),
        money=money,
        method="transfer",
        account_id=payment.account_id,
        allocations=(erp.Allocation(invoice_id=payment.invoice_id, item_id=payment.item_id, money=money),),
    )
    return Fact(payment.at, data, payment)
