"""Customers deal with their mail as a browser and a mail server would, and the ERP hears of what follows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest

from kulant_cli import customers as module
from kulant_cli.book import Book, Habit
from kulant_cli.customers import Customers, PageUnusable
from kulant_cli.doors import DoorClosed
from kulant_cli.fiction import CREDITOR
from kulant_cli.judge import MailFile
from kulant_cli.wall_clock import WallClock
from kulant_contracts.erp import ErpPaymentReceivedV1
from kulant_contracts.erp_changes import ErpCreditNoteIssuedV1
from libs.cli.tests.judge_builders import CUSTOMER, INVOICE, STARTS_AT, TENANT

NOW = datetime(2026, 3, 23, 9, tzinfo=UTC)
FORM = '<form method="post"><input name="answer" value="{}"><input type="hidden" name="once" value="n">{}</form>'
PAGE = "".join(
    FORM.format(word, '<input type="hidden" name="currency" value="EUR">' if word in ("paid", "promise") else "")
    for word in ("paid", "promise", "wrong", "question", "contact")
)


class Doors:
    """A page that takes every answer, unless it is told to refuse."""

    def __init__(self, page=PAGE, status=200):
        self.page, self.status, self.visited, self.sent = page, status, [], []

    async def visit(self, url):
        self.visited.append(url)
        return self.page

    async def submit(self, url, fields):
        self.sent.append((url, {name: values[0] for name, values in fields.items()}))
        return self.status, ""


def mail(name="1.eml", to=CUSTOMER.email, text="Dear Ms Mustermann, RE-2026-1001 is open."):
    message = EmailMessage()
    message["To"], message["Message-ID"] = to, "<d-r1@creditor.example>"
    message.set_content(f"{text}\nhttp://127.0.0.1:8000/r/AbC_123-x\n")
    return MailFile(name, message.as_bytes(), recipients=(to,), sender="bounce+t@in.example")


def people(habit, doors, **changes):
    customer = replace(CUSTOMER, habit=habit, **changes)
    book = Book(TENANT, "Test", STARTS_AT, date(2026, 6, 1), CREDITOR, (customer,), (INVOICE,), ())
    return Customers(book, doors, WallClock(), 1, "127.0.0.1:25")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("habit", "word", "kind"),
    [
        (Habit.PROMISING, "promise", "promise_made"),
        (Habit.CLAIMING, "paid", "payment_claimed"),
        (Habit.DISPUTING, "wrong", "disputed"),
        (Habit.ASKING, "question", "question_asked"),
        (Habit.REFUSING, "contact", "contact_refused"),
    ],
)
async def test_each_habit_answers_by_its_own_form(habit, word, kind):
    doors = Doors()
    customers = people(habit, doors)
    await customers.read([mail()], NOW)
    ((_, fields),) = doors.sent
    assert (fields["answer"], fields["once"]) == (word, "n")
    (answer,) = customers.answers
    assert (answer.kind, answer.message_id, answer.said_at) == (kind, "<d-r1@creditor.example>", NOW)
    assert answer.sent_at <= answer.acked_at


async def test_what_follows_from_an_answer_is_told_by_the_erp_later():
    told = await people(Habit.DISPUTING, Doors()).read([mail()], NOW)
    assert {type(fact.data) for fact in told} == {ErpPaymentReceivedV1, ErpCreditNoteIssuedV1}
    assert all(fact.at > NOW + timedelta(days=1) for fact in told)


async def test_an_invoice_is_answered_about_once():
    doors = Doors()
    customers = people(Habit.PROMISING, doors)
    await customers.read([mail()], NOW)
    await customers.read([mail("2.eml")], NOW + timedelta(days=1))
    assert len(doors.sent) == 1
    assert customers.reminded == {INVOICE.invoice_id}


async def test_who_says_nothing_does_not_open_the_page_unless_it_wants_to_look():
    for habit, looks in ((Habit.SILENT, 0), (Habit.REMINDED, 1)):
        doors = Doors()
        await people(habit, doors).read([mail()], NOW)
        assert (len(doors.visited), doors.sent) == (looks, [])


async def test_an_answer_that_the_page_refuses_is_kept_as_refused():
    customers = people(Habit.PROMISING, Doors(status=503))
    await customers.read([mail()], NOW)
    assert [(answer.status, answer.acked_at) for answer in customers.answers] == [(503, None)]


async def test_what_a_page_has_no_form_for_is_kept_as_unsaid():
    customers = people(Habit.PROMISING, Doors(page="<p>All paid</p>"))
    assert await customers.read([mail()], NOW) == []
    (unsaid,) = customers.unsaid
    assert (unsaid.message_id, unsaid.kind) == ("<d-r1@creditor.example>", "promise_made")
    assert unsaid.invoice_ids == (INVOICE.invoice_id,)
    assert unsaid.opened_at <= unsaid.tried_until
    assert customers.answers == []


async def test_a_page_that_does_not_open_breaks_the_run_off():
    class Shut(Doors):
        async def visit(self, url):
            raise DoorClosed(url)

    with pytest.raises(PageUnusable, match="the page of C1 does not open"):
        await people(Habit.PROMISING, Shut()).read([mail()], NOW)


async def test_a_mail_to_a_wrong_address_comes_back_and_one_to_the_better_address_does_not(monkeypatch):
    returned = []
    monkeypatch.setattr(module, "send_back", lambda *arguments: returned.append(arguments))
    wrong, better = "biling@c1.example.org", "billing@c1.example.org"
    customers = people(Habit.BOUNCING, Doors(), email=wrong, new_email=better)
    await customers.read([mail(to=wrong)], NOW)
    await customers.read([mail("2.eml", to=better)], NOW)
    assert returned == [("127.0.0.1:25", "bounce+t@in.example", wrong)]
    assert customers.bounces == 1
    assert customers.reminded == {INVOICE.invoice_id}
