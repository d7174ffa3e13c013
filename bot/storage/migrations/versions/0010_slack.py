"""What staff do in Slack, and what stands there."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move the schema forward."""
    op.create_table(
        "staff_inbox",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("dedupe_hash", sa.String(length=64), nullable=False),
        sa.Column("lane_hash", sa.String(length=64), nullable=False),
        sa.Column("event_box", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("trace_id", sa.String(length=32), nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_inbox")),
        sa.UniqueConstraint("dedupe_hash", name=op.f("uq_staff_inbox_dedupe_hash")),
    )
    with op.batch_alter_table("staff_inbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_staff_inbox_open",
            ["lane_hash", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('opening', 'waiting', 'taken')"),
            postgresql_where=sa.text("state IN ('opening', 'waiting', 'taken')"),
        )

    op.create_table(
        "slack_cards",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("team", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("ts", sa.String(length=24), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("shown_at", sa.BigInteger(), nullable=False),
        sa.Column("shown_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_slack_cards_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_slack_cards")),
    )
    with op.batch_alter_table("slack_cards", schema=None) as batch_op:
        batch_op.create_index("ix_slack_cards_ts", ["channel", "ts"], unique=False)

    op.create_table(
        "slack_posts",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=False),
        sa.Column("ts", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_slack_posts_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_slack_posts")),
    )
    with op.batch_alter_table("slack_posts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slack_posts_case_id"), ["case_id"], unique=False)


def downgrade() -> None:
    """Move the schema back."""
    with op.batch_alter_table("slack_posts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slack_posts_case_id"))

    op.drop_table("slack_posts")
    with op.batch_alter_table("slack_cards", schema=None) as batch_op:
        batch_op.drop_index("ix_slack_cards_ts")

    op.drop_table("slack_cards")
    with op.batch_alter_table("staff_inbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_staff_inbox_open",
            sqlite_where=sa.text("state IN ('opening', 'waiting', 'taken')"),
            postgresql_where=sa.text("state IN ('opening', 'waiting', 'taken')"),
        )

    op.drop_table("staff_inbox")
