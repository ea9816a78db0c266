"""The chassis' own tables: one row per key, positions, outbox, lease, writes done; and their migrations."""

from typing import Protocol

UPGRADE_0001 = (
    """
    CREATE TABLE key_row (
        key text COLLATE "C" PRIMARY KEY,
        tenant text NOT NULL,
        had jsonb NOT NULL DEFAULT '{}',
        given jsonb NOT NULL DEFAULT '{}',
        parked jsonb NOT NULL DEFAULT '{}',
        tenant_version bigint NOT NULL DEFAULT 0,
        next_live_at timestamptz,
        next_test_at timestamptz
    ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02)
    """,
    "COMMENT ON TABLE key_row IS 'One row per Kafka key: its lock, sequences had and given, facts parked, next look.'",
    "CREATE INDEX key_row_next_live ON key_row (next_live_at) WHERE next_live_at IS NOT NULL",
    "CREATE INDEX key_row_next_test ON key_row (tenant, next_test_at) WHERE next_test_at IS NOT NULL",
    "CREATE INDEX key_row_tenant_version ON key_row (tenant, tenant_version)",
    """
    CREATE TABLE tenant_clock (
        tenant text PRIMARY KEY,
        mode text NOT NULL CHECK (mode IN ('live', 'test')),
        test_now_at timestamptz,
        version bigint NOT NULL,
        settings_version bigint NOT NULL,
        CHECK ((mode = 'test') = (test_now_at IS NOT NULL))
    )
    """,
    "COMMENT ON TABLE tenant_clock IS 'What time it is for a tenant, and the version of its settings.'",
    """
    CREATE TABLE consumer_position (
        topic text NOT NULL,
        partition integer NOT NULL,
        next_offset bigint NOT NULL,
        PRIMARY KEY (topic, partition)
    )
    """,
    "COMMENT ON TABLE consumer_position IS 'The next offset to apply; moves with the effects, by compare-and-set.'",
    """
    CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        topic text NOT NULL,
        key text NOT NULL,
        value bytea NOT NULL,
        traceparent text,
        tracestate text,
        created_at timestamptz NOT NULL DEFAULT now()
    ) WITH (fillfactor = 100, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0)
    """,
    "COMMENT ON TABLE outbox IS 'Events recorded and not yet acknowledged by the broker; the relay deletes them.'",
    """
    CREATE TABLE relay_lease (
        name text PRIMARY KEY,
        owner uuid NOT NULL,
        expires_at timestamptz NOT NULL
    )
    """,
    "COMMENT ON TABLE relay_lease IS 'Which process may publish; machine time of the database.'",
)
DOWNGRADE_0001 = ("key_row", "tenant_clock", "consumer_position", "outbox", "relay_lease")

UPGRADE_0002 = (
    """
    CREATE TABLE idempotency_key (
        tenant text NOT NULL,
        route text NOT NULL,
        key text NOT NULL,
        request_sha256 text NOT NULL,
        status integer,
        body text,
        etag text,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (tenant, route, key)
    )
    """,
    "COMMENT ON TABLE idempotency_key IS 'Writes over REST that were done, with the answers given; kept for 48 hours.'",
    "CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at)",
    """
    CREATE TABLE audit (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL,
        tenant text NOT NULL,
        token_name text NOT NULL,
        action text NOT NULL,
        subjects jsonb NOT NULL
    )
    """,
    "COMMENT ON TABLE audit IS 'Who changed what over REST, by ids, never with personal data; append-only.'",
    "CREATE INDEX audit_tenant ON audit (tenant, id)",
    """
    CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE EXCEPTION 'the audit is append-only'; END$$
    """,
    """
    CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
    """,
    """
    CREATE TABLE dead_letter (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        place text NOT NULL UNIQUE,
        tenant text,
        key text,
        type text,
        reason text NOT NULL,
        parked_at timestamptz NOT NULL,
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'discarded')),
        record_key bytea,
        record_value bytea,
        record_headers jsonb NOT NULL DEFAULT '[]',
        resolved_at timestamptz,
        resolved_by text,
        note text,
        CHECK ((state = 'open') = (resolved_at IS NULL))
    )
    """,
    "COMMENT ON TABLE dead_letter IS 'Records that were parked, with their bytes until a person acts on them.'",
    "CREATE INDEX dead_letter_tenant ON dead_letter (tenant, id)",
    "CREATE INDEX dead_letter_open ON dead_letter (tenant, id) WHERE state = 'open'",
)
DOWNGRADE_0002 = (
    "DROP TABLE dead_letter",
    "DROP TABLE audit",
    "DROP FUNCTION refuse_audit_change()",
    "DROP TABLE idempotency_key",
)


class Operations(Protocol):
    """The part of `alembic.op` that is needed here."""

    def execute(self, sqltext: str) -> None:
        """Run one statement."""
        ...


def upgrade_0001(operations: Operations) -> None:
    """Make the tables of the first version; a service's first migration calls it."""
    for statement in UPGRADE_0001:
        operations.execute(statement)


def downgrade_0001(operations: Operations) -> None:
    """Remove the tables of the first version."""
    for table in DOWNGRADE_0001:
        operations.execute(f"DROP TABLE {table}")


def upgrade_0002(operations: Operations) -> None:
    """Add what makes writes over REST act once and be on record, and dead letters; a second migration calls it."""
    for statement in UPGRADE_0002:
        operations.execute(statement)


def downgrade_0002(operations: Operations) -> None:
    """Remove the tables of the second version."""
    for statement in DOWNGRADE_0002:
        operations.execute(statement)
