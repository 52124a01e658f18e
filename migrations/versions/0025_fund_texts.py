"""Mandate, currencies, letterhead and signatories of a fund."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025_fund_texts"
down_revision = "0024_trail_order"

COLUMNS = {"mandate": "{}", "currencies": "[]", "signatories": "[]", "letterhead": "{}"}


def upgrade() -> None:
    for name, empty in COLUMNS.items():
        column = sa.Column(name, postgresql.JSONB(), nullable=False, server_default=empty)
        op.add_column("fund", column)
        op.alter_column("fund", name, server_default=None)


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("fund", name)
