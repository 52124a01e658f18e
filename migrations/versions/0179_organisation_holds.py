"""A fund can hold payments and new applications of an organisation."""

import sqlalchemy as sa
from alembic import op

revision = "0179_organisation_holds"
down_revision = "0178_change_days"
phase = "expand"


def upgrade() -> None:
    op.create_table(
        "organisation_hold",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column(
            "organisation_id", sa.BigInteger(), sa.ForeignKey("organisation.id"), nullable=False
        ),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("coverage", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("is_notified", sa.Boolean(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name="reason"),
        sa.CheckConstraint("NOT is_notified OR length(remedy) > 0", name="remedy"),
        sa.CheckConstraint("is_notified OR coverage = 'payments'", name="notified"),
        sa.CheckConstraint("state IN ('placed', 'lifted')", name="holdstate"),
        sa.CheckConstraint("coverage IN ('payments', 'applications', 'both')", name="holdcoverage"),
    )
    op.create_index(
        "ix_organisation_hold_organisation", "organisation_hold", ["organisation_id", "state"]
    )


def downgrade() -> None:
    op.drop_table("organisation_hold")
