"""The ERP's own words: parties, invoices and payments as the events that an ERP would publish."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from kulant_cli.book import Book, Creditor, Customer, Invoice, Payment
from kulant_cli.entries import morning
from kulant_contracts import erp, erp_changes
from kulant_contracts.envelope import EventData
from kulant_contracts.money import Money
from kulant_contracts.party import Address, BankAccount, Contact, Reach
from kulant_contracts.terms import DirectDebit, PaymentTerms


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


def payments_checked(on: date, creditor_id: str = erp.MAIN_CREDITOR) -> Fact:
    """The ERP has told of every payment to a creditor that came before this day began."""
    seen_until_at = datetime.combine(on, time(tzinfo=UTC))
    data = erp_changes.ErpPaymentsCheckedV1(creditor_id=creditor_id, seen_until_at=seen_until_at)
    return Fact(morning(on), data)


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
        creditor_id=creditor.creditor_id,
        legal_name=creditor.legal_name,
        address=_address(creditor.street, creditor.place.postal_code, place.city, place.country),
        register=creditor.register,
        directors=(creditor.director,),
        vat_id=creditor.vat_id,
        bank_accounts=accounts,
        contact=Reach(
            name=creditor.clerk,
            phone=creditor.phone,
            email=f"accounts@{creditor.domain}",
            url=f"https://{creditor.domain}",
        ),
        language="en",
        time_zone=place.time_zone,
        region=place.region,
        imprint_url=f"https://{creditor.domain}/imprint",
        privacy_url=f"https://{creditor.domain}/privacy",
    )


def _address(street: str, postal_code: str, city: str, country: str) -> Address:
    return Address(lines=(street,), postal_code=postal_code, city=city, country=country)


def customer_changed(customer: Customer, creditor: Creditor, *, version: int = 1) -> EventData:
    """A customer with one e-mail contact; the zone is said only where it is another than the creditor's."""
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
        version=version,
        customer_id=customer.customer_id,
        kind=customer.kind,
        name=customer.name,
        language=customer.language,
        time_zone=None if place.time_zone == creditor.place.time_zone else place.time_zone,
        country=place.country,
        region=place.region,
        profile=dict(customer.profile),
        contacts=(contact,),
    )


def invoice_issued(invoice: Invoice, *, version: int = 1) -> EventData:
    """An invoice with its one item."""
    collected = (
        DirectDebit(mandate_id=f"M-{invoice.customer_id}", collect_on=invoice.collect_on)
        if invoice.collect_on
        else None
    )
    money = Money.from_minor(invoice.amount_minor, invoice.currency)
    return erp.ErpInvoiceIssuedV1(
        version=version,
        creditor_id=invoice.creditor_id,
        customer_id=invoice.customer_id,
        invoice_id=invoice.invoice_id,
        number=invoice.number,
        issued_on=invoice.issued_on,
        currency=invoice.currency,
        total=money,
        subject=invoice.subject,
        due_basis="agreed",
        payment=PaymentTerms(account_id=invoice.account_id, reference=invoice.number, direct_debit=collected),
        items=(erp.ErpInvoiceItem(item_id=invoice.item_id, due_on=invoice.due_on, amount=money),),
    )


def payment_received(payment: Payment) -> Fact:
    """A payment and what it is for, as far as is known; without a version, as an ERP that has none would say it."""
    money = Money.from_minor(payment.amount_minor, payment.currency)
    allocation = erp.Allocation(invoice_id=payment.invoice_id, item_id=payment.item_id, money=money)
    data = erp.ErpPaymentReceivedV1(
        creditor_id=payment.creditor_id,
        customer_id=payment.customer_id,
        payment_id=payment.payment_id,
        received_on=payment.received_on or payment.at.date(),
        money=money,
        method=payment.method,
        account_id=payment.account_id,
        allocations=(allocation,) if payment.is_allocated else (),
    )
    return Fact(payment.at, data, payment)
