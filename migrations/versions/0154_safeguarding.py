"""Assessments of safeguarding, and what a call makes of an organisation that has none."""

import sqlalchemy as sa
from alembic import op

revision = "0154_safeguarding"
down_revision = "0153_findings_asked_back"


def upgrade() -> None:
    capacity = sa.Enum(
        "full",
        "medium",
        "low",
        name="capacity",
        native_enum=False,
        create_constraint=True,
        length=40,
    )
    op.create_table(
        "safeguarding_assessment",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column(
            "organisation_id", sa.BigInteger(), sa.ForeignKey("organisation.id"), nullable=False
        ),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), nullable=False),
        sa.Column("capacity", capacity, nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("assessed_by_id", sa.BigInteger(), sa.ForeignKey("person.id")),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(reasons) > 0", name="reasons"),
        sa.CheckConstraint("capacity = 'full' OR length(measures) > 0", name="measures"),
        sa.CheckConstraint("assessed_on < valid_until", name="validity"),
    )
    op.create_index(
        "ix_safeguarding_assessment_newest", "safeguarding_assessment", ["organisation_id", "id"]
    )
    op.add_column(
        "call", sa.Column("safeguarding", sa.String(20), nullable=False, server_default="")
    )
    op.create_check_constraint(
        op.f("ck_call_safeguarding"), "call", "safeguarding IN ('', 'warning', 'required')"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_call_safeguarding"), "call", type_="check")
    op.drop_column("call", "safeguarding")
    op.drop_table("safeguarding_assessment")
