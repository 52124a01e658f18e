"""Rounds in which a fund tells its donors what it did, and their letters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0167_thanks"
down_revision = "0166_webhooks"
phase = "expand"


def upgrade() -> None:
    op.create_table(
        "thanks_round",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("words", JSONB(), nullable=False),
        sa.Column("begun_by_id", sa.BigInteger(), sa.ForeignKey("person.id")),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("code", name=op.f("uq_thanks_round_code")),
    )
    op.create_index("ix_thanks_round_fund_id", "thanks_round", ["fund_id"])
    op.create_table(
        "thanks_letter",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("round_id", sa.BigInteger(), sa.ForeignKey("thanks_round.id"), nullable=False),
        sa.Column("donor_id", sa.BigInteger(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("pooled", sa.Boolean(), nullable=False),
        sa.Column("earmarked", JSONB(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("round_id", "email", name=op.f("uq_thanks_letter_round_id_email")),
    )
    op.create_index("ix_thanks_letter_donor_id", "thanks_letter", ["donor_id"])
    op.create_index(
        "ix_thanks_letter_to_send",
        "thanks_letter",
        ["id"],
        postgresql_where=sa.text("sent_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("thanks_letter")
    op.drop_table("thanks_round")
