"""The finance questionnaire is kept while it is written, with its files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0180_finance_drafts"
down_revision = "0179_organisation_holds"
phase = "expand"


def upgrade() -> None:
    op.create_table(
        "finance_draft",
        sa.Column("award_id", sa.BigInteger(), sa.ForeignKey("award.id"), primary_key=True),
        sa.Column("typed", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("sheet", sa.String(32), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("written", postgresql.JSONB(), nullable=False),
    )
    op.create_table(
        "finance_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("award_id", sa.BigInteger(), sa.ForeignKey("award.id"), nullable=False),
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_finance_file_award", "finance_file", ["award_id", "id"])


def downgrade() -> None:
    op.drop_table("finance_file")
    op.drop_table("finance_draft")
