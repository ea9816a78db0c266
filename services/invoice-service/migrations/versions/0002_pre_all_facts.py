"""All that an ERP says: credit notes, adjustments, what was taken back, holds, stated balances, checked payments."""

from alembic import op

from kulant_chassis.schema import downgrade_0002, upgrade_0002

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = {
    "cancellation": """
        tenant text NOT NULL,
        kind text NOT NULL,
        entity_id text NOT NULL,
        customer_id text NOT NULL,
        version bigint NOT NULL,
        taken_back_on date NOT NULL,
        details jsonb NOT NULL,
        PRIMARY KEY (tenant, kind, entity_id)
    """,
    "stated_balance": """
        tenant text NOT NULL,
        customer_id text NOT NULL,
        invoice_id text NOT NULL,
        item_id text NOT NULL,
        version bigint NOT NULL,
        as_of_at timestamptz NOT NULL,
        currency text NOT NULL,
        open_minor bigint NOT NULL,
        PRIMARY KEY (tenant, customer_id, invoice_id, item_id)
    """,
    "credit": """
        tenant text NOT NULL,
        customer_id text NOT NULL,
        creditor_id text NOT NULL,
        currency text NOT NULL,
        amount_minor bigint NOT NULL,
        version bigint NOT NULL,
        sequence bigint NOT NULL,
        PRIMARY KEY (tenant, customer_id, creditor_id, currency)
    """,
    "payments_check": """
        tenant text NOT NULL,
        creditor_id text NOT NULL,
        account text NOT NULL,
        version bigint NOT NULL,
        seen_until_at timestamptz NOT NULL,
        is_passed boolean NOT NULL,
        goals jsonb,
        PRIMARY KEY (tenant, creditor_id, account, version)
    """,
    "freshness": """
        tenant text NOT NULL,
        creditor_id text NOT NULL,
        seen_until_at timestamptz NOT NULL,
        version bigint NOT NULL,
        PRIMARY KEY (tenant, creditor_id)
    """,
    "restatement": """
        restatement_id uuid NOT NULL,
        tenant text NOT NULL,
        customer_id text,
        after_customer_id text,
        is_done boolean NOT NULL DEFAULT false,
        asked_at timestamptz NOT NULL,
        PRIMARY KEY (restatement_id)
    """,
}
CHANGES = (
    "ALTER TABLE invoice ADD COLUMN excess_minor bigint NOT NULL DEFAULT 0",
    (
        "ALTER TABLE item ADD COLUMN creditor_id text, ADD COLUMN issued_on date,"
        " ADD COLUMN corrected_minor bigint NOT NULL DEFAULT 0, ADD COLUMN closings jsonb NOT NULL DEFAULT '[]',"
        " ADD COLUMN returned jsonb, ADD COLUMN soon_for date"
    ),
    (
        "UPDATE item SET creditor_id = invoice.creditor_id, issued_on = invoice.issued_on FROM invoice"
        " WHERE invoice.tenant = item.tenant AND invoice.invoice_id = item.invoice_id"
    ),
    # What was closed before is not known day by day: the last payment's day, or today, stands for all of it.
    (
        "UPDATE item SET closings = jsonb_build_array(jsonb_build_array(COALESCE(settled_on, current_date),"
        " greatest(amount_minor, 0) - open_minor))"
        " WHERE state <> 'cancelled' AND greatest(amount_minor, 0) <> open_minor"
    ),
    "ALTER TABLE item ALTER COLUMN creditor_id SET NOT NULL, ALTER COLUMN issued_on SET NOT NULL",
    (
        "ALTER TABLE payment ADD COLUMN kind text NOT NULL DEFAULT 'payment',"
        " ADD COLUMN creditor_id text NOT NULL DEFAULT 'main', ADD COLUMN method text,"
        " ADD COLUMN is_from_beginning boolean NOT NULL DEFAULT false,"
        " ADD COLUMN unallocated_minor bigint NOT NULL DEFAULT 0"
    ),
    (
        "UPDATE payment SET unallocated_minor = amount_minor"
        " - COALESCE((SELECT sum(CAST(one ->> 2 AS bigint)) FROM jsonb_array_elements(allocations) AS one), 0)"
    ),
    "ALTER TABLE payment DROP CONSTRAINT payment_pkey, ADD PRIMARY KEY (tenant, customer_id, kind, payment_id)",
    "ALTER TABLE payment_invoice ADD COLUMN kind text NOT NULL DEFAULT 'payment'",
    (
        "ALTER TABLE payment_invoice DROP CONSTRAINT payment_invoice_pkey,"
        " ADD PRIMARY KEY (tenant, customer_id, kind, payment_id, invoice_id)"
    ),
    (
        "ALTER TABLE hold ADD COLUMN told_version bigint NOT NULL DEFAULT 0,"
        " ADD COLUMN is_set boolean NOT NULL DEFAULT true, ADD COLUMN is_announced boolean NOT NULL DEFAULT true,"
        """ ADD COLUMN details jsonb NOT NULL DEFAULT '{"scope": "customer", "reason": "unread_fact"}'"""
    ),
    "DROP INDEX payment_by_id",
)
INDEXES = {
    "item_overdue": "item (tenant, due_on, invoice_id, item_id) WHERE state = 'overdue'",
    "payment_by_id": "payment (tenant, kind, payment_id)",
    "payment_unallocated": "payment (tenant, customer_id) WHERE unallocated_minor <> 0",
    "hold_by_id": "hold (tenant, hold_id)",
    "payments_check_waiting": "payments_check (tenant) WHERE NOT is_passed",
    "restatement_waiting": "restatement (asked_at) WHERE NOT is_done",
}
COMMENTS = {
    "TABLE payment": "Payments, credit notes and adjustments in their highest version, perhaps before their invoices.",
    "TABLE cancellation": "What the ERP took back, perhaps before it was told.",
    "TABLE hold": "Reasons not to remind: the ERP's and this service's own.",
    "TABLE stated_balance": "What the ERP's books say is open, per item as last stated.",
    "TABLE credit": "Credits as last published.",
    "TABLE payments_check": "Up to when the ERP has sent all payments of an account.",
    "TABLE freshness": "How fresh the payments of each creditor are, as last published.",
    "TABLE restatement": "Orders to tell current state again, and how far each got.",
    "COLUMN invoice.excess_minor": "Paid, with nothing to close.",
    "COLUMN item.corrected_minor": "Closed, but not by payments.",
    "COLUMN item.closings": "[day or null, minor]: closed when.",
    "COLUMN item.returned": "The last payment of it that came back: [id, day, direct debit, as told].",
    "COLUMN item.soon_for": "The due date of which it was told that it is near.",
    "COLUMN payment.kind": "payment, credit_note or adjustment.",
    "COLUMN payment.is_from_beginning": "It was never owed.",
    "COLUMN payment.unallocated_minor": "Given to nothing.",
    "COLUMN cancellation.kind": "invoice, payment or credit_note.",
    "COLUMN cancellation.version": "The ERP's; an entity in a higher version stands again.",
    "COLUMN cancellation.details": "What the ERP told, carried through as it is on the wire.",
    "COLUMN hold.version": "Kulant's own of the last announcement; 0: none.",
    "COLUMN hold.told_version": "The ERP's; 0: Kulant's own hold.",
    "COLUMN hold.is_announced": "Whether this was published.",
    "COLUMN hold.details": "Scope, reason, sum and end as they are on the wire.",
    "COLUMN stated_balance.version": "The ERP's.",
    "COLUMN credit.version": "Kulant's own; grows with every change.",
    "COLUMN credit.sequence": "Of the last credit.changed about it.",
    "COLUMN payments_check.account": "As the ERP names it; empty: all accounts.",
    "COLUMN payments_check.version": "The ERP's.",
    "COLUMN payments_check.is_passed": "All that was acknowledged before it is read.",
    "COLUMN payments_check.goals": "Partition to the offset that must be reached; read after the fact was.",
    "COLUMN freshness.version": "Kulant's own; grows with every change.",
    "COLUMN restatement.customer_id": "The one customer; null: all, and what is tenant-wide.",
    "COLUMN restatement.after_customer_id": "The last customer told; null: none yet.",
}
BACKWARDS = (
    "DELETE FROM payment WHERE kind <> 'payment'",
    "DELETE FROM payment_invoice WHERE kind <> 'payment'",
    "DELETE FROM hold WHERE told_version > 0 OR NOT is_set OR details ->> 'reason' <> 'unread_fact'",
    "ALTER TABLE payment DROP CONSTRAINT payment_pkey, ADD PRIMARY KEY (tenant, customer_id, payment_id)",
    (
        "ALTER TABLE payment_invoice DROP CONSTRAINT payment_invoice_pkey,"
        " ADD PRIMARY KEY (tenant, customer_id, payment_id, invoice_id)"
    ),
    (
        "ALTER TABLE payment DROP COLUMN kind, DROP COLUMN creditor_id, DROP COLUMN method,"
        " DROP COLUMN is_from_beginning, DROP COLUMN unallocated_minor"
    ),
    "ALTER TABLE payment_invoice DROP COLUMN kind",
    "ALTER TABLE hold DROP COLUMN told_version, DROP COLUMN is_set, DROP COLUMN is_announced, DROP COLUMN details",
    (
        "ALTER TABLE item DROP COLUMN creditor_id, DROP COLUMN issued_on, DROP COLUMN corrected_minor,"
        " DROP COLUMN closings, DROP COLUMN returned, DROP COLUMN soon_for"
    ),
    "ALTER TABLE invoice DROP COLUMN excess_minor",
    "CREATE INDEX payment_by_id ON payment (tenant, payment_id)",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    upgrade_0002(op)
    for table, columns in TABLES.items():
        op.execute(f"CREATE TABLE {table} ({columns})")
    for statement in CHANGES:
        op.execute(statement)
    for index, on in INDEXES.items():
        op.execute(f"CREATE INDEX {index} ON {on}")
    for subject, comment in COMMENTS.items():
        words = comment.replace("'", "''")
        op.execute(f"COMMENT ON {subject} IS '{words}'")


def downgrade() -> None:
    for statement in BACKWARDS:
        op.execute(statement)
    for index in ("item_overdue", "payment_unallocated", "hold_by_id"):
        op.execute(f"DROP INDEX IF EXISTS {index}")
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
    downgrade_0002(op)
