"""A payment history becomes a book to the cent, and a bad line is named."""

from datetime import date

import pytest

from kulant_cli.receivables import COLUMNS, UnusableHistory, history, minor_of, read_lines
from kulant_cli.telling import daily_facts
from kulant_contracts.erp_changes import ErpHoldChangedV1

LINES = (
    "1001-ABCDE,406,500001,2012-01-03,2012-02-02,97.6,USD,no,2012-02-25,yes",
    "1001-ABCDE,406,500002,2012-02-10,2012-03-11,71.33,USD,yes,2012-03-01,yes",
    "1002-FGHIJ,770,500003,2012-05-01,2012-05-31,120,USD,no,,no",
)


@pytest.fixture
def file(tmp_path):
    def write(*lines):
        path = tmp_path / "history.csv"
        path.write_text("\n".join((",".join(COLUMNS), *lines)) + "\n")
        return path

    return write


def _history(path, first_on=None, last_on=None):
    return history(read_lines(path), tenant="t", first_on=first_on, last_on=last_on)


def test_amounts_are_exact(file):
    book = _history(file(*LINES))
    assert [invoice.amount_minor for invoice in book.invoices] == [9760, 7133, 12000]
    assert [payment.amount_minor for payment in book.payments] == [9760, 7133]


@pytest.mark.parametrize(("amount", "currency", "minor"), [("12", "JPY", 12), ("1.5", "KWD", 1500), ("0.1", "EUR", 10)])
def test_minor_digits_are_the_currencys(amount, currency, minor):
    assert minor_of(amount, currency) == minor


@pytest.mark.parametrize("amount", ["1.005", "0", "-3", "NaN", "a"])
def test_what_is_no_amount_is_refused(amount):
    with pytest.raises((ValueError, ArithmeticError)):
        minor_of(amount, "EUR")


def test_the_days_are_those_of_the_file_unless_told(file):
    book = _history(file(*LINES))
    assert (book.starts_at.date(), book.last_on) == (date(2012, 1, 3), date(2012, 5, 31))


def test_only_what_was_open_within_the_days_is_played(file):
    book = _history(file(*LINES), date(2012, 2, 26), date(2012, 4, 30))
    assert [invoice.number for invoice in book.invoices] == ["500002"]
    assert [payment.invoice_id for payment in book.payments] == ["500002"]


def test_a_settlement_after_the_last_day_is_left_out(file):
    book = _history(file(*LINES), last_on=date(2012, 2, 24))
    assert book.payments == ()


DISPUTED = "1003-KLMNO,770,500004,2012-03-01,2012-03-31,18.07,USD,yes,{settled_on},no"


@pytest.mark.parametrize(
    ("settled_on", "days"),
    [
        pytest.param("2012-04-20", [("set", date(2012, 3, 31)), ("lifted", date(2012, 4, 20))], id="settled late"),
        pytest.param("", [("set", date(2012, 3, 31))], id="never settled"),
        pytest.param("2012-03-31", [], id="settled on its due date"),
        pytest.param("2012-07-01", [("set", date(2012, 3, 31))], id="settled after the last day"),
    ],
)
def test_what_was_disputed_is_on_hold_from_its_due_date_until_it_is_settled(file, settled_on, days):
    book = _history(file(*LINES, DISPUTED.format(settled_on=settled_on)), last_on=date(2012, 6, 1))
    holds = [fact for fact in daily_facts(book) if isinstance(fact.data, ErpHoldChangedV1)]
    assert [(fact.data.state, fact.at.date()) for fact in holds] == days
    assert {(fact.data.scope, fact.data.scope_id, fact.data.reason) for fact in holds} <= {
        ("item", "500004-1", "dispute")
    }


def test_a_hold_ends_after_the_payment_was_told(file):
    book = _history(file(DISPUTED.format(settled_on="2012-04-20")))
    told = [fact.data.TYPE for fact in daily_facts(book)]
    assert told == [
        "kulant.erp.invoice.issued.v1", "kulant.erp.hold.changed.v1",
        "kulant.erp.payment.received.v1", "kulant.erp.hold.changed.v1",
    ]  # fmt: skip


def test_country_and_paper_are_kept_as_profile_and_change_no_channel(file):
    customer = _history(file(*LINES)).customers[0]
    assert dict(customer.profile) == {"country_code": "406", "paper": "yes"}
    assert customer.place.time_zone == "Europe/Berlin"


def test_a_bad_line_is_named(file):
    with pytest.raises(UnusableHistory, match="line 3"):
        read_lines(file(LINES[0], LINES[1].replace("2012-02-10", "yesterday")))


def test_missing_columns_are_named(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UnusableHistory, match="customer_id"):
        read_lines(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UnusableHistory, match="cannot be read"):
        read_lines(tmp_path / "none.csv")
