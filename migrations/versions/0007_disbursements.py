"""Instalments, refunds and reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007_disbursements"
down_revision = "0006_awards"


def upgrade() -> None:
    op.create_table(
        "grant_refund",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("award_id", sa.BigInteger(), nullable=False),
        sa.Column("refunded_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("bank_reference", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_grant_refund_amount")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_grant_refund_award_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_refund")),
        sa.UniqueConstraint(
            "award_id", "bank_reference", name=op.f("uq_grant_refund_award_id_bank_reference")
        ),
    )
    op.create_table(
        "instalment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("award_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "due",
                "certified",
                "paid",
                "confirmed",
                name="instalmentstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("bank_reference", sa.String(length=80), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('paid', 'confirmed')) = (paid_on IS NOT NULL AND bank_reference IS NOT NULL)",
            name=op.f("ck_instalment_paid_on_a_day"),
        ),
        sa.CheckConstraint("amount_minor > 0 AND number > 0", name=op.f("ck_instalment_amount")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_instalment_award_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint("award_id", "number", name=op.f("uq_instalment_award_id_number")),
    )
    op.create_index("ix_instalment_state_due", "instalment", ["state", "due_on"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("award_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "interim",
                "final",
                name="reportkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "due",
                "submitted",
                "sent_back",
                "accepted",
                name="reportstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("covers_from", sa.Date(), nullable=False),
        sa.Column("covers_to", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("narrative", sa.Text(), nullable=False),
        sa.Column("challenges", sa.Text(), nullable=False),
        sa.Column("beneficiaries", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("services", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("expenditure", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("spent_minor", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("covers_from < covers_to", name=op.f("ck_report_period")),
        sa.CheckConstraint("spent_minor >= 0", name=op.f("ck_report_spent")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_report_award_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("award_id", "number", name=op.f("uq_report_award_id_number")),
    )
    op.create_index("ix_report_state_due", "report", ["state", "due_on"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_report_state_due", table_name="report")
    op.drop_table("report")
    op.drop_index("ix_instalment_state_due", table_name="instalment")
    op.drop_table("instalment")
    op.drop_table("grant_refund")
