"""What the gate compares with: the last events about customers and items, in one snapshot."""

from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.clearance import CustomerRecord, ItemRecord, Question
from invoice_service.domain.money import Money
from kulant_contracts.topics import INVOICE, partition_key

# Sequences are counted in the key's row; what they were about stands in the rows of customers, holds and items.
_CUSTOMERS = text(
    "SELECT w.customer_id, customer.customer_id IS NOT NULL AS is_known,"
    " COALESCE(CAST(key_row.given ->> CAST(:topic AS text) AS bigint), 0) AS sequence,"
    " GREATEST(customer.sequence, (SELECT max(hold.sequence) FROM hold"
    " WHERE hold.tenant = :tenant AND hold.customer_id = w.customer_id), (SELECT max(credit.sequence) FROM credit"
    " WHERE credit.tenant = :tenant AND credit.customer_id = w.customer_id)) AS own_sequence,"
    " CASE WHEN (customer.details -> 'contacts') @> '[{\"consent\": {\"given\": false}}]'"
    " THEN customer.sequence ELSE 0 END AS refusal_sequence"
    " FROM unnest(CAST(:customers AS text[]), CAST(:keys AS text[])) AS w(customer_id, key)"
    " LEFT JOIN key_row ON key_row.key = w.key"
    " LEFT JOIN customer ON customer.tenant = :tenant AND customer.customer_id = w.customer_id"
)
_ITEMS = text(
    "SELECT customer_id, invoice_id, item_id, open_minor, currency, sequence FROM item JOIN"
    " unnest(CAST(:customers AS text[]), CAST(:item_ids AS text[])) AS w(customer_id, item_id)"
    " USING (customer_id, item_id) WHERE tenant = :tenant"
)


class RecordStore:
    """Reads on a connection that sees one consistent moment."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, tenant: str, questions: Sequence[Question]) -> Mapping[str, CustomerRecord]:
        """For each customer of the questions, what was told about it and the items in question."""
        items = await self._items(tenant, questions)
        customers = sorted({question.customer_id for question in questions})
        parameters = {
            "tenant": tenant,
            "topic": INVOICE,
            "customers": customers,
            "keys": [partition_key(tenant, customer_id) for customer_id in customers],
        }
        return {
            row["customer_id"]: CustomerRecord(
                row["sequence"],
                row["is_known"],
                row["own_sequence"] or 0,
                row["refusal_sequence"],
                items.get(row["customer_id"], {}),
            )
            for row in (await self._connection.execute(_CUSTOMERS, parameters)).mappings()
        }

    async def _items(self, tenant: str, questions: Sequence[Question]) -> dict[str, dict[str, list[ItemRecord]]]:
        asked = sorted({(question.customer_id, item.item_id) for question in questions for item in question.items})
        parameters = {
            "tenant": tenant,
            "customers": [customer_id for customer_id, _ in asked],
            "item_ids": [item_id for _, item_id in asked],
        }
        found: dict[str, dict[str, list[ItemRecord]]] = {}
        for row in (await self._connection.execute(_ITEMS, parameters)).mappings():
            record = ItemRecord(Money(row["open_minor"], row["currency"]), row["sequence"], row["invoice_id"])
            found.setdefault(row["customer_id"], {}).setdefault(row["item_id"], []).append(record)
        return found
