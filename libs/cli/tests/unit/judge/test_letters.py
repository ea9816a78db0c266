"""A reader finds amounts, days, numbers and accounts in any usual form, and nowhere else."""

from datetime import date

import pytest

from kulant_cli.judge.letters import names_amount, names_day, names_iban, names_word, read_letter, visible_text


@pytest.mark.parametrize(
    "text", ["€1,234.50", "1234.50 EUR", "1.234,50 €", "EUR 1 234.50", "CHF 1’234.50", "sum: 1,234.50."]
)
def test_an_amount_is_found_in_any_usual_form(text):
    assert names_amount(text, "1234.50")


@pytest.mark.parametrize("text", ["€11,234.50", "1234.5", "1234.501", "234.50", "1,234"])
def test_another_amount_is_not_it(text):
    assert not names_amount(text, "1234.50")


def test_a_currency_without_cents_has_whole_amounts():
    assert names_amount("JPY 12,300", "12300")
    assert not names_amount("JPY 12,300.50", "12300")


@pytest.mark.parametrize(
    "text", ["30 March 2026", "March 30, 2026", "2026-03-30", "30.03.2026", "30. März 2026", "Mon 30 Mar 2026"]
)
def test_a_day_is_found_in_any_usual_form(text):
    assert names_day(text, date(2026, 3, 30))


def test_a_longer_number_is_not_the_invoices():
    assert names_word("invoice RE-1, and RE-12", "RE-1")
    assert not names_word("invoice RE-12", "RE-1")


def test_an_account_is_found_in_groups():
    assert names_iban("IBAN DE89 3704 0044 0532 0130 00", "DE89370400440532013000")


def test_styles_and_titles_are_no_visible_text():
    assert visible_text("<head><title>T</title><style>a{}</style></head><body>Dear <b>you</b></body>") == "Dear you"


def test_what_is_no_mail_reads_as_empty():
    letter = read_letter("x.eml", b"\x00\xff nothing")
    assert (letter.message_id, letter.recipients, letter.links) == ("", frozenset(), ())
