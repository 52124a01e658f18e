"""Calls that limit what a category of the budget may take."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0089_ceilings"
down_revision = "0088_deleted_drafts"


def upgrade() -> None:
    op.add_column(
        "call",
        sa.Column("ceilings", postgresql.JSONB(), nullable=False, server_default="[]"),
    )


def downgrade() -> None:
    op.drop_column("call", "ceilings")
