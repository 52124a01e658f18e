"""What a grantee says of a refund that it is asked for: when it paid, with its bank's advice, or a
question that the fund has to answer.
"""

import sqlalchemy as sa
from alembic import op

revision = "0204_replies_on_refunds"
down_revision = "0203_receipts_of_payments"
phase = "expand"

TABLE = "refund_request"
ADVICE = "fk_refund_request_advice_id_document"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("transferred_on", sa.Date()))
    op.add_column(
        TABLE, sa.Column("advice_id", sa.BigInteger(), sa.ForeignKey("document.id", name=ADVICE))
    )
    op.add_column(
        TABLE, sa.Column("to_answer", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_check_constraint(
        op.f("ck_refund_request_advice"), TABLE, "advice_id IS NULL OR transferred_on IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_refund_request_advice"), TABLE, type_="check")
    for column in ("to_answer", "advice_id", "transferred_on"):
        op.drop_column(TABLE, column)
