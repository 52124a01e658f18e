"""Reports tell what was reached of each result that the application promised."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0138_planned_results"
down_revision = "0137_reports_first"


def upgrade() -> None:
    op.add_column(
        "report",
        sa.Column("results", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'")),
    )
    op.alter_column("report", "results", server_default=None)


def downgrade() -> None:
    op.drop_column("report", "results")
