"""The chassis' tables, and all that this service keeps: tenants, customers, invoices, items, payments, holds."""

from alembic import op

from kulant_chassis.schema import downgrade_0001, upgrade_0001

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE creditor (
        tenant text NOT NULL,
        creditor_id text NOT NULL,
        version bigint NOT NULL,
        time_zone text NOT NULL,
        country text NOT NULL,
        region text,
        details jsonb NOT NULL,
        announced_version bigint NOT NULL,
        PRIMARY KEY (tenant, creditor_id)
    )
    """,
    """
    CREATE TABLE customer (
        tenant text NOT NULL,
        customer_id text NOT NULL,
        version bigint NOT NULL,
        time_zone text,
        country text,
        region text,
        details jsonb NOT NULL,
        is_announced boolean NOT NULL,
        announced_place jsonb,
        announced_version bigint NOT NULL,
        sequence bigint NOT NULL,
        PRIMARY KEY (tenant, customer_id)
    )
    """,
    """
    CREATE TABLE hold (
        tenant text NOT NULL,
        customer_id text NOT NULL,
        hold_id text NOT NULL,
        version bigint NOT NULL,
        sequence bigint NOT NULL,
        PRIMARY KEY (tenant, customer_id, hold_id)
    )
    """,
    """
    CREATE TABLE invoice (
        tenant text NOT NULL,
        invoice_id text NOT NULL,
        customer_id text NOT NULL,
        version bigint NOT NULL,
        creditor_id text NOT NULL,
        number text NOT NULL,
        issued_on date NOT NULL,
        currency text NOT NULL,
        items jsonb NOT NULL,
        details jsonb NOT NULL,
        is_announced boolean NOT NULL,
        is_closed boolean NOT NULL,
        traceparent text,
        tracestate text,
        correlation_id text,
        event_id text,
        PRIMARY KEY (tenant, invoice_id)
    ) WITH (fillfactor = 90)
    """,
    "CREATE INDEX invoice_still_open ON invoice (tenant, customer_id) WHERE NOT is_closed",
    """
    CREATE TABLE payment (
        tenant text NOT NULL,
        customer_id text NOT NULL,
        payment_id text NOT NULL,
        version bigint NOT NULL,
        received_on date NOT NULL,
        currency text NOT NULL,
        amount_minor bigint NOT NULL,
        allocations jsonb NOT NULL,
        PRIMARY KEY (tenant, customer_id, payment_id)
    )
    """,
    "CREATE INDEX payment_by_id ON payment (tenant, payment_id)",
    """
    CREATE TABLE payment_invoice (
        tenant text NOT NULL,
        customer_id text NOT NULL,
        payment_id text NOT NULL,
        invoice_id text NOT NULL,
        PRIMARY KEY (tenant, customer_id, payment_id, invoice_id)
    )
    """,
    "CREATE INDEX payment_of_invoice ON payment_invoice (tenant, invoice_id)",
    """
    CREATE TABLE tenant (
        tenant text NOT NULL,
        version bigint NOT NULL,
        mode text NOT NULL,
        told_at timestamptz NOT NULL,
        time_zone text NOT NULL,
        country text NOT NULL,
        region text,
        details jsonb NOT NULL,
        announced_version bigint NOT NULL,
        settings_version bigint NOT NULL,
        PRIMARY KEY (tenant)
    )
    """,
    """
    CREATE TABLE item (
        tenant text NOT NULL,
        invoice_id text NOT NULL,
        item_id text NOT NULL,
        customer_id text NOT NULL,
        due_on date,
        currency text NOT NULL,
        amount_minor bigint NOT NULL,
        open_minor bigint NOT NULL,
        state text NOT NULL,
        settled_on date,
        version bigint NOT NULL,
        sequence bigint NOT NULL,
        PRIMARY KEY (tenant, invoice_id, item_id),
        FOREIGN KEY (tenant, invoice_id) REFERENCES invoice (tenant, invoice_id)
    ) WITH (fillfactor = 80)
    """,
    "CREATE INDEX item_of_customer ON item (tenant, customer_id, item_id)",
    "CREATE INDEX item_by_state ON item (tenant, state, invoice_id, item_id) WHERE state <> 'settled'",
    "COMMENT ON TABLE creditor IS 'Legal entities that are owed, as told; perhaps before their tenant.'",
    "COMMENT ON COLUMN creditor.version IS 'The ERP''s.'",
    "COMMENT ON COLUMN creditor.details IS 'What the ERP told, carried through as it is on the wire.'",
    "COMMENT ON COLUMN creditor.announced_version IS 'Kulant''s own version of the last announcement; 0: none.'",
    "COMMENT ON TABLE customer IS 'Debtor accounts, as told.'",
    "COMMENT ON COLUMN customer.version IS 'The ERP''s.'",
    "COMMENT ON COLUMN customer.details IS 'What the ERP told, carried through as it is on the wire.'",
    "COMMENT ON COLUMN customer.is_announced IS 'Whether this version was published.'",
    "COMMENT ON COLUMN customer.announced_place IS 'Zone, country and region as last published.'",
    "COMMENT ON COLUMN customer.announced_version IS 'Kulant''s own version of the last announcement; 0: none.'",
    "COMMENT ON COLUMN customer.sequence IS 'Of the last customer.changed about it.'",
    "COMMENT ON TABLE hold IS 'Customers held because a fact about them could not be read.'",
    "COMMENT ON COLUMN hold.sequence IS 'Of the last hold.changed about it.'",
    "COMMENT ON TABLE invoice IS 'Invoices in their highest version.'",
    "COMMENT ON COLUMN invoice.version IS 'The ERP''s.'",
    "COMMENT ON COLUMN invoice.items IS '[id, due_on, amount_minor] as told.'",
    "COMMENT ON COLUMN invoice.details IS 'What the ERP told, carried through as it is on the wire.'",
    "COMMENT ON COLUMN invoice.is_announced IS 'Whether this version was published.'",
    "COMMENT ON COLUMN invoice.is_closed IS 'Neither time nor a zone can change it any more.'",
    "COMMENT ON COLUMN invoice.traceparent IS 'Trace of the event that told it; later spans link to it.'",
    "COMMENT ON TABLE payment IS 'Payments in their highest version, perhaps before their invoices.'",
    "COMMENT ON COLUMN payment.version IS 'The ERP''s.'",
    "COMMENT ON COLUMN payment.allocations IS '[invoice, item, paid_minor, currency, deducted_minor, for_cost] told.'",
    "COMMENT ON TABLE payment_invoice IS 'Which payments speak of an invoice, whether it has arrived or not.'",
    "COMMENT ON TABLE tenant IS 'The organisations that use Kulant, as told.'",
    "COMMENT ON COLUMN tenant.version IS 'The ERP''s.'",
    "COMMENT ON COLUMN tenant.details IS 'What the ERP told, carried through as it is on the wire.'",
    "COMMENT ON COLUMN tenant.announced_version IS 'Kulant''s own version of the last announcement; 0: none.'",
    "COMMENT ON COLUMN tenant.settings_version IS 'As above, of what is not the clock.'",
    "COMMENT ON TABLE item IS 'Items as last published.'",
    "COMMENT ON COLUMN item.version IS 'Kulant''s own; grows with every change.'",
    "COMMENT ON COLUMN item.sequence IS 'Of the last event that spoke of it.'",
)
TABLES = ("item", "payment_invoice", "payment", "invoice", "hold", "customer", "creditor", "tenant")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    upgrade_0001(op)
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
    downgrade_0001(op)
