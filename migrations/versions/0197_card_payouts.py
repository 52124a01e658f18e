"""Payouts and balances of the providers of card payments, as they were read."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0197_card_payouts"
down_revision = "0196_letters_in_sections"
phase = "expand"


def upgrade() -> None:
    state = sa.Enum(
        *("on_the_way", "paid", "failed"),
        name="payoutstate",
        native_enum=False,
        create_constraint=True,
        length=40,
    )
    op.create_table(
        "card_payout",
        *_whose(),
        sa.Column("reference", sa.String(80), nullable=False),
        *_amount(),
        sa.Column("state", state, nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("movements", JSONB(), nullable=False),
        sa.UniqueConstraint("fund_id", "provider", "reference"),
    )
    op.create_index("ix_card_payout_day", "card_payout", ["fund_id", "arrives_on", "id"])
    op.create_table(
        "card_balance",
        *_whose(),
        *_amount(),
        sa.UniqueConstraint("fund_id", "provider", "currency"),
    )


def _whose() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
    ]


def _amount() -> list[sa.Column[Any]]:
    return [
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
    ]


def downgrade() -> None:
    op.drop_table("card_balance")
    op.drop_table("card_payout")
