"""How fresh what is known about payments is: up to which moment none can be missing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ALL_ACCOUNTS = ""
"""Stands for all accounts of a creditor together."""


@dataclass(frozen=True, slots=True)
class Check:
    """The ERP says that all payments of an account up to a moment were sent before this fact."""

    tenant: str
    creditor_id: str
    account: str
    version: int
    seen_until_at: datetime


@dataclass(frozen=True, slots=True)
class KnownFreshness:
    """A creditor's freshness as last published; `version` is Kulant's own."""

    seen_until_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class PaymentsChecked:
    """A creditor's freshness moved."""

    creditor_id: str
    seen_until_at: datetime
    version: int
    happened_at: datetime


def least_over_accounts(passed: Mapping[str, datetime], bank_accounts: Collection[Collection[str]]) -> datetime | None:
    """The moment up to which no payment to a creditor can be missing; None where that cannot be known.

    `passed` is by the names that the ERP uses; `bank_accounts` are the creditor's, each by all its names (id, IBAN).
    A check of all accounts counts for each of them. An account that the creditor has and that nobody ever checked
    leaves all unknown; but an ERP that uses none of the creditor's names is measured by its own names alone.
    """
    of_all = passed.get(ALL_ACCOUNTS)
    by_name = {_plain(name): at for name, at in passed.items() if name != ALL_ACCOUNTS}
    known_names = [{_plain(name) for name in names} for names in bank_accounts]
    matched = [names for names in known_names if names & by_name.keys()]
    unmatched = by_name.keys() - {name for names in known_names for name in names}
    if not by_name:
        return of_all
    moments = [_latest([by_name[name] for name in names & by_name.keys()], of_all) for names in matched]
    moments += [_latest([by_name[name]], of_all) for name in unmatched]
    if matched and len(matched) < len(known_names):
        if of_all is None:
            return None
        moments.append(of_all)
    return min(moments)


def names_of(bank_account: Mapping[str, Any]) -> set[str]:
    """All names by which the ERP may mean this account of a creditor's details."""
    return {str(bank_account[name]) for name in ("account_id", "iban") if bank_account.get(name)}


def _latest(moments: list[datetime], of_all: datetime | None) -> datetime:
    return max([*moments, *([of_all] if of_all else [])])


def _plain(name: str) -> str:
    """IBANs are written with and without spaces."""
    return name.replace(" ", "").upper()
