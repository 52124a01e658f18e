"""Payments that an auditor draws at random."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0134_audit_samples"
down_revision = "0133_closure"


def upgrade() -> None:
    op.create_table(
        "audit_sample",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), nullable=False),
        sa.Column("drawn_by_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_from", sa.Date(), nullable=False),
        sa.Column("paid_until", sa.Date(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(32), nullable=False),
        sa.Column("instalments", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_audit_sample_size")),
        sa.CheckConstraint("paid_from <= paid_until", name=op.f("ck_audit_sample_period")),
    )
    op.create_index(op.f("ix_audit_sample_fund_id"), "audit_sample", ["fund_id"])
    op.execute(
        "CREATE TRIGGER audit_sample_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON audit_sample FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def downgrade() -> None:
    op.drop_table("audit_sample")
