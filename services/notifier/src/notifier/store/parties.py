"""Creditors, customers and terms of payment as last told; the highest version wins."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import text

from kulant_chassis.transaction import Transaction
from notifier.domain.own_words import OwnWords
from notifier.domain.party import Creditor, Customer, PaymentTerms
from notifier.store.rows import CREDITOR, CUSTOMER, WORDS

_CUSTOMERS = text("SELECT key, state::text AS state FROM customer WHERE key = ANY(CAST(:keys AS text[]))")
_WORDS = text("SELECT key, state::text AS state FROM own_words WHERE key = ANY(CAST(:keys AS text[]))")
_SAVE_WORDS = text(
    "INSERT INTO own_words (key, state)"
    " SELECT e.key, e.state::jsonb FROM unnest(CAST(:keys AS text[]), CAST(:states AS text[])) AS e(key, state)"
    " ON CONFLICT (key) DO UPDATE SET state = excluded.state"
)
_CREDITORS = text(
    "SELECT c.tenant, c.creditor_id, c.state::text AS state FROM creditor c"
    " JOIN unnest(CAST(:tenants AS text[]), CAST(:ids AS text[])) AS e(tenant, creditor_id)"
    " USING (tenant, creditor_id)"
)
_TERMS = text(
    "SELECT t.tenant, t.invoice_id, t.reference, t.account_id FROM payment_terms t"
    " JOIN unnest(CAST(:tenants AS text[]), CAST(:ids AS text[])) AS e(tenant, invoice_id) USING (tenant, invoice_id)"
)
_SAVE_CUSTOMERS = text(
    "INSERT INTO customer (key, state, version)"
    " SELECT DISTINCT ON (e.key) e.key, e.state::jsonb, e.version"
    " FROM unnest(CAST(:keys AS text[]), CAST(:states AS text[]), CAST(:versions AS bigint[]))"
    " AS e(key, state, version) ORDER BY e.key, e.version DESC"
    " ON CONFLICT (key) DO UPDATE SET state = excluded.state, version = excluded.version"
    " WHERE customer.version < excluded.version"
)
_SAVE_CREDITORS = text(
    "INSERT INTO creditor (tenant, creditor_id, state, version)"
    " SELECT DISTINCT ON (e.tenant, e.creditor_id) e.tenant, e.creditor_id, e.state::jsonb, e.version"
    " FROM unnest(CAST(:tenants AS text[]), CAST(:ids AS text[]), CAST(:states AS text[]),"
    " CAST(:versions AS bigint[])) AS e(tenant, creditor_id, state, version)"
    " ORDER BY e.tenant, e.creditor_id, e.version DESC"
    " ON CONFLICT (tenant, creditor_id) DO UPDATE SET state = excluded.state, version = excluded.version"
    " WHERE creditor.version < excluded.version"
)
_SAVE_TERMS = text(
    "INSERT INTO payment_terms (tenant, invoice_id, reference, account_id, version)"
    " SELECT DISTINCT ON (e.tenant, e.invoice_id) e.tenant, e.invoice_id, e.reference, e.account_id, e.version"
    " FROM unnest(CAST(:tenants AS text[]), CAST(:ids AS text[]), CAST(:texts AS text[]), CAST(:accounts AS text[]),"
    " CAST(:versions AS bigint[])) AS e(tenant, invoice_id, reference, account_id, version)"
    " ORDER BY e.tenant, e.invoice_id, e.version DESC"
    " ON CONFLICT (tenant, invoice_id) DO UPDATE SET reference = excluded.reference,"
    " account_id = excluded.account_id, version = excluded.version WHERE payment_terms.version < excluded.version"
)


class PartyStore:
    """`Parties` inside one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._connection = transaction.connection

    async def customers(self, keys: Collection[str]) -> Mapping[str, Customer]:
        """Customers by key."""
        rows = (await self._connection.execute(_CUSTOMERS, {"keys": list(keys)})).mappings()
        return {row["key"]: CUSTOMER.validate_json(row["state"]) for row in rows}

    async def words(self, keys: Collection[str]) -> Mapping[str, OwnWords]:
        """What locked customers said about being reached; nothing for those who said nothing."""
        rows = (await self._connection.execute(_WORDS, {"keys": list(keys)})).mappings()
        return {row["key"]: WORDS.validate_json(row["state"]) for row in rows}

    async def save_words(self, words: Mapping[str, OwnWords]) -> None:
        """Keep what locked customers said."""
        if words:
            keys = sorted(words, key=str.encode)
            states = [WORDS.dump_json(words[key]).decode() for key in keys]
            await self._connection.execute(_SAVE_WORDS, {"keys": keys, "states": states})

    async def creditors(self, ids: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Creditor]:
        """Creditors by tenant and id."""
        asked = {"tenants": [tenant for tenant, _ in ids], "ids": [creditor for _, creditor in ids]}
        rows = (await self._connection.execute(_CREDITORS, asked)).mappings()
        return {(row["tenant"], row["creditor_id"]): CREDITOR.validate_json(row["state"]) for row in rows}

    async def terms(self, invoices: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], PaymentTerms]:
        """How invoices want to be paid, by tenant and id."""
        asked = {"tenants": [tenant for tenant, _ in invoices], "ids": [invoice for _, invoice in invoices]}
        rows = (await self._connection.execute(_TERMS, asked)).mappings()
        return {(row["tenant"], row["invoice_id"]): PaymentTerms(row["reference"], row["account_id"]) for row in rows}

    async def save_customers(self, facts: Sequence[tuple[str, Customer, int]]) -> None:
        """Keep customers (key, state, version) where the version is higher."""
        if facts:
            parameters = {
                "keys": [key for key, _, _ in facts],
                "states": [CUSTOMER.dump_json(state).decode() for _, state, _ in facts],
                "versions": [version for _, _, version in facts],
            }
            await self._connection.execute(_SAVE_CUSTOMERS, parameters)

    async def save_creditors(self, facts: Sequence[tuple[str, Creditor, int]]) -> None:
        """Keep creditors (tenant, state, version) where the version is higher."""
        if facts:
            parameters = {
                "tenants": [tenant for tenant, _, _ in facts],
                "ids": [state.creditor_id for _, state, _ in facts],
                "states": [CREDITOR.dump_json(state).decode() for _, state, _ in facts],
                "versions": [version for _, _, version in facts],
            }
            await self._connection.execute(_SAVE_CREDITORS, parameters)

    async def save_terms(self, facts: Sequence[tuple[str, str, PaymentTerms, int]]) -> None:
        """Keep how invoices want to be paid (tenant, invoice, terms, version) where the version is higher."""
        if facts:
            parameters = {
                "tenants": [tenant for tenant, _, _, _ in facts],
                "ids": [invoice for _, invoice, _, _ in facts],
                "texts": [terms.reference for _, _, terms, _ in facts],
                "accounts": [terms.account_id for _, _, terms, _ in facts],
                "versions": [version for _, _, _, version in facts],
            }
            await self._connection.execute(_SAVE_TERMS, parameters)
