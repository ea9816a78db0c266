"""Writes over REST that act once and are on record, and what was parked."""

from alembic import op

from kulant_chassis.schema import downgrade_0002, upgrade_0002

revision = "0002_pre"
down_revision = "0001_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; waits for no lock longer than five seconds."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    upgrade_0002(op)


def downgrade() -> None:
    """Take back."""
    downgrade_0002(op)
