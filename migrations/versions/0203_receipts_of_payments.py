"""What a grantee says of a payment: the day it arrived, less than was sent, or nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0203_receipts_of_payments"
down_revision = "0202_offers_to_profiles"
phase = "expand"

CHECKS = {
    "arrived": "arrived_on IS NULL OR state = 'confirmed'",
    "arrived_less": "arrived_minor IS NULL OR (arrived_on IS NOT NULL AND arrived_minor > 0)",
    "not_arrived": "not_arrived_at IS NULL OR state = 'paid'",
    "receipt_to_check": "NOT receipt_to_check OR state IN ('paid', 'confirmed')",
}


def upgrade() -> None:
    op.add_column("instalment", sa.Column("arrived_on", sa.Date()))
    op.add_column("instalment", sa.Column("arrived_minor", sa.BigInteger()))
    op.add_column("instalment", sa.Column("not_arrived_at", sa.DateTime(timezone=True)))
    op.add_column(
        "instalment",
        sa.Column("receipt_to_check", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_instalment_{name}"), "instalment", condition)


def downgrade() -> None:
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_instalment_{name}"), "instalment", type_="check")
    for column in ("receipt_to_check", "not_arrived_at", "arrived_minor", "arrived_on"):
        op.drop_column("instalment", column)
