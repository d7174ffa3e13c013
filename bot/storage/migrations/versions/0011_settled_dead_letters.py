"""Dead letters that a person has settled."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move the schema forward."""
    with op.batch_alter_table("dead_letters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("discarded_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Move the schema back."""
    with op.batch_alter_table("dead_letters", schema=None) as batch_op:
        batch_op.drop_column("discarded_at")
