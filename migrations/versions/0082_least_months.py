"""Calls that ask for a shortest duration."""

import sqlalchemy as sa
from alembic import op

revision = "0082_least_months"
down_revision = "0081_several_applications"


def upgrade() -> None:
    op.add_column("call", sa.Column("least_months", sa.Integer(), nullable=True))
    op.create_check_constraint("least_months", "call", "least_months BETWEEN 1 AND months")


def downgrade() -> None:
    op.drop_constraint("least_months", "call", type_="check")
    op.drop_column("call", "least_months")
