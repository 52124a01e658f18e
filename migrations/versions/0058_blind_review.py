"""Calls whose reviewers do not see which organisation applies."""

import sqlalchemy as sa
from alembic import op

revision = "0058_blind_review"
down_revision = "0057_review_panels"


def upgrade() -> None:
    op.add_column("call", sa.Column("blind", sa.Boolean(), nullable=False, server_default="false"))
    op.alter_column("call", "blind", server_default=None)


def downgrade() -> None:
    op.drop_column("call", "blind")
