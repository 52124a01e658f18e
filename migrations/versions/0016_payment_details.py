"""What payments into a bank account have to say: beneficiary, bank's address, intermediary bank."""

import sqlalchemy as sa
from alembic import op

revision = "0016_payment_details"
down_revision = "0015_runs"

COLUMNS = {"beneficiary": 140, "bank_address": 300, "intermediary_bank": 300}


def upgrade() -> None:
    for name, length in COLUMNS.items():
        column = sa.Column(name, sa.String(length), nullable=False, server_default="")
        op.add_column("bank_account", column)
        op.alter_column("bank_account", name, server_default=None)


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("bank_account", name)
