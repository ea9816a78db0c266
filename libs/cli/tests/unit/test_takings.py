"""The live cash book: what is overdue and what came in after a mail, through everything that an ERP says."""

from datetime import date, timedelta

from kulant_cli.book import Correction, Return
from kulant_cli.changes import correction_made, payment_reversed
from kulant_cli.facts import Fact, invoice_issued, payment_received
from kulant_cli.takings import Takings
from libs.cli.tests.judge_builders import INVOICE, SENT_AT, payment

TODAY = date(2026, 3, 20)


def _takings(*facts):
    takings = Takings()
    takings.hear(Fact(SENT_AT, invoice_issued(INVOICE)))
    for fact in facts:
        takings.hear(fact)
    return takings


def test_what_is_past_its_day_is_overdue():
    assert _takings().overdue(TODAY) == {"EUR": 123_450}
    assert not _takings().overdue(INVOICE.due_on)


def test_what_comes_after_a_mail_is_recovered_until_the_bank_takes_it_back():
    takings = _takings()
    takings.remind(INVOICE.invoice_id)
    takings.hear(payment_received(payment(amount_minor=100_000)))
    assert (takings.overdue(TODAY)["EUR"], takings.recovered["EUR"]) == (23_450, 100_000)
    takings.hear(Fact(SENT_AT, payment_reversed(Return(payment(amount_minor=100_000), SENT_AT, "MS03"))))
    assert (takings.overdue(TODAY)["EUR"], takings.recovered["EUR"]) == (123_450, 0)


def test_what_comes_without_a_mail_is_not_recovered():
    takings = _takings(payment_received(payment()))
    assert not takings.overdue(TODAY)["EUR"]
    assert not takings.recovered["EUR"]


def test_corrections_make_less_of_it():
    for way in ("adjustment", "credit_note", "new_version"):
        corrected = Fact(SENT_AT + timedelta(days=1), correction_made(Correction(INVOICE, 450, SENT_AT, way)))
        assert _takings(corrected).overdue(TODAY) == {"EUR": 123_000}, way
