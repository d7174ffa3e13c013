"""Which request a person is to look at."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FOREIGN = "fk_hand_overs_request_id_service_requests"


def upgrade() -> None:
    """Move the schema forward."""
    with op.batch_alter_table("hand_overs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("request_id", sa.String(length=26), nullable=True))
        batch_op.create_index(batch_op.f("ix_hand_overs_request_id"), ["request_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f(FOREIGN), "service_requests", ["request_id"], ["id"])


def downgrade() -> None:
    """Move the schema back."""
    with op.batch_alter_table("hand_overs", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(FOREIGN), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_hand_overs_request_id"))
        batch_op.drop_column("request_id")
