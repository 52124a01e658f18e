"""Payments by card: accounts at a provider, payments, and what the provider told of them."""

import sqlalchemy as sa
from alembic import op

revision = "0176_card_payments"
down_revision = "0175_reference_letters"
phase = "expand"


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _number(name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _accounts_at_providers()
    op.create_table(
        "card_payment",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("key", sa.String(40), nullable=False, unique=True),
        _number("fund_id", "fund"),
        _number("pledge_id", "pledge"),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("state", _one_of("cardstate", "started", "received", "closed"), nullable=False),
        sa.Column("page_reference", sa.String(200)),
        sa.Column("page_url", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(80)),
        _moment("started_at"),
        _number("deposit_id", "deposit", nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint(
            "(state = 'received') = (deposit_id IS NOT NULL)"
            " AND (state = 'received') <= (reference IS NOT NULL)",
            name="received_as_a_deposit",
        ),
        sa.UniqueConstraint("deposit_id"),
    )
    op.create_index("ix_card_payment_pledge", "card_payment", ["pledge_id", "id"])
    op.create_index("ix_card_payment_fund", "card_payment", ["fund_id", "id"])
    op.create_index("ix_card_payment_page", "card_payment", ["page_reference"])
    op.create_index("ix_card_payment_reference", "card_payment", ["reference"])
    op.create_table(
        "card_event",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _number("fund_id", "fund"),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("event", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(80), nullable=False),
        _moment("made_at"),
        _moment("received_at"),
        _number("payment_id", "card_payment", nullable=True),
        sa.UniqueConstraint("fund_id", "provider", "event"),
    )
    op.create_index("ix_card_event_payment", "card_event", ["payment_id"])


def _accounts_at_providers() -> None:
    op.add_column(
        "bank_account", sa.Column("provider", sa.String(20), nullable=False, server_default="")
    )
    op.create_check_constraint(
        op.f("ck_bank_account_main_is_at_a_bank"), "bank_account", "NOT is_main OR provider = ''"
    )
    op.create_index(
        "uq_bank_account_provider",
        "bank_account",
        ["fund_id", "provider", "currency"],
        unique=True,
        postgresql_where=sa.text("provider <> '' AND closed_on IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("card_event")
    op.drop_table("card_payment")
    op.drop_column("bank_account", "provider")
