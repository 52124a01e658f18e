"""A call says whether reports on earlier grants come before a new application.

Calls of before go on as they were announced.
"""

import sqlalchemy as sa
from alembic import op

revision = "0137_reports_first"
down_revision = "0136_reports_in_parts"


def upgrade() -> None:
    op.add_column(
        "call", sa.Column("reports_first", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.alter_column("call", "reports_first", server_default=None)


def downgrade() -> None:
    op.drop_column("call", "reports_first")
