"""A fund says when pledges without a payment date are due."""

import sqlalchemy as sa
from alembic import op

revision = "0112_payment_days"
down_revision = "0111_returned_agreements"


def upgrade() -> None:
    op.add_column("fund", sa.Column("payment_days", sa.Integer(), nullable=True))
    op.execute("UPDATE fund SET payment_days = 45")
    op.alter_column("fund", "payment_days", nullable=False)
    op.create_check_constraint(
        op.f("ck_fund_payment_days"), "fund", "payment_days BETWEEN 1 AND 365"
    )


def downgrade() -> None:
    op.drop_column("fund", "payment_days")
