"""What customers say about being reached, bounces, and tasks for people."""

from alembic import op

from kulant_chassis.schema import downgrade_0002, upgrade_0002

revision = "0002_pre"
down_revision = "0001_pre"
branch_labels = None
depends_on = None

_CHANGES = (
    "ALTER TABLE reminder DROP CONSTRAINT reminder_state_check",
    """
    ALTER TABLE reminder ADD CONSTRAINT reminder_state_check CHECK (state IN ('requested', 'claimed', 'handing_over',
        'sent', 'suppressed', 'failed', 'unknown', 'bounced', 'delivered'))
    """,
    "ALTER TABLE delivery DROP CONSTRAINT delivery_outcome_check",
    """
    ALTER TABLE delivery ADD CONSTRAINT delivery_outcome_check CHECK (outcome IN ('handing_over', 'deferred', 'sent',
        'suppressed', 'failed', 'unknown', 'bounced', 'delivered'))
    """,
    """
    CREATE TABLE own_words (
        key text COLLATE "C" PRIMARY KEY,
        state jsonb NOT NULL
    )
    """,
    "COMMENT ON TABLE own_words IS 'Per customer: refusals, corrections, preference, bounces; emptied by erasure.'",
    """
    CREATE TABLE task (
        task_id uuid PRIMARY KEY,
        tenant text COLLATE "C" NOT NULL,
        key text COLLATE "C" NOT NULL,
        customer_id text NOT NULL,
        reminder_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('unknown', 'no_contact')),
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done')),
        reason text,
        opened_at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        outcome text,
        note text,
        finished_by text,
        finished_at timestamptz,
        CHECK ((state = 'done') = (outcome IS NOT NULL))
    )
    """,
    "COMMENT ON TABLE task IS 'For a person; task_id is the delivery that it is about, recorded_at machine time.'",
    "CREATE INDEX task_by_tenant ON task (tenant, state, task_id)",
    "CREATE INDEX task_by_reminder ON task (reminder_id) WHERE state = 'open'",
)


def upgrade() -> None:
    """Widen the states, add the tables."""
    upgrade_0002(op)
    for statement in _CHANGES:
        op.execute(statement)


def downgrade() -> None:
    """Back to the first tables; states that those do not know become `failed`."""
    op.execute("DROP TABLE task")
    op.execute("DROP TABLE own_words")
    op.execute("ALTER TABLE reminder DROP CONSTRAINT reminder_state_check")
    op.execute("UPDATE reminder SET state = 'failed' WHERE state IN ('bounced', 'delivered')")
    op.execute(
        "ALTER TABLE reminder ADD CONSTRAINT reminder_state_check CHECK (state IN ('requested', 'claimed',"
        " 'handing_over', 'sent', 'suppressed', 'failed', 'unknown'))"
    )
    op.execute("ALTER TABLE delivery DROP CONSTRAINT delivery_outcome_check")
    op.execute("UPDATE delivery SET outcome = 'failed' WHERE outcome IN ('bounced', 'delivered')")
    op.execute(
        "ALTER TABLE delivery ADD CONSTRAINT delivery_outcome_check CHECK (outcome IN ('handing_over', 'deferred',"
        " 'sent', 'suppressed', 'failed', 'unknown'))"
    )
    downgrade_0002(op)
