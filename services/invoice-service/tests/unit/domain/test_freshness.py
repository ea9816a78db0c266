from datetime import UTC, datetime

import pytest

from invoice_service.domain.freshness import ALL_ACCOUNTS, least_over_accounts, names_of

ONE, TWO, THREE = (datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 3))
GIRO, SAVINGS = {"giro", "DE02 1203"}, {"savings"}


@pytest.mark.parametrize(
    ("passed", "accounts", "expected"),
    [
        pytest.param({}, [], None, id="nothing-checked"),
        pytest.param({ALL_ACCOUNTS: TWO}, [], TWO, id="all-at-once"),
        pytest.param({ALL_ACCOUNTS: TWO}, [GIRO, SAVINGS], TWO, id="all-at-once-whatever-there-is"),
        pytest.param({"giro": ONE, "savings": TWO}, [GIRO, SAVINGS], ONE, id="the-least"),
        pytest.param({"giro": ONE}, [GIRO, SAVINGS], None, id="one-was-never-checked"),
        pytest.param({"giro": THREE, ALL_ACCOUNTS: TWO}, [GIRO, SAVINGS], TWO, id="all-and-one-later"),
        pytest.param({"giro": ONE, "savings": ONE, ALL_ACCOUNTS: TWO}, [GIRO, SAVINGS], TWO, id="ones-and-all-later"),
        pytest.param({"de021203": ONE, "savings": TWO}, [GIRO, SAVINGS], ONE, id="by-its-iban-however-written"),
        pytest.param({"giro": ONE, "DE021203": TWO}, [GIRO], TWO, id="by-both-names"),
        pytest.param({"feed-1": ONE, "feed-2": TWO}, [GIRO, SAVINGS], ONE, id="by-names-of-its-own"),
        pytest.param({"feed-1": ONE, "giro": TWO}, [GIRO], ONE, id="one-more-than-the-creditor-says"),
        pytest.param({"feed-1": ONE, "giro": TWO}, [GIRO, SAVINGS], None, id="one-more-and-one-less"),
    ],
)
def test_freshness_is_the_least_over_the_accounts(passed, accounts, expected) -> None:
    assert least_over_accounts(passed, accounts) == expected


def test_an_account_is_known_by_its_id_and_its_iban() -> None:
    assert names_of({"account_id": "a", "iban": "DE1", "holder": "x"}) == {"a", "DE1"}
    assert names_of({"account_id": "a"}) == {"a"}
