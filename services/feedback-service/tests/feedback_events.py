"""Events of the other services, with sensible defaults."""

from datetime import UTC, date, datetime

from feedback_builders import NOW, REMINDER_ID

from kulant_contracts.case import CaseHandedOverV1, CaseHeldV1, CasePromiseMadeV1, CaseResumedV1
from kulant_contracts.delivery import DeliverySentV1
from kulant_contracts.invoice import (
    CreditChangedV1,
    CreditorChangedV1,
    CustomerChangedV1,
    CustomerErasedV1,
    HoldChangedV1,
    ItemOverdueV1,
    ItemSettledV1,
    TenantChangedV1,
)
from kulant_contracts.money import Money
from kulant_contracts.party import Address, BankAccount, Consent, Contact, Reach
from kulant_contracts.reminder import NextStep, PolicyVersion, ReminderItem, ReminderRequestedV1, ReminderStage

EUR_119 = Money(amount="119.00", currency="EUR")


def tenant_changed(version=1, now_at=NOW):
    return TenantChangedV1(
        version=version,
        name="Acme",
        mode="test",
        time_zone="Europe/Berlin",
        country="DE",
        test_now_at=now_at,
        settings_version=1,
    )


def creditor_changed(version=1, legal_name="Lindenhof GmbH"):
    return CreditorChangedV1(
        version=version,
        creditor_id="main",
        legal_name=legal_name,
        address=Address(lines=("Lindenstraße 12",), postal_code="10969", city="Berlin", country="DE"),
        bank_accounts=(BankAccount(account_id="a", iban="DE89370400440532013000", holder="Lindenhof GmbH"),),
        contact=Reach(email="accounts@lindenhof.example"),
        language="en",
        time_zone="Europe/Berlin",
    )


def customer_changed(version=1, name="Café Morgenrot", consent_at=None):
    consent = Consent(given=True, at=consent_at, source="a call") if consent_at else None
    return CustomerChangedV1(
        version=version,
        customer_id="c-1",
        kind="business",
        name=name,
        time_zone="Europe/Berlin",
        country="DE",
        contacts=(Contact(contact_id="k-1", channel="email", address="tom@example.org", consent=consent),),
    )


def item(number="RE-1", kind=ItemOverdueV1, **changes):
    fields = {
        "item_id": f"i-{number}",
        "invoice_id": f"inv-{number}",
        "customer_id": "c-1",
        "creditor_id": "main",
        "number": number,
        "issued_on": date(2026, 4, 14),
        "due_on": date(2026, 5, 14),
        "amount": EUR_119,
        "open": EUR_119,
        "state": "overdue",
        "version": 3,
    }
    return kind(**(fields | changes))


def item_settled(number="RE-1", version=9):
    return item(number, ItemSettledV1, open=Money(amount="0.00", currency="EUR"), state="settled", version=version)


def reminder_requested(reminder_id=REMINDER_ID, numbers=("RE-1",)):
    items = tuple(
        ReminderItem(
            item_id=f"i-{number}",
            invoice_id=f"inv-{number}",
            number=number,
            issued_on=date(2026, 4, 14),
            due_on=date(2026, 5, 14),
            amount=EUR_119,
            open=EUR_119,
            days_overdue=5,
            stage=1,
        )
        for number in numbers
    )
    total = Money.from_minor(11_900 * len(numbers), "EUR")
    return ReminderRequestedV1(
        reminder_id=str(reminder_id),
        customer_id="c-1",
        creditor_id="main",
        case_id="case-1",
        kind="reminder",
        policy=PolicyVersion(code="friendly", version=1),
        stage=ReminderStage(number=1, code="friendly", tone="friendly", legal_effect="notice"),
        channels=("email",),
        language="en",
        currency="EUR",
        items=items,
        items_total=total,
        total=total,
        deadline_on=date(2026, 5, 28),
        next_step=NextStep(code="second", not_before_on=date(2026, 6, 1)),
        not_before_at=datetime(2026, 5, 19, 6, tzinfo=UTC),
        not_after_at=datetime(2026, 5, 23, 18, tzinfo=UTC),
        seen={},
    )


def delivery_sent():
    return DeliverySentV1(
        delivery_id="d-1",
        reminder_id=str(REMINDER_ID),
        case_id="case-1",
        customer_id="c-1",
        channel="email",
        at=datetime(2026, 5, 19, 6, 4, tzinfo=UTC),
        contact_id="k-1",
        gateway="smtp",
    )


def promise_taken_up(promise_id="p-1"):
    return CasePromiseMadeV1(
        case_id="case-1",
        customer_id="c-1",
        creditor_id="main",
        at=NOW,
        promise_id=promise_id,
        money=EUR_119,
        on=date(2026, 5, 29),
    )


def everything():
    """All facts that a page about one invoice rests on."""
    return [tenant_changed(), creditor_changed(), customer_changed(), item(), reminder_requested(), delivery_sent()]


def customer_erased(version=5):
    return CustomerErasedV1(version=version, customer_id="c-1", erased_on=date(2026, 5, 21))


def credit_changed(version=1, amount="19.00"):
    return CreditChangedV1(
        version=version, customer_id="c-1", creditor_id="main", money=Money(amount=amount, currency="EUR")
    )


def hold_changed(version=1, state="set"):
    return HoldChangedV1(
        version=version, customer_id="c-1", hold_id="h-1", state=state, scope="customer", reason="manual"
    )


def about_case(kind, **fields):
    return kind(case_id="case-1", customer_id="c-1", creditor_id="main", at=NOW, **fields)


def case_held():
    return about_case(CaseHeldV1, hold_id="h-2", scope="customer", reason="hardship")


def case_resumed():
    return about_case(CaseResumedV1, hold_id="h-2", scope="customer", reason="hardship")


def case_handed_over():
    return about_case(CaseHandedOverV1, to="Kanzlei Krull", items=())
