"""Histories: which rows of which files were taken over."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014_history"
down_revision = "0013_outreach"


def upgrade() -> None:
    op.create_table(
        "history_row",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=True),
        sa.Column("file", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_history_row_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_row")),
    )
    op.create_index(
        "uq_history_row_place",
        "history_row",
        ["fund_id", "file", "key"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.execute(
        "CREATE TRIGGER history_row_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON history_row FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def downgrade() -> None:
    op.drop_table("history_row")
