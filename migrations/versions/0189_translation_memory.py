"""How the texts of a fund's forms were translated before."""

import sqlalchemy as sa
from alembic import op

revision = "0189_translation_memory"
down_revision = "0187_refunds_abroad"
phase = "expand"


def upgrade() -> None:
    op.create_table(
        "translation_memory",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("source_digest", sa.String(64), nullable=False),
        sa.Column("words_digest", sa.String(64), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("fund_id", "language", "source_digest", "words_digest"),
    )
    op.create_index(
        "ix_translation_memory_words",
        "translation_memory",
        ["fund_id", "language", "words_digest"],
    )


def downgrade() -> None:
    op.drop_table("translation_memory")
