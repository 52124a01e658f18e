"""A fund words the clauses of its agreements itself, version by version."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0131_clauses"
down_revision = "0130_signing"


def upgrade() -> None:
    op.create_table(
        "clause_text",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("clauses", JSONB(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.BigInteger(), sa.ForeignKey("person.id")),
        sa.UniqueConstraint("fund_id", "language", "number"),
        sa.CheckConstraint("number > 0", name="number"),
    )
    op.execute(
        "CREATE TRIGGER clause_text_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON clause_text FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def downgrade() -> None:
    op.drop_table("clause_text")
