"""Money of payments by card that goes back: refunds of the fund, disputes of card holders."""

import sqlalchemy as sa
from alembic import op

revision = "0184_card_returns"
down_revision = "0183_donors_money"
phase = "expand"


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "card_return",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("payment_id", sa.BigInteger(), sa.ForeignKey("card_payment.id"), nullable=False),
        sa.Column("key", sa.String(40), nullable=False, unique=True),
        sa.Column("kind", _one_of("returnkind", "refund", "dispute"), nullable=False),
        sa.Column("reference", sa.String(80)),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", _one_of("returnstate", "asked", "out", "back"), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0 AND fee_minor >= 0", name="amounts"),
        sa.UniqueConstraint("payment_id", "reference"),
    )
    op.create_index("ix_card_return_state", "card_return", ["state", "id"])


def downgrade() -> None:
    op.drop_table("card_return")
