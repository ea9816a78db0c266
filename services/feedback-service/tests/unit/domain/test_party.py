import pytest
from feedback_builders import a_creditor, a_customer

from feedback_service.domain.party import BankAccount

EURO = BankAccount("euro", "DE89370400440532013000", "Lindenhof", currency="EUR")
FRANC = BankAccount("franc", "CH9300762011623852957", "Lindenhof", currency="CHF")
ANY = BankAccount("any", "NL91ABNA0417164300", "Lindenhof")


@pytest.mark.parametrize(
    ("accounts", "currency", "wanted", "chosen"),
    [
        pytest.param((EURO, ANY), "EUR", {"any"}, ANY, id="the invoices agree on one"),
        pytest.param((ANY, EURO), "EUR", {"any", "euro"}, EURO, id="they do not agree"),
        pytest.param((ANY, EURO), "EUR", {None}, EURO, id="they say nothing"),
        pytest.param((EURO, FRANC), "EUR", {"franc"}, EURO, id="the named one is of another currency"),
        pytest.param((EURO, ANY), "CHF", {None}, ANY, id="none of this currency"),
        pytest.param((EURO,), "CHF", {None}, None, id="none that takes it"),
    ],
)
def test_the_account_fits_the_invoices_and_the_currency(accounts, currency, wanted, chosen):
    assert a_creditor(accounts=accounts).account_for(currency, frozenset(wanted)) == chosen


@pytest.mark.parametrize(
    ("kind", "name", "shown"),
    [
        ("business", "Café Morgenrot GbR", "Café Morgenrot GbR"),
        ("public", "Stadt Ulm", "Stadt Ulm"),
        ("consumer", "Erika Mustermann", "E. M."),
        ("unknown", "erika von  mustermann", "E. V. M."),
        ("consumer", "1 + 1", ""),
    ],
)
def test_a_person_is_shown_by_initials_only(kind, name, shown):
    assert a_customer(kind=kind, name=name).shown_name == shown
