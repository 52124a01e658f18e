"""A call says whether an award needs a verified, examined, rated and screened organisation.

Calls of before go on as they were announced.
"""

import sqlalchemy as sa
from alembic import op

revision = "0119_examined_grantees"
down_revision = "0118_telephone"


def upgrade() -> None:
    op.add_column(
        "call",
        sa.Column("examines_grantees", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.alter_column("call", "examines_grantees", server_default=None)


def downgrade() -> None:
    op.drop_column("call", "examines_grantees")
