"""Alerts in staff's ops channel."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move the schema forward."""
    op.create_table(
        "slack_alerts",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("over_at", sa.BigInteger(), nullable=True),
        sa.Column("said", sa.String(length=20), nullable=False),
        sa.Column("ts", sa.String(length=24), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slack_alerts")),
    )
    with op.batch_alter_table("slack_alerts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slack_alerts_name"), ["name"], unique=False)


def downgrade() -> None:
    """Move the schema back."""
    with op.batch_alter_table("slack_alerts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slack_alerts_name"))

    op.drop_table("slack_alerts")
