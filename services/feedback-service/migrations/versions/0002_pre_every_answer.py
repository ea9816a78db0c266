"""Every kind of answer, what the page tells of them, and mails that came back to us."""

from alembic import op

from kulant_chassis.schema import downgrade_0002, upgrade_0002

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CHANGES = (
    (
        "ALTER TABLE customer ADD COLUMN language text, ADD COLUMN consents jsonb NOT NULL DEFAULT '[]',"
        " ADD COLUMN erased_on date"
    ),
    (
        "ALTER TABLE reminder ADD COLUMN kind text NOT NULL DEFAULT 'reminder',"
        " ADD COLUMN stage_code text NOT NULL DEFAULT '', ADD COLUMN language text,"
        " ADD COLUMN total_minor bigint NOT NULL DEFAULT 0, ADD COLUMN channels text[] NOT NULL DEFAULT '{email}',"
        " ADD COLUMN deadline_on date, ADD COLUMN next_step_code text, ADD COLUMN next_step_on date"
    ),
    "CREATE INDEX reminder_customer ON reminder (tenant, customer_id, creditor_id)",
    # From now on the invoice of each item stands beside it, in the same place.
    (
        "UPDATE reminder SET invoice_ids = ARRAY(SELECT coalesce((SELECT item.invoice_id FROM item"
        " WHERE item.tenant = reminder.tenant AND item.customer_id = reminder.customer_id"
        " AND item.item_id = one.item_id AND item.invoice_id = ANY (reminder.invoice_ids)"
        " ORDER BY item.invoice_id LIMIT 1), reminder.invoice_ids[1])"
        " FROM unnest(reminder.item_ids) WITH ORDINALITY AS one(item_id, place) ORDER BY one.place)"
    ),
    (
        "ALTER TABLE message_sent ADD COLUMN channel text NOT NULL DEFAULT 'email', ADD COLUMN contact_id text,"
        " ADD COLUMN total_minor bigint, ADD COLUMN deadline_on date"
    ),
    "CREATE INDEX message_sent_delivery ON message_sent (delivery_id)",
    (
        "ALTER TABLE response ALTER COLUMN amount_minor DROP NOT NULL, ALTER COLUMN currency DROP NOT NULL,"
        " ALTER COLUMN named_on DROP NOT NULL, ADD COLUMN invoice_id text, ADD COLUMN quote text,"
        " ADD COLUMN via text NOT NULL DEFAULT 'page', ADD COLUMN details jsonb NOT NULL DEFAULT '{}',"
        " ADD COLUMN outcome text, ADD COLUMN outcome_version bigint NOT NULL DEFAULT 0"
    ),
    "UPDATE response SET outcome = 'taken_up' WHERE is_taken_up",
    "CREATE INDEX response_binding ON response (tenant, customer_id, sequence DESC)",
    """
    CREATE TABLE credit (
        tenant text NOT NULL,
        customer_id text NOT NULL,
        creditor_id text NOT NULL,
        currency text NOT NULL,
        amount_minor bigint NOT NULL,
        version bigint NOT NULL,
        PRIMARY KEY (tenant, customer_id, creditor_id, currency)
    )
    """,
    """
    CREATE TABLE hold (
        tenant text NOT NULL,
        customer_id text NOT NULL,
        source text NOT NULL,
        hold_id text NOT NULL,
        version bigint NOT NULL,
        is_set boolean NOT NULL,
        scope text NOT NULL,
        reason text NOT NULL,
        creditor_id text,
        scope_id text,
        invoice_id text,
        amount_minor bigint,
        currency text,
        until_on date,
        PRIMARY KEY (tenant, customer_id, source, hold_id)
    )
    """,
    """
    CREATE TABLE case_told (
        tenant text NOT NULL,
        case_id text NOT NULL,
        customer_id text NOT NULL,
        creditor_id text NOT NULL,
        version bigint NOT NULL,
        at timestamptz NOT NULL,
        state text NOT NULL,
        handed_to text,
        PRIMARY KEY (tenant, case_id)
    )
    """,
    """
    CREATE TABLE inbound_mail (
        mail_id uuid PRIMARY KEY,
        mail_key text NOT NULL,
        tenant text,
        state text NOT NULL,
        reason text NOT NULL,
        reminder_id uuid,
        customer_id text,
        response_id uuid,
        received_at timestamptz NOT NULL,
        sender text,
        subject text,
        words text,
        attachments jsonb NOT NULL DEFAULT '[]',
        size_bytes integer NOT NULL
    )
    """,
    "CREATE INDEX inbound_mail_state ON inbound_mail (state, received_at, mail_id)",
)
COMMENTS = {
    "credit": "Money of customers that belongs to no invoice yet.",
    "hold": "Reasons not to remind, from the ERP and from dunning-engine.",
    "case_told": "What dunning-engine said last about each case.",
    "inbound_mail": "Mails that came back to us, each once; words and sender only where a person must look.",
}
REMOVALS = {
    "customer": ("language", "consents", "erased_on"),
    "reminder": (
        "kind", "stage_code", "language", "total_minor", "channels", "deadline_on", "next_step_code", "next_step_on",
    ),
    "message_sent": ("channel", "contact_id", "total_minor", "deadline_on"),
    "response": ("invoice_id", "quote", "via", "details", "outcome", "outcome_version"),
}  # fmt: skip


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    upgrade_0002(op)
    for statement in CHANGES:
        op.execute(statement)
    for table, comment in COMMENTS.items():
        op.execute(f"COMMENT ON TABLE {table} IS '{comment}'")


def downgrade() -> None:
    for table in COMMENTS:
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP INDEX reminder_customer")
    op.execute("DROP INDEX message_sent_delivery")
    op.execute("DROP INDEX response_binding")
    op.execute("DELETE FROM response WHERE amount_minor IS NULL OR currency IS NULL OR named_on IS NULL")
    op.execute(
        "CREATE INDEX message_sent_delivery ON message_sent (delivery_id)",
        "ALTER TABLE response ALTER COLUMN amount_minor SET NOT NULL, ALTER COLUMN currency SET NOT NULL,"
        " ALTER COLUMN named_on SET NOT NULL",
    )
    for table, columns in REMOVALS.items():
        op.execute(f"ALTER TABLE {table} " + ", ".join(f"DROP COLUMN {column}" for column in columns))
    downgrade_0002(op)
