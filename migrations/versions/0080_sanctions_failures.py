"""Updates of the sanctions list that failed."""

import sqlalchemy as sa
from alembic import op

revision = "0080_sanctions_failures"
down_revision = "0079_years_in_a_row"


def upgrade() -> None:
    op.create_table(
        "sanctions_failure",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    op.drop_table("sanctions_failure")
