"""All that an ERP and customers can say, what people decided, tasks, and writes over REST."""

from alembic import op

from kulant_chassis.schema import downgrade_0002, upgrade_0002

revision = "0002_pre_everything_said"
down_revision = "0001_pre_first_tables"
branch_labels = None
depends_on = None

UPGRADE = (
    """
    CREATE TABLE payments_checked (
        tenant text NOT NULL,
        creditor_id text NOT NULL,
        seen_until_at timestamptz NOT NULL,
        version bigint NOT NULL,
        PRIMARY KEY (tenant, creditor_id)
    )
    """,
    "COMMENT ON TABLE payments_checked IS 'Up to when all payments to a creditor are known; highest version wins.'",
    """
    CREATE TABLE payments_awaited (
        key text COLLATE "C" NOT NULL,
        creditor_id text NOT NULL,
        tenant text NOT NULL,
        knew_until_at timestamptz NOT NULL,
        PRIMARY KEY (key, creditor_id)
    )
    """,
    "COMMENT ON TABLE payments_awaited IS 'Customers whose last decision waits until later payments are known.'",
    "CREATE INDEX payments_awaited_creditor ON payments_awaited (tenant, creditor_id, knew_until_at)",
    """
    ALTER TABLE customer
        ADD COLUMN kind text NOT NULL DEFAULT 'unknown',
        ADD COLUMN profile jsonb NOT NULL DEFAULT '{}',
        ADD COLUMN consented_at jsonb NOT NULL DEFAULT '{}'
    """,
    """
    CREATE TABLE erasure (
        key text COLLATE "C" PRIMARY KEY,
        version bigint NOT NULL
    )
    """,
    "COMMENT ON TABLE erasure IS 'Customers that are to be forgotten: nothing is sent to them any more.'",
    """
    ALTER TABLE item
        ADD COLUMN direct_debit_on date,
        ADD COLUMN returned jsonb,
        ADD COLUMN prior jsonb,
        ADD COLUMN is_opening boolean NOT NULL DEFAULT false,
        ADD COLUMN corrected_minor bigint
    """,
    """
    CREATE TABLE credit (
        key text COLLATE "C" NOT NULL,
        creditor_id text NOT NULL,
        currency text NOT NULL,
        amount_minor bigint NOT NULL,
        version bigint NOT NULL,
        PRIMARY KEY (key, creditor_id, currency)
    )
    """,
    "COMMENT ON TABLE credit IS 'Money of customers that is not allocated to any item; highest version wins.'",
    """
    ALTER TABLE hold
        ADD COLUMN invoice_id text,
        ADD COLUMN amount_minor bigint,
        ADD COLUMN currency text,
        ADD COLUMN set_at timestamptz,
        ADD COLUMN source text NOT NULL DEFAULT 'erp' CHECK (source IN ('erp', 'api')),
        ADD COLUMN note text,
        ADD COLUMN is_noted boolean NOT NULL DEFAULT false,
        ADD COLUMN is_resumed boolean NOT NULL DEFAULT false
    """,
    "COMMENT ON TABLE hold IS 'Reasons not to remind; highest version wins. Noted, resumed: on record in its cases.'",
    "CREATE INDEX hold_lasting ON hold (key) WHERE NOT is_resumed",
    "ALTER TABLE answer RENAME COLUMN promised_on TO named_on",
    "ALTER TABLE answer DROP CONSTRAINT answer_kind_check",
    "ALTER TABLE answer DROP CONSTRAINT answer_check",
    """
    ALTER TABLE answer
        ADD COLUMN what text,
        ADD COLUMN invoice_id text,
        ADD COLUMN channel text,
        ADD COLUMN contact_id text,
        ADD COLUMN case_id uuid,
        ADD COLUMN stood jsonb,
        ADD COLUMN contested jsonb,
        ADD COLUMN ended text,
        ADD COLUMN answered_at timestamptz,
        ADD COLUMN decided_at timestamptz,
        ADD COLUMN outcome text,
        ADD COLUMN accepted_minor bigint,
        ADD CONSTRAINT answer_kind CHECK (kind IN
            ('promise', 'claim', 'dispute', 'question', 'refusal', 'preference', 'represented')),
        ADD CONSTRAINT answer_promise CHECK (kind <> 'promise' OR named_on IS NOT NULL),
        ADD CONSTRAINT answer_decided CHECK ((outcome IS NULL) = (decided_at IS NULL))
    """,
    "COMMENT ON TABLE answer IS 'What customers said, what was open then, and what became of it.'",
    "COMMENT ON COLUMN answer.stood IS 'What was open on the items that it is about when it was first decided on.'",
    "CREATE INDEX answer_response ON answer (response_id)",
    "CREATE INDEX hold_of_api ON hold (hold_id) WHERE source = 'api'",
    "COMMENT ON COLUMN answer.contested IS 'A dispute: what its case knows to be contested, item by item.'",
    "ALTER TABLE delivery ADD COLUMN contact_id text",
    """
    ALTER TABLE dunning_case
        ADD COLUMN stage integer NOT NULL DEFAULT 0,
        ADD COLUMN open_minor bigint NOT NULL DEFAULT 0,
        ADD COLUMN rules jsonb NOT NULL DEFAULT '[]'
    """,
    "COMMENT ON COLUMN dunning_case.stage IS 'The highest stage that was reached in it.'",
    "COMMENT ON COLUMN dunning_case.rules IS 'The rules by which its items were decided on last.'",
    "CREATE INDEX dunning_case_stage ON dunning_case (tenant, stage, case_id)",
    "CREATE INDEX dunning_case_owed ON dunning_case (tenant, open_minor, case_id)",
    """
    ALTER TABLE reminder
        ADD COLUMN kind text NOT NULL DEFAULT 'reminder',
        ADD COLUMN code text NOT NULL DEFAULT 'friendly',
        ADD COLUMN tone text NOT NULL DEFAULT 'friendly',
        ADD COLUMN channels jsonb NOT NULL DEFAULT '["email"]',
        ADD COLUMN about_response_id text,
        ADD COLUMN returned_payment_id text,
        ADD COLUMN credits jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN is_live boolean NOT NULL DEFAULT true
    """,
    "COMMENT ON COLUMN reminder.is_live IS 'How it ended was not read yet, or its stage is not on record yet.'",
    "DROP INDEX reminder_key",
    "CREATE INDEX reminder_requested ON reminder (key, requested_at)",
    "CREATE INDEX reminder_live ON reminder (key) WHERE is_live",
    "CREATE INDEX reminder_about ON reminder (key, about_response_id) WHERE about_response_id IS NOT NULL",
    """
    CREATE TABLE reminder_item (
        key text COLLATE "C" NOT NULL,
        invoice_id text NOT NULL,
        item_id text NOT NULL,
        reminder_id uuid NOT NULL,
        PRIMARY KEY (key, invoice_id, item_id, reminder_id)
    )
    """,
    "COMMENT ON TABLE reminder_item IS 'Which reminders spoke about an item: a decision loads those of open items.'",
    """
    INSERT INTO reminder_item (key, invoice_id, item_id, reminder_id)
    SELECT reminder.key, asked ->> 'invoice_id', asked ->> 'item_id', reminder.reminder_id
    FROM reminder, jsonb_array_elements(reminder.items) AS asked
    """,
    """
    CREATE TABLE task (
        task_id uuid PRIMARY KEY,
        key text COLLATE "C" NOT NULL,
        tenant text NOT NULL,
        customer_id text NOT NULL,
        code text NOT NULL,
        about text NOT NULL,
        case_id uuid,
        invoice_id text,
        item_id text,
        since_at timestamptz NOT NULL,
        finished_at timestamptz,
        gone_at timestamptz
    )
    """,
    "COMMENT ON TABLE task IS 'What a person must look at; gone once the facts do not ask for it any more.'",
    "CREATE UNIQUE INDEX task_present ON task (key, code, about) WHERE gone_at IS NULL",
    "CREATE INDEX task_open ON task (tenant, task_id) WHERE gone_at IS NULL AND finished_at IS NULL",
)
DOWNGRADE = (
    "DROP TABLE task",
    "DROP TABLE reminder_item",
    "DROP INDEX reminder_about",
    "DROP INDEX reminder_live",
    "DROP INDEX reminder_requested",
    "CREATE INDEX reminder_key ON reminder (key)",
    """
    ALTER TABLE reminder DROP COLUMN kind, DROP COLUMN code, DROP COLUMN tone, DROP COLUMN channels,
        DROP COLUMN about_response_id, DROP COLUMN returned_payment_id, DROP COLUMN credits, DROP COLUMN is_live
    """,
    "ALTER TABLE dunning_case DROP COLUMN stage, DROP COLUMN open_minor, DROP COLUMN rules",
    "ALTER TABLE delivery DROP COLUMN contact_id",
    "DROP INDEX hold_of_api",
    "DROP INDEX answer_response",
    "DELETE FROM answer WHERE kind NOT IN ('promise', 'claim')",
    """
    ALTER TABLE answer DROP CONSTRAINT answer_kind, DROP CONSTRAINT answer_promise, DROP CONSTRAINT answer_decided,
        DROP COLUMN what, DROP COLUMN invoice_id, DROP COLUMN channel, DROP COLUMN contact_id, DROP COLUMN case_id,
        DROP COLUMN stood, DROP COLUMN contested, DROP COLUMN ended, DROP COLUMN answered_at, DROP COLUMN decided_at,
        DROP COLUMN outcome,
        DROP COLUMN accepted_minor
    """,
    "UPDATE answer SET named_on = NULL, amount_minor = NULL WHERE kind = 'claim'",
    "ALTER TABLE answer RENAME COLUMN named_on TO promised_on",
    "ALTER TABLE answer ADD CONSTRAINT answer_kind_check CHECK (kind IN ('promise', 'claim'))",
    "ALTER TABLE answer ADD CONSTRAINT answer_check CHECK ((kind = 'promise') = (promised_on IS NOT NULL))",
    """
    ALTER TABLE hold DROP COLUMN invoice_id, DROP COLUMN amount_minor, DROP COLUMN currency, DROP COLUMN set_at,
        DROP COLUMN source, DROP COLUMN note, DROP COLUMN is_noted, DROP COLUMN is_resumed
    """,
    "DROP TABLE credit",
    """
    ALTER TABLE item DROP COLUMN direct_debit_on, DROP COLUMN returned, DROP COLUMN prior, DROP COLUMN is_opening,
        DROP COLUMN corrected_minor
    """,
    "DROP TABLE erasure",
    "ALTER TABLE customer DROP COLUMN kind, DROP COLUMN profile, DROP COLUMN consented_at",
    "DROP TABLE payments_awaited",
    "DROP TABLE payments_checked",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    upgrade_0002(op)
    for statement in UPGRADE:
        op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in DOWNGRADE:
        op.execute(statement)
    downgrade_0002(op)
