"""What a payer needs: account, reference, and the code that fills in a transfer."""

from datetime import UTC, datetime

import notifier_builders as make
import pytest

from notifier.domain.amount import Amount
from notifier.domain.epc import MAX_BYTES, Reference, epc_payload, is_creditor_reference, is_iban
from notifier.domain.letter import payment_reference
from notifier.domain.party import PaymentTerms, choose_account

IBAN = "DE89370400440532013000"


def test_the_payload_is_that_of_the_standard_line_by_line() -> None:
    reference = Reference("RF18539007547034", is_structured=True)
    payload = epc_payload("Muster GmbH", IBAN, "COBADEFFXXX", Amount(149_90, "EUR"), reference)
    assert payload == (
        "BCD\n002\n1\nSCT\nCOBADEFFXXX\nMuster GmbH\nDE89370400440532013000\nEUR149.90\n\nRF18539007547034"
    )


def test_a_free_text_stands_one_line_lower_and_nothing_follows_it() -> None:
    payload = epc_payload("Muster GmbH", "DE89 3704 0044 0532 0130 00", None, Amount(5, "EUR"), Reference("R-1, R-2"))
    assert payload == "BCD\n002\n1\nSCT\n\nMuster GmbH\nDE89370400440532013000\nEUR0.05\n\n\nR-1, R-2"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"total": Amount(11900, "CHF")}, id="not euros"),
        pytest.param({"total": Amount(0, "EUR")}, id="nothing"),
        pytest.param({"total": Amount(100_000_000_000, "EUR")}, id="too much"),
        pytest.param({"iban": "DE88370400440532013000"}, id="wrong check sum"),
        pytest.param({"iban": "12"}, id="no account"),
        pytest.param({"bic": "COBA"}, id="broken BIC"),
        pytest.param({"holder": "x" * 71}, id="name too long, never cut"),
        pytest.param({"holder": ""}, id="no name"),
        pytest.param({"holder": "A\nB"}, id="line break in name"),
        pytest.param({"reference": Reference("x" * 141)}, id="text too long"),
        pytest.param({"reference": Reference("")}, id="no text"),
        pytest.param({"holder": "ü" * 70, "reference": Reference("ü" * 140)}, id="over 331 bytes"),
    ],
)
def test_no_payload_for_what_the_standard_cannot_carry(changes: dict) -> None:
    values = {
        "holder": "Muster GmbH",
        "iban": IBAN,
        "bic": None,
        "total": Amount(11900, "EUR"),
        "reference": Reference("R-1"),
    }
    assert epc_payload(**(values | changes)) is None


def test_the_longest_payload_is_331_bytes() -> None:
    most = epc_payload("n" * 70, IBAN, "COBADEFFXXX", Amount(99_999_999_999, "EUR"), Reference("t" * 140))
    assert most is not None
    assert len(most.encode()) <= MAX_BYTES


@pytest.mark.parametrize(
    "iban",
    [
        "DE89370400440532013000",
        "AT611904300234573201",
        "CH9300762011623852957",
        "FR1420041010050500013M02606",
        "NL91ABNA0417164300",
        "ES9121000418450200051332",
        "IT60X0542811101000000123456",
        "PT50000201231234567890154",
        "GB29NWBK60161331926819",
        "LI21088100002324013AA",
    ],
)
def test_real_account_numbers_pass_and_one_changed_digit_fails(iban: str) -> None:
    assert is_iban(iban)
    assert not is_iban(iban[:5] + ("1" if iban[5] != "1" else "2") + iban[6:])


@pytest.mark.parametrize("reference", ["RF18539007547034", "RF462026000123", "RF40RE20260001", "RF25A"])
def test_creditor_references_pass_and_a_changed_check_digit_fails(reference: str) -> None:
    assert is_creditor_reference(reference)
    assert not is_creditor_reference("RF99" + reference[4:])


def test_one_invoice_is_paid_with_the_creditors_reference() -> None:
    told = make.reminder()
    (invoice,) = told.invoice_ids
    assert payment_reference(told, {invoice: PaymentTerms("RF18 5390 0754 7034")}, "en") == Reference(
        "RF18539007547034", True
    )
    assert payment_reference(told, {invoice: PaymentTerms("Order 77\n8")}, "en") == Reference("Order 77 8")
    assert payment_reference(told, {}, "en") == Reference("R-2026-0117")


def test_several_invoices_are_paid_with_their_numbers() -> None:
    told = make.reminder(make.line("R-1"), make.line("R-2"))
    terms = {invoice: PaymentTerms("RF25A") for invoice in told.invoice_ids}
    assert payment_reference(told, terms, "en") == Reference("R-1, R-2")


def test_numbers_that_do_not_fit_give_way_to_the_customer() -> None:
    told = make.reminder(*(make.line(f"R-2026-{number:04}") for number in range(40)))
    assert payment_reference(told, {}, "en") == Reference("Customer C-1001, 40 invoices")


@pytest.mark.parametrize(
    ("wanted", "currency", "chosen"),
    [
        pytest.param(("b", "b"), "EUR", "b", id="the one that all name"),
        pytest.param(("b", "a"), "EUR", "a", id="they differ: the first of the currency"),
        pytest.param((None, "b"), "EUR", "a", id="one names none"),
        pytest.param(("gone",), "EUR", "a", id="a name that is gone"),
        pytest.param(("a",), "USD", "c", id="another currency: the account without one"),
        pytest.param((None,), "GBP", "c", id="no account of the currency"),
    ],
)
def test_the_account_follows_invoices_and_currency(wanted: tuple, currency: str, chosen: str) -> None:
    accounts = (
        make.account(account_id="a", currency="EUR"),
        make.account(account_id="b", currency="EUR"),
        make.account(account_id="c", currency=None),
    )
    account = choose_account(make.creditor(bank_accounts=accounts), currency, wanted)
    assert account is not None
    assert account.account_id == chosen


def test_no_account_where_none_takes_the_currency() -> None:
    only_dollars = make.creditor(bank_accounts=(make.account(currency="USD"),))
    assert choose_account(only_dollars, "EUR", (None,)) is None


@pytest.mark.parametrize(
    ("customers", "creditors", "hour"),
    [("Europe/Berlin", "UTC", 9), ("Nowhere/Land", "Asia/Tokyo", 17), (None, "Nowhere", 8)],
)
def test_the_moment_is_told_in_the_customers_zone(customers: str | None, creditors: str, hour: int) -> None:
    letter = make.letter(who=make.customer(time_zone=customers), by=make.creditor(time_zone=creditors))
    assert letter.as_of_at.hour == hour
    assert letter.as_of_at == datetime(2026, 3, 12, 8, 14, tzinfo=UTC)
