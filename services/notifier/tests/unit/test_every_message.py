"""Every message that there are words for, to everybody, in both languages, read by a strict editor."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from pathlib import Path

import notifier_builders as make
import pytest
import words_linter
from words_linter import faults

from notifier.domain.amount import Amount
from notifier.domain.letter import LANGUAGES, Letter
from notifier.domain.message import message_of
from notifier.domain.reminder import Credit, NextStep, Reminder, ReturnedPayment, SaidBefore
from notifier.gateways.mime import Mail
from notifier.gateways.rendering import MailRenderer, Sender
from notifier.gateways.returns import Returns

RENDERER = MailRenderer(Sender("reminders@kulant.example", Returns("in.kulant.example", b"secret")))
GOLDEN = Path(__file__).parent / "golden"
AT = datetime(2026, 3, 12, 8, 14, tzinfo=UTC)

_SAID = SaidBefore(date(2026, 3, 10), date(2026, 3, 24), make.eur(60_00))
MESSAGES: dict[str, dict[str, object]] = {
    "friendly": {"kind": "reminder", "stage": "friendly", "tone": "friendly", "stage_number": 1},
    "reminder": {"kind": "reminder", "stage": "reminder", "tone": "factual", "stage_number": 2},
    "firm": {"kind": "reminder", "stage": "firm", "tone": "firm", "stage_number": 3},
    "last": {
        "kind": "reminder",
        "stage": "last",
        "tone": "final",
        "stage_number": 4,
        "next_step": NextStep("person", date(2026, 3, 30)),
    },
    "a tone of tomorrow": {"kind": "reminder", "stage": "x", "tone": "stern", "stage_number": 2},
    "due_soon": {"kind": "notice", "stage": "due_soon", "tone": "service"},
    "due_today": {"kind": "notice", "stage": "due_today", "tone": "service"},
    "promise_noted": {"kind": "promise_note", "stage": "promise_noted", "tone": "service", "about": _SAID},
    "promise_missed": {"kind": "promise_resume", "stage": "promise_missed", "about": _SAID},
    "claim_unconfirmed": {"kind": "promise_resume", "stage": "claim_unconfirmed", "about": _SAID},
    "debit_returned": {
        "kind": "service",
        "stage": "payment_returned",
        "payment_returned": ReturnedPayment(date(2026, 3, 11), True),
    },
    "debit_collected_again": {
        "kind": "service",
        "stage": "payment_returned",
        "payment_returned": ReturnedPayment(date(2026, 3, 11), True, date(2026, 3, 20)),
    },
    "payment_returned": {
        "kind": "service",
        "stage": "payment_returned",
        "payment_returned": ReturnedPayment(date(2026, 3, 11), False),
    },
    **{
        code: {"kind": "service", "stage": code, "tone": "service", "about": _SAID}
        for code in (
            "claim_noted",
            "dispute_noted",
            "dispute_accepted",
            "dispute_partly_accepted",
            "dispute_rejected",
            "question_noted",
            "contact_noted",
        )
    },
}
CODES = ("unallocated", "disputed", "promised", "claimed", "held")
_NOBODY = make.contact(salutation=None, given_name=None, family_name=None)


def told(name: str, language: str, *, lines: int = 1, with_credits: bool = False, in_euros: bool = True) -> Reminder:
    """A reminder with that message. Its days overdue fit: a notice is about what is not due yet."""
    currency = "EUR" if in_euros else "CHF"
    is_notice = MESSAGES[name]["kind"] == "notice"
    items = [
        make.line(
            f"R-{number}",
            amount=Amount(119_00 * number, currency),
            open=Amount((119_00 if number % 2 else 100_00) * number, currency),
            days_overdue=-3 if is_notice else 5,
            stage=MESSAGES[name].get("stage_number", 0) if number == 1 else 0,
        )
        for number in range(1, lines + 1)
    ]
    credits_ = tuple(
        Credit(Amount(1_00 + place, currency), "a note in English", code, items[0].item_id, items[0].invoice_id)
        for place, code in enumerate(CODES if with_credits else ())
    )
    changes = MESSAGES[name]
    if "about" in changes:
        changes = changes | {"about": replace(_SAID, money=Amount(60_00, currency))}
    return make.reminder(*items, language=language, credits=credits_, **changes)


def mail_of(letter: Letter) -> Mail:
    """What is written, before it becomes bytes; test_mime.py proves that the bytes say the same."""
    return RENDERER._mail(letter, str(make.DELIVERY_ID), AT)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MESSAGES)
async def test_no_message_to_anybody_has_a_fault(name: str, language: str) -> None:
    everybody = itertools.product(
        ("business", "consumer", "public", "unknown"),
        (make.contact(title="Dr.", family_name="Müller"), _NOBODY),
        (False, True),
        (True, False),
    )
    for place, (kind, contact, with_credits, in_euros) in enumerate(everybody):
        reminder = told(name, language, lines=1 + place % 3, with_credits=with_credits, in_euros=in_euros)
        customer = make.customer(contact, kind=kind, name="Familie Müller" if kind == "consumer" else "Hotel GmbH")
        letter = make.letter(reminder, to=contact, who=customer)
        mail = mail_of(letter)
        assert faults(letter, mail) == [], (kind, with_credits, in_euros)
        assert (mail.picture is not None) == (in_euros and letter.shows_payment)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MESSAGES)
async def test_a_message_gets_along_with_the_least_that_a_command_holds(name: str, language: str) -> None:
    bare = replace(told(name, language), about=None, payment_returned=None, next_step=None)
    nobody_named = make.creditor(
        bank_accounts=(), contact_name=None, contact_phone=None, contact_email=None, contact_url=None, register=None
    )
    letter = make.letter(bare, to=_NOBODY, who=make.customer(_NOBODY), by=nobody_named)
    assert faults(letter, mail_of(letter)) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in MESSAGES if MESSAGES[name]["kind"] in ("service", "promise_note")])
async def test_a_service_message_can_do_without_items(name: str, language: str) -> None:
    empty = replace(
        told(name, language), lines=(), items_total=make.eur(0), total=make.eur(0), payment_returned=None, about=None
    )
    letter = make.letter(empty)
    assert faults(letter, mail_of(letter)) == []


def test_what_has_no_words_is_no_message() -> None:
    for changes in (
        {"kind": "plan", "stage": "agreed"},
        {"kind": "service", "stage": "birthday"},
        {"kind": "notice", "stage": "due_soon", "lines": ()},
        {"kind": "reminder", "lines": ()},
    ):
        assert message_of(replace(make.reminder(), **changes)) is None


@pytest.mark.parametrize("language", LANGUAGES)
async def test_all_texts_read_as_in_the_golden_file(language: str) -> None:
    """Delete the golden file and run twice to renew it; then read it aloud, as its receiver."""
    pages = []
    for name in MESSAGES:
        mail = mail_of(make.letter(told(name, language, lines=1)))
        above = mail.text.split("\n-- \n")[0]
        pages.append(f"==== {name}\nSubject: {mail.subject}\n\n{above}\n")
    golden = GOLDEN / f"all_texts.{language}.txt"
    if not golden.exists():
        golden.write_text("\n".join(pages))
        pytest.fail(f"{golden.name} was not there and is now written: read it and keep it")
    assert "\n".join(pages) == golden.read_text()


async def test_where_nothing_is_left_to_pay_no_way_to_pay_is_shown() -> None:
    settled = replace(told("dispute_rejected", "en"), total=make.eur(0))
    mail = mail_of(make.letter(settled))
    assert "HOW TO PAY" not in mail.text
    assert mail.picture is None
    assert "HOW TO PAY" in mail_of(make.letter(told("dispute_rejected", "en"))).text


async def test_of_several_stages_only_the_oldest_hears_the_oldest_tone() -> None:
    letter = make.letter(told("last", "en", lines=3))
    text = " ".join(mail_of(letter).text.split())
    assert "our last reminder of our invoice R-1 of" in text
    assert "For the other invoices in the list, this is no more than a reminder." in text


async def test_a_mail_comes_back_to_signed_addresses() -> None:
    letter = make.letter()
    written = await RENDERER.render(letter, make.DELIVERY_ID, AT)
    returns = Returns("in.kulant.example", b"secret")
    parsed = message_from_bytes(written.content, policy=policy.default)
    assert written.comes_back_to == returns.envelope_sender(make.DELIVERY_ID)
    assert parsed["Reply-To"].addresses[0].addr_spec == returns.reply_to(make.REMINDER_ID)
    assert returns.delivery_of(written.comes_back_to.upper().replace("BOUNCE+", "bounce+")) is None
    assert returns.delivery_of(written.comes_back_to) == make.DELIVERY_ID
    assert returns.delivery_of(returns.reply_to(make.REMINDER_ID)) is None
    assert Returns("in.kulant.example", b"other").delivery_of(written.comes_back_to) is None


@pytest.mark.parametrize(
    ("find", "plant", "fault"),
    [
        pytest.param("With kind regards", "Otherwise we will see you in court", "forbidden 'court'", id="threat"),
        pytest.param("With kind regards", "A special offer for you", "forbidden 'offer'", id="advertising"),
        pytest.param("With kind regards", "Freundliche Gruesse und Dank", "foreign 'und'", id="other language"),
        pytest.param("With kind regards", "Dear {{ name }}", "placeholder '{{'", id="placeholder"),
        pytest.param("With kind regards", "Pay today!", "an exclamation mark", id="loud"),
        pytest.param("Dear Ms Weber,", " ", "greeting", id="no greeting"),
        pytest.param("R-2026-0117", "R-0", "no payment reference", id="no reference"),
        pytest.param("119.00", "0.00", "no sum", id="no sum"),
        pytest.param("19 March 2026", "soon", "no day to pay by", id="no day"),
        pytest.param(make.PAGE_URL, "https://elsewhere.example", "no link", id="no link"),
        pytest.param("Perhaps it slipped through", "Perhaps " * 60, "words above the table", id="too long"),
    ],
)
async def test_the_editor_finds_what_is_planted(find: str, plant: str, fault: str) -> None:
    letter = make.letter()
    mail = mail_of(letter)
    mail = replace(mail, text=mail.text.replace(find, plant), html=mail.html.replace(find, plant))
    assert [found for found in words_linter.faults(letter, mail) if fault in found]
