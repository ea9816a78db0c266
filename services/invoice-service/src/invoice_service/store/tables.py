"""The tables of this service; migrations/ makes them, `alembic check` compares."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

metadata = MetaData()

_DETAILS = "What the ERP told, carried through as it is on the wire."
_ANNOUNCED = "Kulant's own version of the last announcement; 0: none."

tenant = Table(
    "tenant",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("version", BigInteger, nullable=False, comment="The ERP's."),
    Column("mode", Text, nullable=False),
    Column("told_at", DateTime(timezone=True), nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("region", Text),
    Column("details", JSONB, nullable=False, comment=_DETAILS),
    Column("announced_version", BigInteger, nullable=False, comment=_ANNOUNCED),
    Column("settings_version", BigInteger, nullable=False, comment="As above, of what is not the clock."),
    comment="The organisations that use Kulant, as told.",
)

creditor = Table(
    "creditor",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("creditor_id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False, comment="The ERP's."),
    Column("time_zone", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("region", Text),
    Column("details", JSONB, nullable=False, comment=_DETAILS),
    Column("announced_version", BigInteger, nullable=False, comment=_ANNOUNCED),
    comment="Legal entities that are owed, as told; perhaps before their tenant.",
)

customer = Table(
    "customer",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False, comment="The ERP's."),
    Column("time_zone", Text),
    Column("country", Text),
    Column("region", Text),
    Column("details", JSONB, nullable=False, comment=_DETAILS),
    Column("is_announced", Boolean, nullable=False, comment="Whether this version was published."),
    Column("announced_place", JSONB, comment="Zone, country and region as last published."),
    Column("announced_version", BigInteger, nullable=False, comment=_ANNOUNCED),
    Column("sequence", BigInteger, nullable=False, comment="Of the last customer.changed about it."),
    comment="Debtor accounts, as told.",
)

invoice = Table(
    "invoice",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("invoice_id", Text, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("version", BigInteger, nullable=False, comment="The ERP's."),
    Column("creditor_id", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("currency", Text, nullable=False),
    Column("items", JSONB, nullable=False, comment="[id, due_on, amount_minor] as told."),
    Column("details", JSONB, nullable=False, comment=_DETAILS),
    Column("is_announced", Boolean, nullable=False, comment="Whether this version was published."),
    Column("is_closed", Boolean, nullable=False, comment="Neither time nor a zone can change it any more."),
    Column("excess_minor", BigInteger, nullable=False, server_default="0", comment="Paid, with nothing to close."),
    Column("traceparent", Text, comment="Trace of the event that told it; later spans link to it."),
    Column("tracestate", Text),
    Column("correlation_id", Text),
    Column("event_id", Text),
    Index("invoice_still_open", "tenant", "customer_id", postgresql_where=text("NOT is_closed")),
    comment="Invoices in their highest version.",
    postgresql_with={"fillfactor": "90"},
)

item = Table(
    "item",
    metadata,
    Column("tenant", Text, nullable=False),
    Column("invoice_id", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("customer_id", Text, nullable=False),
    Column("due_on", Date),
    Column("currency", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("open_minor", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("settled_on", Date),
    Column("version", BigInteger, nullable=False, comment="Kulant's own; grows with every change."),
    Column("sequence", BigInteger, nullable=False, comment="Of the last event that spoke of it."),
    Column("creditor_id", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("corrected_minor", BigInteger, nullable=False, server_default="0", comment="Closed, but not by payments."),
    Column("closings", JSONB, nullable=False, server_default="[]", comment="[day or null, minor]: closed when."),
    Column("returned", JSONB, comment="The last payment of it that came back: [id, day, direct debit, as told]."),
    Column("soon_for", Date, comment="The due date of which it was told that it is near."),
    PrimaryKeyConstraint("tenant", "invoice_id", "item_id"),
    ForeignKeyConstraint(["tenant", "invoice_id"], ["invoice.tenant", "invoice.invoice_id"]),
    Index("item_of_customer", "tenant", "customer_id", "item_id"),
    Index(
        "item_by_state",
        "tenant",
        "state",
        "invoice_id",
        "item_id",
        postgresql_where=text("state <> 'settled'"),
    ),
    Index(
        "item_overdue",
        "tenant",
        "due_on",
        "invoice_id",
        "item_id",
        postgresql_where=text("state = 'overdue'"),
    ),
    comment="Items as last published.",
    postgresql_with={"fillfactor": "80"},
)

payment = Table(
    "payment",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True, server_default="payment", comment="payment, credit_note or adjustment."),
    Column("payment_id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False, comment="The ERP's."),
    Column("received_on", Date, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column(
        "allocations",
        JSONB,
        nullable=False,
        comment="[invoice, item, paid_minor, currency, deducted_minor, for_cost] told.",
    ),
    Column("creditor_id", Text, nullable=False, server_default="main"),
    Column("method", Text),
    Column("is_from_beginning", Boolean, nullable=False, server_default="false", comment="It was never owed."),
    Column("unallocated_minor", BigInteger, nullable=False, server_default="0", comment="Given to nothing."),
    Index("payment_by_id", "tenant", "kind", "payment_id"),
    Index("payment_unallocated", "tenant", "customer_id", postgresql_where=text("unallocated_minor <> 0")),
    comment="Payments, credit notes and adjustments in their highest version, perhaps before their invoices.",
)

payment_invoice = Table(
    "payment_invoice",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True, server_default="payment"),
    Column("payment_id", Text, primary_key=True),
    Column("invoice_id", Text, primary_key=True),
    Index("payment_of_invoice", "tenant", "invoice_id"),
    comment="Which payments speak of an invoice, whether it has arrived or not.",
)

cancellation = Table(
    "cancellation",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("kind", Text, primary_key=True, comment="invoice, payment or credit_note."),
    Column("entity_id", Text, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("version", BigInteger, nullable=False, comment="The ERP's; an entity in a higher version stands again."),
    Column("taken_back_on", Date, nullable=False),
    Column("details", JSONB, nullable=False, comment=_DETAILS),
    comment="What the ERP took back, perhaps before it was told.",
)

hold = Table(
    "hold",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    Column("hold_id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False, comment="Kulant's own of the last announcement; 0: none."),
    Column("sequence", BigInteger, nullable=False, comment="Of the last hold.changed about it."),
    Column("told_version", BigInteger, nullable=False, server_default="0", comment="The ERP's; 0: Kulant's own hold."),
    Column("is_set", Boolean, nullable=False, server_default="true"),
    Column("is_announced", Boolean, nullable=False, server_default="true", comment="Whether this was published."),
    Column(
        "details",
        JSONB,
        nullable=False,
        server_default=text("""'{"scope": "customer", "reason": "unread_fact"}'"""),
        comment="Scope, reason, sum and end as they are on the wire.",
    ),
    Index("hold_by_id", "tenant", "hold_id"),
    comment="Reasons not to remind: the ERP's and this service's own.",
)

stated_balance = Table(
    "stated_balance",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    Column("invoice_id", Text, primary_key=True),
    Column("item_id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False, comment="The ERP's."),
    Column("as_of_at", DateTime(timezone=True), nullable=False),
    Column("currency", Text, nullable=False),
    Column("open_minor", BigInteger, nullable=False),
    comment="What the ERP's books say is open, per item as last stated.",
)

credit = Table(
    "credit",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    Column("creditor_id", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("amount_minor", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False, comment="Kulant's own; grows with every change."),
    Column("sequence", BigInteger, nullable=False, comment="Of the last credit.changed about it."),
    comment="Credits as last published.",
)

payments_check = Table(
    "payments_check",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("creditor_id", Text, primary_key=True),
    Column("account", Text, primary_key=True, comment="As the ERP names it; empty: all accounts."),
    Column("version", BigInteger, primary_key=True, comment="The ERP's."),
    Column("seen_until_at", DateTime(timezone=True), nullable=False),
    Column("is_passed", Boolean, nullable=False, comment="All that was acknowledged before it is read."),
    Column("goals", JSONB, comment="Partition to the offset that must be reached; read after the fact was."),
    Index("payments_check_waiting", "tenant", postgresql_where=text("NOT is_passed")),
    comment="Up to when the ERP has sent all payments of an account.",
)

freshness = Table(
    "freshness",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("creditor_id", Text, primary_key=True),
    Column("seen_until_at", DateTime(timezone=True), nullable=False),
    Column("version", BigInteger, nullable=False, comment="Kulant's own; grows with every change."),
    comment="How fresh the payments of each creditor are, as last published.",
)

restatement = Table(
    "restatement",
    metadata,
    Column("restatement_id", UUID, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("customer_id", Text, comment="The one customer; null: all, and what is tenant-wide."),
    Column("after_customer_id", Text, comment="The last customer told; null: none yet."),
    Column("is_done", Boolean, nullable=False, server_default="false"),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Index("restatement_waiting", "asked_at", postgresql_where=text("NOT is_done")),
    comment="Orders to tell current state again, and how far each got.",
)
