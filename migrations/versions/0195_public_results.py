"""Measured results that are published with the summary of a grant."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0195_public_results"
down_revision = "0194_refund_evidence"
phase = "expand"


def upgrade() -> None:
    op.add_column(
        "public_summary", sa.Column("results", JSONB(), nullable=False, server_default="[]")
    )


def downgrade() -> None:
    op.drop_column("public_summary", "results")
