"""The signed list of decisions of a session of the Board."""

import sqlalchemy as sa
from alembic import op

revision = "0078_signed_decisions"
down_revision = "0077_departure_from_ranking"


def upgrade() -> None:
    op.create_table(
        "signed_decisions",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _key("meeting_id", "board_session"),
        _key("document_id", "document"),
        _key("attached_by_id", "person", nullable=True),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Index("ix_signed_decisions_meeting_id", "meeting_id"),
    )
    op.execute(
        "CREATE TRIGGER signed_decisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON signed_decisions FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def downgrade() -> None:
    op.drop_table("signed_decisions")


def _key(name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=nullable)
