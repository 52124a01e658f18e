"""Who wrote the answer to each question of a section."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021_who_wrote"
down_revision = "0020_costs"

TABLES = ("answers", "report_draft")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(
            table,
            sa.Column(
                "written",
                postgresql.JSONB(astext_type=sa.Text()),
                nullable=False,
                server_default="{}",
            ),
        )
        op.alter_column(table, "written", server_default=None)


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "written")
