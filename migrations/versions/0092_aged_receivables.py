"""Receivables by age, kept as they change, so that a page does not age them all."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0092_aged_receivables"
down_revision = "0091_words_of_files"

CENTS = ("not_due", "first_year", "second_year", "third_year", "later", "doubtful")
INDEXES = {
    "reference": ["reference"],
    "until": ["percents", "holds_until"],
    "from": ["holds_from"],
}


def upgrade() -> None:
    op.create_table(
        "aged_receivable",
        sa.Column("pledge_id", sa.BigInteger(), primary_key=True),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("owed_minor", sa.BigInteger(), nullable=False),
        sa.Column("usd_minor", sa.BigInteger(), nullable=False),
        sa.Column("due_since", sa.Date(), nullable=False),
        sa.Column("conditional", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in CENTS),
        sa.Column("percents", postgresql.JSONB(), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=False),
        sa.Column("holds_until", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "usd_minor = not_due + first_year + second_year + third_year + later",
            name=op.f("ck_aged_receivable_whole"),
        ),
    )
    for name, columns in INDEXES.items():
        op.create_index(f"ix_aged_receivable_{name}", "aged_receivable", ["fund_id", *columns])
    op.execute(
        "INSERT INTO pledge_stale (pledge_id)"
        " SELECT DISTINCT split_part(subject, ':', 2)::bigint FROM posting"
        " WHERE account = 'contributions_receivable' AND subject LIKE 'pledge:%'"
        " GROUP BY subject HAVING sum(amount_minor) <> 0"
    )


def downgrade() -> None:
    op.drop_table("aged_receivable")
