"""The first tables: reminders, their deliveries and contents, the people they concern."""

from alembic import op

from kulant_chassis.schema import downgrade_0001, upgrade_0001

revision = "0001_pre"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    """
    CREATE TABLE reminder (
        reminder_id uuid PRIMARY KEY,
        tenant text COLLATE "C" NOT NULL,
        key text COLLATE "C" NOT NULL,
        state text NOT NULL DEFAULT 'requested' CHECK (state IN
            ('requested', 'claimed', 'handing_over', 'sent', 'suppressed', 'failed', 'unknown')),
        command jsonb NOT NULL,
        traceparent text,
        tracestate text,
        correlationid text,
        causationid text,
        not_before_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        owner uuid,
        epoch integer NOT NULL DEFAULT 0,
        retry_at timestamptz NOT NULL,
        waits integer NOT NULL DEFAULT 0,
        waiting_for text,
        delivery_id uuid,
        ended_at timestamptz,
        CHECK ((state IN ('claimed', 'handing_over')) = (owner IS NOT NULL))
    ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02)
    """,
    "COMMENT ON TABLE reminder IS 'A command: owner and epoch say who may work on it; retry_at is machine time.'",
    # Every range of this index belongs to one tenant, so live and test clocks never meet in it.
    "CREATE INDEX reminder_due ON reminder (tenant, not_before_at) WHERE state = 'requested'",
    "CREATE INDEX reminder_at_work ON reminder (owner) WHERE state IN ('claimed', 'handing_over')",
    """
    CREATE TABLE withdrawal (
        reminder_id uuid PRIMARY KEY,
        reason text NOT NULL
    )
    """,
    "COMMENT ON TABLE withdrawal IS 'Reminders taken back, also those that were never read.'",
    """
    CREATE TABLE delivery (
        delivery_id uuid PRIMARY KEY,
        reminder_id uuid NOT NULL,
        tenant text COLLATE "C" NOT NULL,
        customer_id text NOT NULL,
        case_id text NOT NULL,
        outcome text NOT NULL CHECK (outcome IN
            ('handing_over', 'deferred', 'sent', 'suppressed', 'failed', 'unknown')),
        channel text NOT NULL,
        contact_id text,
        address text,
        gateway text,
        provider_id text,
        reason text,
        content_sha256 text,
        total_minor bigint NOT NULL,
        currency text NOT NULL,
        deadline_on date,
        asked_at timestamptz,
        cleared_at timestamptz,
        at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL
    ) WITH (fillfactor = 80)
    """,
    "COMMENT ON TABLE delivery IS 'One attempt each; the address is masked; recorded_at is machine time.'",
    "CREATE INDEX delivery_by_tenant ON delivery (tenant, delivery_id)",
    "CREATE INDEX delivery_by_customer ON delivery (tenant, customer_id, delivery_id)",
    "CREATE INDEX delivery_by_reminder ON delivery (reminder_id, delivery_id)",
    """
    CREATE TABLE content (
        delivery_id uuid PRIMARY KEY,
        content bytea NOT NULL
    )
    """,
    "ALTER TABLE content ALTER COLUMN content SET STORAGE EXTENDED",
    "COMMENT ON TABLE content IS 'The exact bytes of mails whose hand-over was begun.'",
    """
    CREATE TABLE own_stop (
        key text COLLATE "C" PRIMARY KEY,
        sequence bigint NOT NULL
    )
    """,
    "COMMENT ON TABLE own_stop IS 'Per customer: the sequence of the last delivery that failed here.'",
    """
    CREATE TABLE customer (
        key text COLLATE "C" PRIMARY KEY,
        state jsonb NOT NULL,
        version bigint NOT NULL
    )
    """,
    """
    CREATE TABLE creditor (
        tenant text COLLATE "C" NOT NULL,
        creditor_id text NOT NULL,
        state jsonb NOT NULL,
        version bigint NOT NULL,
        PRIMARY KEY (tenant, creditor_id)
    )
    """,
    """
    CREATE TABLE payment_terms (
        tenant text COLLATE "C" NOT NULL,
        invoice_id text NOT NULL,
        reference text,
        account_id text,
        version bigint NOT NULL,
        PRIMARY KEY (tenant, invoice_id)
    )
    """,
    """
    CREATE TABLE sender_lease (
        owner uuid PRIMARY KEY,
        expires_at timestamptz NOT NULL
    )
    """,
    "COMMENT ON TABLE sender_lease IS 'Senders that live; machine time of the database.'",
)


def upgrade() -> None:
    """Make the chassis' tables and the notifier's own."""
    upgrade_0001(op)
    for statement in _TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Remove all tables."""
    for table in (
        "sender_lease",
        "payment_terms",
        "creditor",
        "customer",
        "own_stop",
        "content",
        "delivery",
        "withdrawal",
        "reminder",
    ):
        op.execute(f"DROP TABLE {table}")
    downgrade_0001(op)
