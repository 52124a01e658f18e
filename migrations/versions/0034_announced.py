"""How the public reads of an award, once the results of its call are published."""

import sqlalchemy as sa
from alembic import op

revision = "0034_announced"
down_revision = "0033_award_again"


def upgrade() -> None:
    op.add_column(
        "award",
        sa.Column(
            "announced",
            sa.Enum(
                "named",
                "unnamed",
                name="announcement",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
        ),
    )


def downgrade() -> None:
    op.drop_column("award", "announced")
