from datetime import date

import pytest

from feedback_service.domain.entry import clean_line, clean_words, read_amount, read_day


@pytest.mark.parametrize(
    ("text", "minor_digits", "amount"),
    [
        ("119.00", 2, 11_900),
        ("119", 2, 11_900),
        (" 1,234.50 ", 2, 123_450),
        ("1.234,50", 2, 123_450),
        ("1 234,5", 2, 123_450),
        ("1'234.50", 2, 123_450),
        ("€ 1.234.567,89", 2, 123_456_789),
        ("119,00 EUR", 2, 11_900),
        ("1.234", 2, 123_400),
        ("1,234", 2, 123_400),
        ("100,-", 2, 10_000),
        ("12,5", 2, 1_250),
        ("1500", 0, 1_500),
        ("1,500", 0, 1_500),
        ("15.5", 0, None),
        ("1.234", 3, 1_234),
        ("1,234", 3, 1_234_000),
        ("1,234.567", 3, 1_234_567),
        ("0", 2, 0),
        ("-5", 2, None),
        ("119.001", 2, 11_900_100),
        ("119.0001", 2, None),
        ("1,2,3", 2, None),
        ("1.23,45.6", 2, None),
        ("all of it", 2, None),
        ("", 2, None),
        ("1e5", 2, None),
        ("١٢٣", 2, None),
        ("9" * 40, 2, None),
    ],
)
def test_amounts_are_read_as_people_write_them(text, minor_digits, amount):
    assert read_amount(text, minor_digits) == amount


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-05-21", date(2026, 5, 21)),
        (" 2026-05-21 ", date(2026, 5, 21)),
        ("21.05.2026", date(2026, 5, 21)),
        ("21.5.2026", date(2026, 5, 21)),
        ("21/05/2026", date(2026, 5, 21)),
        ("2026-02-30", None),
        ("05/21/2026", None),
        ("21.05.26", None),
        ("tomorrow", None),
        ("0000-01-01", None),
    ],
)
def test_days_are_read_in_three_notations(text, day):
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  Hello \r\nworld ", "Hello \nworld"),
        ("a\n\n\n \n\nb", "a\n\nb"),
        ("a\x00b\x1b[31mc\x85d", "ab[31mcd"),
        ("a\u2028b", "a\nb"),
        ("Grüße 👋", "Grüße 👋"),
        ("\ud83d", None),
        (" \n\t ", None),
    ],
)
def test_words_are_kept_as_written_but_for_signs_that_nobody_sees(text, words):
    assert clean_words(text) == words


def test_words_are_cut_where_they_are_too_many():
    assert clean_words("x" * 10, most=10) == "x" * 10
    assert clean_words("x" * 11, most=10) == "x" * 9 + "…"


@pytest.mark.parametrize(("text", "line"), [(" a \n b\tc ", "a b c"), ("\x00", None), ("x" * 300, "x" * 200)])
def test_a_line_is_one_line(text, line):
    assert clean_line(text) == line
