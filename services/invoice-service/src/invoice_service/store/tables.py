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
from sqlalchemy.dialects.postgresql import JSONB

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
    comment="Items as last published.",
    postgresql_with={"fillfactor": "80"},
)

payment = Table(
    "payment",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
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
    Index("payment_by_id", "tenant", "payment_id"),
    comment="Payments in their highest version, perhaps before their invoices.",
)

payment_invoice = Table(
    "payment_invoice",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    Column("payment_id", Text, primary_key=True),
    Column("invoice_id", Text, primary_key=True),
    Index("payment_of_invoice", "tenant", "invoice_id"),
    comment="Which payments speak of an invoice, whether it has arrived or not.",
)

hold = Table(
    "hold",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    Column("hold_id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False, comment="Of the last hold.changed about it."),
    comment="Customers held because a fact about them could not be read.",
)
