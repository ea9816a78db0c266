"""Small pieces with sensible defaults for this service's tests."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from feedback_service.domain.answer import (
    Answer,
    Money,
    Outcome,
    Part,
    PaymentClaimed,
    PromiseMade,
    RecordedAnswer,
    Statement,
)
from feedback_service.domain.item import Debt, Item, ItemKey, debts
from feedback_service.domain.party import BankAccount, Creditor, Customer
from feedback_service.domain.reminder import Message, NextStep, Reminder
from feedback_service.domain.standing import rests
from feedback_service.usecases.show_page import Page

REMINDER_ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
ANSWER_ID = UUID("01890a5d-ac96-774b-bcce-b302099a8058")
KEY = ItemKey("inv-RE-2026-0412", "i-RE-2026-0412")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 5, 21, 12, 5, tzinfo=UTC)
TODAY = date(2026, 5, 21)


def an_item(number: str = "RE-2026-0412", open_minor: int = 11_900, **changes: Any) -> Item:
    item = Item(
        tenant="acme",
        customer_id="c-1",
        item_id=f"i-{number}",
        invoice_id=f"inv-{number}",
        creditor_id="main",
        number=number,
        issued_on=date(2026, 4, 14),
        due_on=date(2026, 5, 14),
        currency="EUR",
        amount_minor=open_minor,
        open_minor=open_minor,
        state="overdue",
        version=3,
    )
    return replace(item, **changes)


def a_creditor(**changes: Any) -> Creditor:
    creditor = Creditor(
        tenant="acme",
        creditor_id="main",
        version=1,
        legal_name="Lindenhof Werkstätten GmbH",
        time_zone="Europe/Berlin",
        address_lines=("Lindenstraße 12", "10969 Berlin"),
        country="DE",
        register="Amtsgericht Charlottenburg, HRB 12345",
        directors=("Dr. Mara Lindner", "Tom Winter"),
        vat_id="DE136695976",
        accounts=(
            BankAccount("giro", "DE89370400440532013000", "Lindenhof Werkstätten GmbH", "COBADEFFXXX", "Commerzbank"),
        ),
        contact_name="Jana Sommer, Accounts",
        phone="+49 30 1234 5670",
        email="accounts@lindenhof.example",
        url="https://lindenhof.example",
        imprint_url="https://lindenhof.example/imprint",
        privacy_url="https://lindenhof.example/privacy",
    )
    return replace(creditor, **changes)


def a_customer(**changes: Any) -> Customer:
    return replace(Customer("acme", "c-1", 1, "business", "Café Morgenrot GbR", "Europe/Berlin"), **changes)


def a_reminder(**changes: Any) -> Reminder:
    reminder = Reminder(
        reminder_id=REMINDER_ID,
        tenant="acme",
        customer_id="c-1",
        creditor_id="main",
        case_id="case-1",
        currency="EUR",
        keys=(KEY,),
        not_before_at=datetime(2026, 5, 19, 6, tzinfo=UTC),
        stage_code="friendly",
        total_minor=11_900,
        deadline_on=date(2026, 5, 28),
        next_step=NextStep("reminder", date(2026, 6, 2)),
    )
    return replace(reminder, **changes)


def a_message(**changes: Any) -> Message:
    message = Message(
        reminder_id=REMINDER_ID,
        sent_at=datetime(2026, 5, 19, 6, 4, tzinfo=UTC),
        channel="email",
        kind="reminder",
        stage_code="friendly",
        currency="EUR",
        total_minor=11_900,
        contact_id="k-1",
        deadline_on=date(2026, 5, 28),
        next_step=NextStep("reminder", date(2026, 6, 2)),
    )
    return replace(message, **changes)


def parts(amount_minor: int = 11_900, key: ItemKey | None = KEY) -> tuple[Part, ...]:
    return (Part(key, Money(amount_minor, "EUR")),)


def a_claim(amount_minor: int = 11_900, **changes: Any) -> PaymentClaimed:
    return replace(PaymentClaimed(parts(amount_minor), date(2026, 5, 20)), **changes)


def a_promise(amount_minor: int = 11_900, **changes: Any) -> PromiseMade:
    return replace(PromiseMade(parts(amount_minor), date(2026, 5, 29)), **changes)


def an_answer(statement: Statement | None = None, outcome: Outcome | None = None, **changes: Any) -> RecordedAnswer:
    answer = Answer(
        answer_id=ANSWER_ID,
        tenant="acme",
        customer_id="c-1",
        creditor_id="main",
        case_id="case-1",
        reminder_id=REMINDER_ID,
        said_at=NOW,
        statement=statement or a_promise(),
    )
    return RecordedAnswer(replace(answer, **changes), outcome)


def a_page(*items: Item, holds: tuple = (), **changes: Any) -> Page:
    as_of = NOW.astimezone(BERLIN)
    reminder = a_reminder()
    owed = debts(items or (an_item(),), frozenset(reminder.keys), as_of.date())
    page = replace(Page(reminder, a_creditor(), a_customer(), as_of, owed, messages=(a_message(),)), **changes)
    return replace(page, rests=tuple(rests(page.answers, holds, page.debts, page.today)))


def a_debt(*items: Item) -> Debt:
    return Debt("EUR", items)
