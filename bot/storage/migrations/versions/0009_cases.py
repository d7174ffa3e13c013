"""Cases, staff, what they write, and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


_REFUSING_SQLITE = """
CREATE TRIGGER audit_no_{what} BEFORE {what} ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append only'); END
"""
_REFUSE = """
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit is append only' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_REFUSING = """
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
"""
# What was reported or handed over before there were cases. An id is unique within its own table.
_OF_REQUESTS = """
INSERT INTO cases (id, kind, request_id, conversation_id, city, state, version, muted, opened_at,
                   updated_at)
SELECT id, 'request', id, conversation_id, city, 'open', 1, false, created_at, updated_at
FROM service_requests
"""
_OF_HAND_OVERS = """
INSERT INTO cases (id, kind, conversation_id, hand_over_id, city, state, version, muted,
                   waiting_since, opened_at, updated_at)
SELECT id, 'conversation', conversation_id, id, city, 'open', 1, false, asked_at, asked_at, asked_at
FROM hand_overs
WHERE id IN (SELECT max(id) FROM hand_overs WHERE state = 'open' AND request_id IS NULL
             GROUP BY conversation_id)
"""
_POINT = """
UPDATE cases SET
    hand_over_id = (SELECT max(h.id) FROM hand_overs h
                    WHERE h.state = 'open' AND h.request_id = cases.request_id),
    waiting_since = (SELECT min(h.asked_at) FROM hand_overs h
                     WHERE h.state = 'open' AND h.request_id = cases.request_id)
WHERE request_id IS NOT NULL
"""


def upgrade() -> None:
    """Move the schema forward."""
    op.create_table(
        "audit",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=26), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=30), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=True),
        sa.Column("city", sa.String(length=40), nullable=True),
        sa.Column("reason_box", sa.LargeBinary(), nullable=True),
        sa.Column("detail_box", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_case_id"), ["case_id"], unique=False)

    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("handle_hash", sa.String(length=64), nullable=False),
        sa.Column("handle_box", sa.LargeBinary(), nullable=False),
        sa.Column("name_box", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("city", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("handle_hash", name=op.f("uq_staff_handle_hash")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("request_id", sa.String(length=26), nullable=True),
        sa.Column("conversation_id", sa.String(length=26), nullable=False),
        sa.Column("hand_over_id", sa.String(length=26), nullable=True),
        sa.Column("city", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("claimed_by", sa.String(length=26), nullable=True),
        sa.Column("changed_by", sa.String(length=26), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("snoozed_until", sa.BigInteger(), nullable=True),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("waiting_since", sa.BigInteger(), nullable=True),
        sa.Column("merged_into", sa.String(length=26), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["staff.id"], name=op.f("fk_cases_changed_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["claimed_by"], ["staff.id"], name=op.f("fk_cases_claimed_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_cases_conversation_id_conversations"),
        ),
        sa.ForeignKeyConstraint(
            ["hand_over_id"], ["hand_overs.id"], name=op.f("fk_cases_hand_over_id_hand_overs")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["cases.id"], name=op.f("fk_cases_merged_into_cases")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["service_requests.id"],
            name=op.f("fk_cases_request_id_service_requests"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("request_id", name=op.f("uq_cases_request_id")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index("ix_cases_city", ["city", "opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_cases_claimed_by"), ["claimed_by"], unique=False)
        batch_op.create_index("ix_cases_updated", ["updated_at"], unique=False)
        batch_op.create_index(
            "ix_cases_waiting",
            ["waiting_since"],
            unique=False,
            sqlite_where=sa.text("waiting_since IS NOT NULL"),
            postgresql_where=sa.text("waiting_since IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_cases_conversation",
            ["conversation_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'conversation'"),
            postgresql_where=sa.text("kind = 'conversation'"),
        )

    op.create_table(
        "case_messages",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("author", sa.String(length=26), nullable=True),
        sa.Column("text_box", sa.LargeBinary(), nullable=False),
        sa.Column("outbox_id", sa.String(length=26), nullable=True),
        sa.Column("channel_ref", sa.String(length=120), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author"], ["staff.id"], name=op.f("fk_case_messages_author_staff")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_messages_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name=op.f("fk_case_messages_outbox_id_outbox")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_messages")),
    )
    with op.batch_alter_table("case_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_messages_case_id"), ["case_id"], unique=False)

    op.create_table(
        "case_streets",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_streets_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("case_id", "token_hash", name=op.f("pk_case_streets")),
    )
    with op.batch_alter_table("case_streets", schema=None) as batch_op:
        batch_op.create_index("ix_case_streets_token", ["token_hash"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_REFUSE)
        op.execute(_REFUSING)
    else:
        for what in ("update", "delete"):
            op.execute(_REFUSING_SQLITE.format(what=what))
    op.execute(_OF_REQUESTS)
    op.execute(_OF_HAND_OVERS)
    op.execute(_POINT)


def downgrade() -> None:
    """Move the schema back."""
    with op.batch_alter_table("case_streets", schema=None) as batch_op:
        batch_op.drop_index("ix_case_streets_token")

    op.drop_table("case_streets")
    with op.batch_alter_table("case_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_messages_case_id"))

    op.drop_table("case_messages")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cases_conversation",
            sqlite_where=sa.text("kind = 'conversation'"),
            postgresql_where=sa.text("kind = 'conversation'"),
        )
        batch_op.drop_index(
            "ix_cases_waiting",
            sqlite_where=sa.text("waiting_since IS NOT NULL"),
            postgresql_where=sa.text("waiting_since IS NOT NULL"),
        )
        batch_op.drop_index("ix_cases_updated")
        batch_op.drop_index(batch_op.f("ix_cases_claimed_by"))
        batch_op.drop_index("ix_cases_city")

    op.drop_table("cases")
    op.drop_table("staff")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_case_id"))

    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change")
