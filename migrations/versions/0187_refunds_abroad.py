"""Refunds in the currency in which the grant was paid: what letters ask for, what came."""

import sqlalchemy as sa
from alembic import op

revision = "0187_refunds_abroad"
down_revision = "0184_card_returns"
phase = "expand"

COLUMNS = (
    ("transfer_currency", sa.String(3)),
    ("transfer_minor", sa.BigInteger()),
    ("transfer_rate", sa.Numeric()),
    ("transfer_rate_on", sa.Date()),
)
WHOLE = (
    "(transfer_currency IS NULL) = (transfer_minor IS NULL)"
    " AND (transfer_currency IS NULL) = (transfer_rate IS NULL)"
    " AND (transfer_currency IS NULL) = (transfer_rate_on IS NULL)"
    " AND (transfer_currency IS NULL OR transfer_currency ~ '^[A-Z]{3}$'"
    " AND transfer_currency <> 'USD' AND transfer_minor > 0)"
)
ABROAD = (
    "(abroad_currency IS NULL) = (abroad_minor IS NULL) AND (abroad_currency IS NULL OR"
    " abroad_currency ~ '^[A-Z]{3}$' AND abroad_currency <> 'USD' AND abroad_minor > 0)"
)


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("grant_refund", sa.Column(name, kind))
    op.create_check_constraint(op.f("ck_grant_refund_transfer"), "grant_refund", WHOLE)
    op.add_column("refund_request", sa.Column("abroad_currency", sa.String(3)))
    op.add_column("refund_request", sa.Column("abroad_minor", sa.BigInteger()))
    op.create_check_constraint(op.f("ck_refund_request_abroad"), "refund_request", ABROAD)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_refund_request_abroad"), "refund_request", type_="check")
    op.drop_column("refund_request", "abroad_minor")
    op.drop_column("refund_request", "abroad_currency")
    op.drop_constraint(op.f("ck_grant_refund_transfer"), "grant_refund", type_="check")
    for name, _kind in reversed(COLUMNS):
        op.drop_column("grant_refund", name)
