"""Calls that limit the years in a row in which an organisation holds a grant of the fund."""

import sqlalchemy as sa
from alembic import op

revision = "0079_years_in_a_row"
down_revision = "0078_signed_decisions"


def upgrade() -> None:
    op.add_column("call", sa.Column("years_in_a_row", sa.Integer(), nullable=True))
    op.create_check_constraint("years_in_a_row", "call", "years_in_a_row > 0")


def downgrade() -> None:
    op.drop_constraint("years_in_a_row", "call", type_="check")
    op.drop_column("call", "years_in_a_row")
