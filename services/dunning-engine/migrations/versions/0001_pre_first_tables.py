"""The first tables: facts as told, cases, reminders, the record of decisions."""

from alembic import op

from kulant_chassis.schema import downgrade_0001, upgrade_0001

revision = "0001_pre_first_tables"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE tenant (
        tenant text PRIMARY KEY,
        country text NOT NULL,
        region text,
        settings_version bigint NOT NULL
    )
    """,
    "COMMENT ON TABLE tenant IS 'Where a tenant is; the version is that of its last change beside the clock.'",
    """
    CREATE TABLE creditor (
        tenant text NOT NULL,
        creditor_id text NOT NULL,
        country text NOT NULL,
        region text,
        language text NOT NULL,
        version bigint NOT NULL,
        PRIMARY KEY (tenant, creditor_id)
    )
    """,
    "COMMENT ON TABLE creditor IS 'Who is owed; highest version wins.'",
    """
    CREATE TABLE customer (
        key text COLLATE "C" PRIMARY KEY,
        customer_id text NOT NULL,
        time_zone text NOT NULL,
        country text NOT NULL,
        region text,
        language text,
        policy_code text,
        version bigint NOT NULL
    )
    """,
    "COMMENT ON TABLE customer IS 'Who owes, without name or address; highest version wins.'",
    """
    CREATE TABLE item (
        key text COLLATE "C" NOT NULL,
        invoice_id text NOT NULL,
        item_id text NOT NULL,
        creditor_id text NOT NULL,
        number text NOT NULL,
        issued_on date NOT NULL,
        due_on date,
        currency text NOT NULL,
        amount_minor bigint NOT NULL,
        open_minor bigint NOT NULL,
        state text NOT NULL,
        version bigint NOT NULL,
        traceparent text,
        correlation_id text,
        event_id text,
        PRIMARY KEY (key, invoice_id, item_id)
    ) WITH (fillfactor = 85)
    """,
    "COMMENT ON TABLE item IS 'Open items as invoice-service tells them, whole state; highest version wins.'",
    """
    CREATE TABLE hold (
        key text COLLATE "C" NOT NULL,
        hold_id text NOT NULL,
        is_set boolean NOT NULL,
        scope text NOT NULL,
        scope_id text,
        reason text NOT NULL,
        until_on date,
        version bigint NOT NULL,
        PRIMARY KEY (key, hold_id)
    )
    """,
    "COMMENT ON TABLE hold IS 'Reasons not to remind; highest version wins.'",
    """
    CREATE TABLE answer (
        key text COLLATE "C" NOT NULL,
        response_id text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('promise', 'claim')),
        said_at timestamptz NOT NULL,
        item_id text,
        currency text,
        reminder_id uuid,
        promised_on date,
        amount_minor bigint,
        is_noted boolean NOT NULL,
        PRIMARY KEY (key, response_id),
        CHECK ((kind = 'promise') = (promised_on IS NOT NULL))
    )
    """,
    "COMMENT ON TABLE answer IS 'What customers said that makes items rest; `is_noted`: on the record of its case.'",
    """
    CREATE TABLE delivery (
        key text COLLATE "C" NOT NULL,
        reminder_id uuid NOT NULL,
        delivery_id text NOT NULL,
        kind text NOT NULL,
        at timestamptz NOT NULL,
        channel text,
        reason text,
        deadline_on date,
        seen jsonb NOT NULL,
        PRIMARY KEY (key, reminder_id, delivery_id, kind)
    )
    """,
    "COMMENT ON TABLE delivery IS 'What the notifier says became of reminders.'",
    """
    CREATE TABLE dunning_case (
        case_id uuid PRIMARY KEY,
        key text COLLATE "C" NOT NULL,
        tenant text NOT NULL,
        customer_id text NOT NULL,
        creditor_id text NOT NULL,
        currency text NOT NULL,
        opened_at timestamptz NOT NULL,
        closed_at timestamptz
    )
    """,
    "COMMENT ON TABLE dunning_case IS 'One open case per customer, creditor and currency; business time.'",
    "CREATE UNIQUE INDEX dunning_case_open ON dunning_case (key, creditor_id, currency) WHERE closed_at IS NULL",
    "CREATE INDEX dunning_case_tenant ON dunning_case (tenant, case_id)",
    "CREATE INDEX dunning_case_customer ON dunning_case (tenant, customer_id, case_id)",
    """
    CREATE TABLE reminder (
        reminder_id uuid PRIMARY KEY,
        key text COLLATE "C" NOT NULL,
        case_id uuid NOT NULL REFERENCES dunning_case,
        creditor_id text NOT NULL,
        currency text NOT NULL,
        stage integer NOT NULL,
        items jsonb NOT NULL,
        requested_at timestamptz NOT NULL,
        not_after_at timestamptz NOT NULL,
        deadline_on date NOT NULL,
        customer_version bigint NOT NULL,
        seen jsonb NOT NULL,
        withdrawn_because text,
        is_noted boolean NOT NULL
    )
    """,
    "COMMENT ON TABLE reminder IS 'Reminders requested; `is_noted`: its stages are on the record of its case.'",
    "CREATE INDEX reminder_key ON reminder (key)",
    """
    CREATE TABLE decision (
        decision_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key text COLLATE "C" NOT NULL,
        case_ids uuid[] NOT NULL,
        at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        causes jsonb NOT NULL,
        policy_code text NOT NULL,
        policy_version integer NOT NULL,
        outcome text NOT NULL,
        effects jsonb NOT NULL,
        reasons jsonb NOT NULL,
        facts jsonb NOT NULL,
        fingerprint text NOT NULL
    )
    """,
    "COMMENT ON TABLE decision IS 'Every decision, also for nothing, with rule, facts, policy version. Append-only.'",
    "CREATE INDEX decision_key ON decision (key, decision_id)",
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE EXCEPTION 'the record of decisions is append-only'; END$$
    """,
    """
    CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decision
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)
DROPPED = "decision reminder dunning_case delivery answer hold item customer creditor tenant"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    upgrade_0001(op)
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in DROPPED.split():
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION refuse_change()")
    downgrade_0001(op)
