"""How many texts a number gets a day."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move the schema forward."""
    op.create_table(
        "text_budgets",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", "key_hash", name=op.f("pk_text_budgets")),
    )


def downgrade() -> None:
    """Move the schema back."""
    op.drop_table("text_budgets")
