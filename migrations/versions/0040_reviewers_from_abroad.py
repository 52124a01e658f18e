"""The country of a reviewer, and whether a call lets reviewers judge projects of their country."""

import sqlalchemy as sa
from alembic import op

revision = "0040_reviewers_from_abroad"
down_revision = "0039_interests"


def upgrade() -> None:
    op.add_column("expertise", sa.Column("country", sa.String(2), nullable=True))
    op.add_column(
        "call",
        sa.Column(
            "reviewers_abroad", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    op.alter_column("call", "reviewers_abroad", server_default=None)


def downgrade() -> None:
    op.drop_column("call", "reviewers_abroad")
    op.drop_column("expertise", "country")
