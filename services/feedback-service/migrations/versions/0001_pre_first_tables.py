"""The chassis' tables, what the page shows, and what customers answered."""

from alembic import op

from kulant_chassis.schema import downgrade_0001, upgrade_0001

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE item (
        tenant text NOT NULL,
        customer_id text NOT NULL,
        item_id text NOT NULL,
        invoice_id text NOT NULL,
        creditor_id text NOT NULL,
        number text NOT NULL,
        issued_on date NOT NULL,
        due_on date,
        currency text NOT NULL,
        amount_minor bigint NOT NULL,
        open_minor bigint NOT NULL,
        state text NOT NULL,
        version bigint NOT NULL,
        reference text,
        account_id text,
        PRIMARY KEY (tenant, customer_id, invoice_id, item_id)
    ) WITH (fillfactor = 80)
    """,
    """
    CREATE TABLE customer (
        tenant text NOT NULL,
        customer_id text NOT NULL,
        version bigint NOT NULL,
        kind text NOT NULL,
        name text NOT NULL,
        time_zone text,
        PRIMARY KEY (tenant, customer_id)
    )
    """,
    """
    CREATE TABLE creditor (
        tenant text NOT NULL,
        creditor_id text NOT NULL,
        version bigint NOT NULL,
        document jsonb NOT NULL,
        PRIMARY KEY (tenant, creditor_id)
    )
    """,
    """
    CREATE TABLE reminder (
        reminder_id uuid PRIMARY KEY,
        tenant text NOT NULL,
        customer_id text NOT NULL,
        creditor_id text NOT NULL,
        case_id text NOT NULL,
        currency text NOT NULL,
        item_ids text[] NOT NULL,
        invoice_ids text[] NOT NULL,
        not_before_at timestamptz NOT NULL,
        event_id text,
        correlation_id text,
        traceparent text,
        is_revoked boolean NOT NULL DEFAULT false
    )
    """,
    """
    CREATE TABLE message_sent (
        tenant text NOT NULL,
        delivery_id text NOT NULL,
        reminder_id uuid NOT NULL,
        sent_at timestamptz NOT NULL,
        PRIMARY KEY (tenant, delivery_id)
    )
    """,
    "CREATE INDEX message_sent_reminder ON message_sent (reminder_id)",
    """
    CREATE TABLE response (
        response_id uuid PRIMARY KEY,
        answer_id uuid NOT NULL,
        part smallint NOT NULL,
        tenant text NOT NULL,
        customer_id text NOT NULL,
        creditor_id text NOT NULL,
        case_id text,
        reminder_id uuid NOT NULL,
        intent text NOT NULL,
        item_id text,
        amount_minor bigint NOT NULL,
        currency text NOT NULL,
        named_on date NOT NULL,
        method text,
        said_at timestamptz NOT NULL,
        sequence bigint NOT NULL,
        is_taken_up boolean NOT NULL DEFAULT false,
        UNIQUE (answer_id, part)
    )
    """,
    "CREATE INDEX response_customer ON response (tenant, customer_id, creditor_id, said_at DESC)",
    "CREATE INDEX response_said ON response (tenant, said_at, response_id)",
)
COMMENTS = {
    "item": "Open items as invoice-service and reminders told them; the highest version wins.",
    "customer": "Customers, as far as the page addresses them.",
    "creditor": "Creditors, with all that the page shows of them.",
    "reminder": "What a page belongs to; its id is inside the page''s link.",
    "message_sent": "Messages of reminders that left.",
    "response": "What customers said: one row for each event given; the parts of one answer share answer_id.",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    upgrade_0001(op)
    for statement in TABLES:
        op.execute(statement)
    for table, comment in COMMENTS.items():
        op.execute(f"COMMENT ON TABLE {table} IS '{comment}'")


def downgrade() -> None:
    for table in COMMENTS:
        op.execute(f"DROP TABLE {table}")
    downgrade_0001(op)
