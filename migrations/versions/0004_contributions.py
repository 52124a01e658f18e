"""Pledges and contributions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_contributions"
down_revision = "0003_ledger"


def upgrade() -> None:
    op.create_table(
        "pledge",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("donor_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "unconfirmed",
                "pledged",
                "acknowledged",
                "signed",
                "declined",
                "withdrawn",
                name="pledgestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "earmarking",
            sa.Enum(
                "unearmarked",
                "soft",
                "earmarked",
                "tight",
                name="earmarking",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("earmarked_for", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("public_name", sa.Boolean(), nullable=False),
        sa.Column("conditional", sa.Boolean(), nullable=False),
        sa.Column("pledged_on", sa.Date(), nullable=False),
        sa.Column("agreement_signed_on", sa.Date(), nullable=True),
        sa.Column("agreement_document_id", sa.BigInteger(), nullable=True),
        sa.Column("promise", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'signed') = (agreement_signed_on IS NOT NULL)",
            name=op.f("ck_pledge_signed_on_a_day"),
        ),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'withdrawn') OR donor_id IS NOT NULL",
            name=op.f("ck_pledge_confirmed_by_a_donor"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_pledge_amount")),
        sa.ForeignKeyConstraint(
            ["agreement_document_id"], ["document.id"], name=op.f("fk_pledge_agreement_document_id")
        ),
        sa.ForeignKeyConstraint(["donor_id"], ["organisation.id"], name=op.f("fk_pledge_donor_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_pledge_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("reference", name=op.f("uq_pledge_reference")),
    )
    op.create_index("ix_pledge_donor", "pledge", ["donor_id", "id"], unique=False)
    op.create_index("ix_pledge_fund_newest", "pledge", ["fund_id", "id"], unique=False)
    op.create_table(
        "deposit",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("pledge_id", sa.BigInteger(), nullable=True),
        sa.Column("bank_reference", sa.String(length=80), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("bank_fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.Column("rate_on", sa.Date(), nullable=False),
        sa.Column("usd_minor", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount_minor > 0 AND bank_fee_minor >= 0", name=op.f("ck_deposit_amounts")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_deposit_fund_id")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_deposit_pledge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
        sa.UniqueConstraint(
            "fund_id", "bank_reference", name=op.f("uq_deposit_fund_id_bank_reference")
        ),
    )
    op.create_index("ix_deposit_fund_newest", "deposit", ["fund_id", "id"], unique=False)
    op.create_index("ix_deposit_pledge", "deposit", ["pledge_id", "value_on"], unique=False)
    op.create_table(
        "pledge_instalment",
        sa.Column("pledge_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_pledge_instalment_amount")),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_instalment_pledge_id")
        ),
        sa.PrimaryKeyConstraint("pledge_id", "number", name=op.f("pk_pledge_instalment")),
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("deposit_id", sa.BigInteger(), nullable=False),
        sa.Column("donor_id", sa.BigInteger(), nullable=False),
        sa.Column("donor_name", sa.String(length=200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deposit_id"], ["deposit.id"], name=op.f("fk_receipt_deposit_id")),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["organisation.id"], name=op.f("fk_receipt_donor_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_receipt_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("deposit_id", name=op.f("uq_receipt_deposit_id")),
        sa.UniqueConstraint(
            "fund_id", "year", "number", name=op.f("uq_receipt_fund_id_year_number")
        ),
    )
    op.create_index(op.f("ix_receipt_donor_id"), "receipt", ["donor_id"], unique=False)
    op.execute(
        "CREATE TRIGGER receipt_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON receipt "
        "FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_receipt_donor_id"), table_name="receipt")
    op.drop_table("receipt")
    op.drop_table("pledge_instalment")
    op.drop_index("ix_deposit_pledge", table_name="deposit")
    op.drop_index("ix_deposit_fund_newest", table_name="deposit")
    op.drop_table("deposit")
    op.drop_index("ix_pledge_fund_newest", table_name="pledge")
    op.drop_index("ix_pledge_donor", table_name="pledge")
    op.drop_table("pledge")
