"""Handles that nothing arrives at."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move the schema forward."""
    with op.batch_alter_table("residents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unreachable_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("unreachable_reason", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("doubts", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Move the schema back."""
    with op.batch_alter_table("residents", schema=None) as batch_op:
        batch_op.drop_column("doubts")
        batch_op.drop_column("unreachable_reason")
        batch_op.drop_column("unreachable_at")
