"""Mandates for monthly gifts by card, and the charges that are made by them."""

import sqlalchemy as sa
from alembic import op

revision = "0200_card_mandates"
down_revision = "0199_undelivered"
phase = "expand"

STATES = ("started", "active", "stopping", "stopped", "closed")


def upgrade() -> None:
    op.create_table(
        "card_mandate",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("key", sa.String(40), nullable=False, unique=True),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), nullable=False),
        sa.Column("pledge_id", sa.BigInteger(), sa.ForeignKey("pledge.id"), nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *STATES, name="mandatestate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("page_reference", sa.String(200)),
        sa.Column("page_url", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(80)),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expiry_notice_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
    )
    op.create_index("ix_card_mandate_pledge", "card_mandate", ["pledge_id", "id"])
    op.create_index("ix_card_mandate_fund", "card_mandate", ["fund_id", "id"])
    op.create_index("ix_card_mandate_page", "card_mandate", ["page_reference"])
    op.create_index("ix_card_mandate_reference", "card_mandate", ["reference"])
    for table in ("card_payment", "card_event"):
        op.add_column(table, sa.Column("mandate_id", sa.BigInteger()))
        op.create_foreign_key(
            op.f(f"fk_{table}_mandate_id_card_mandate"),
            table,
            "card_mandate",
            ["mandate_id"],
            ["id"],
        )
    op.add_column("card_payment", sa.Column("refused_at", sa.DateTime(timezone=True)))
    op.create_unique_constraint(
        op.f("uq_card_payment_mandate_id_page_reference"),
        "card_payment",
        ["mandate_id", "page_reference"],
    )
    op.create_index(op.f("ix_card_event_mandate_id"), "card_event", ["mandate_id"])


def downgrade() -> None:
    op.drop_column("card_payment", "refused_at")
    for table in ("card_payment", "card_event"):
        op.drop_column(table, "mandate_id")
    op.drop_table("card_mandate")
