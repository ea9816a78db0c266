"""Small makers of domain values with sensible defaults, for tests."""

from datetime import UTC, date, datetime
from uuid import UUID

from notifier.domain.amount import Amount
from notifier.domain.contact import Recipient
from notifier.domain.letter import Letter, compose
from notifier.domain.message import message_of
from notifier.domain.party import BankAccount, Contact, Creditor, Customer, PaymentTerms, PostalAddress
from notifier.domain.reminder import Cost, Credit, Line, NextStep, Reminder

NOW = datetime(2026, 3, 12, 8, 14, tzinfo=UTC)
REMINDER_ID = UUID("0195a000-0000-7000-8000-000000000001")
DELIVERY_ID = UUID("0195a000-0000-7000-8000-0000000000d1")
PAGE_URL = "https://pay.nordlicht.example/r/AZWgAAAAcACAAAAAAAAAAW5vdC1hLXRva2Vu"


def eur(amount_minor: int) -> Amount:
    return Amount(amount_minor, "EUR")


def line(number: str = "R-2026-0117", **changes: object) -> Line:
    values: dict[str, object] = {
        "item_id": f"item-{number}",
        "invoice_id": f"invoice-{number}",
        "number": number,
        "issued_on": date(2026, 2, 5),
        "due_on": date(2026, 3, 7),
        "amount": eur(119_00),
        "open": eur(119_00),
        "days_overdue": 5,
    }
    return Line(**(values | changes))  # type: ignore[arg-type]


def reminder(*lines: Line, **changes: object) -> Reminder:
    told = lines or (line(),)
    currency = told[0].open.currency
    items_total = Amount(sum(one.open.amount_minor for one in told), currency)
    costs: tuple[Cost, ...] = changes.get("costs", ())  # type: ignore[assignment]
    credits_: tuple[Credit, ...] = changes.get("credits", ())  # type: ignore[assignment]
    total = items_total.amount_minor + sum(one.money.amount_minor for one in costs)
    total -= sum(one.money.amount_minor for one in credits_)
    values: dict[str, object] = {
        "reminder_id": REMINDER_ID,
        "tenant": "nordlicht",
        "customer_id": "C-1001",
        "creditor_id": "main",
        "case_id": "case-1",
        "kind": "reminder",
        "stage": "friendly",
        "channels": ("email",),
        "language": "en",
        "lines": told,
        "items_total": items_total,
        "costs": costs,
        "credits": credits_,
        "total": Amount(total, currency),
        "deadline_on": date(2026, 3, 19),
        "next_step": NextStep("reminder", date(2026, 3, 23)),
        "not_before_at": datetime(2026, 3, 12, 7, tzinfo=UTC),
        "not_after_at": datetime(2026, 3, 12, 19, tzinfo=UTC),
        "seen": {"invoice-service": 3},
    }
    return Reminder(**(values | changes))  # type: ignore[arg-type]


def contact(**changes: object) -> Contact:
    values: dict[str, object] = {
        "contact_id": "k1",
        "channel": "email",
        "address": "anna.weber@haus-am-see.example",
        "role": "billing",
        "salutation": "ms",
        "given_name": "Anna",
        "family_name": "Weber",
    }
    return Contact(**(values | changes))  # type: ignore[arg-type]


def customer(*contacts: Contact, **changes: object) -> Customer:
    values: dict[str, object] = {
        "customer_id": "C-1001",
        "kind": "business",
        "name": "Haus am See Hotel GmbH",
        "language": "en",
        "time_zone": "Europe/Berlin",
        "contacts": contacts or (contact(),),
    }
    return Customer(**(values | changes))  # type: ignore[arg-type]


def account(**changes: object) -> BankAccount:
    values: dict[str, object] = {
        "account_id": "a1",
        "iban": "DE89370400440532013000",
        "holder": "Nordlicht Feinkost GmbH & Co. KG",
        "bic": "COBADEFFXXX",
        "bank_name": "Commerzbank Köln",
        "currency": "EUR",
    }
    return BankAccount(**(values | changes))  # type: ignore[arg-type]


def creditor(**changes: object) -> Creditor:
    values: dict[str, object] = {
        "creditor_id": "main",
        "legal_name": "Nordlicht Feinkost GmbH & Co. KG",
        "address": PostalAddress(("Speicherstraße 12",), "20457", "Hamburg", "DE"),
        "time_zone": "Europe/Berlin",
        "bank_accounts": (account(),),
        "register": "Amtsgericht Hamburg, HRA 123456",
        "directors": ("Jule Petersen", "Malik Öztürk"),
        "vat_id": "DE123456789",
        "sepa_creditor_id": "DE98ZZZ09999999999",
        "contact_name": "Jule Petersen",
        "contact_phone": "+49 40 1234567",
        "contact_email": "accounts@nordlicht.example",
        "contact_url": "https://nordlicht.example",
        "imprint_url": "https://nordlicht.example/imprint",
        "privacy_url": "https://nordlicht.example/privacy",
    }
    return Creditor(**(values | changes))  # type: ignore[arg-type]


def letter(
    told: Reminder | None = None,
    *,
    to: Contact | None = None,
    who: Customer | None = None,
    by: Creditor | None = None,
    terms: dict[str, PaymentTerms] | None = None,
) -> Letter:
    written_to = to or contact()
    told = told or reminder()
    message = message_of(told)
    assert message is not None
    return compose(
        told,
        message,
        creditor=by or creditor(),
        customer=who or customer(written_to),
        recipient=Recipient(written_to, "email", written_to.address or ""),
        terms=terms or {},
        page_url=PAGE_URL,
        now=NOW,
    )
