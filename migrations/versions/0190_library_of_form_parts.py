"""Questions and sections that a fund keeps for its forms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0190_library_of_form_parts"
down_revision = "0189_translation_memory"
phase = "expand"


def upgrade() -> None:
    op.create_table(
        "library_part",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("form", postgresql.JSONB(), nullable=False),
        sa.Column("saved_from", sa.String(40), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('question', 'section')", name="kind"),
    )
    op.create_index("ix_library_part_fund", "library_part", ["fund_id", "kind", "id"])


def downgrade() -> None:
    op.drop_table("library_part")
