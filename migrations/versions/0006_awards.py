"""Screening, reviews and awards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_awards"
down_revision = "0005_applications"


def upgrade() -> None:
    op.create_table(
        "advice",
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("session_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "endorsement",
            sa.Enum(
                "endorsed",
                "endorsed_with_remarks",
                "not_endorsed",
                name="endorsement",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_advice_amount")),
        sa.CheckConstraint(
            "endorsement = 'endorsed' OR length(remarks) > 0", name=op.f("ck_advice_remarks")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_advice_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_advice_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_advice")),
    )
    op.create_table(
        "award",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "approved",
                "agreed",
                "closed",
                "cancelled",
                name="awardstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("psc_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("agreement_signed_on", sa.Date(), nullable=True),
        sa.Column("agreement_document_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('approved', 'cancelled') OR agreement_signed_on IS NOT NULL",
            name=op.f("ck_award_agreed_when_signed"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_award_amount")),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_award_period")),
        sa.ForeignKeyConstraint(
            ["agreement_document_id"], ["document.id"], name=op.f("fk_award_agreement_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_award_application_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_award_fund_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_award_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("application_id", name=op.f("uq_award_application_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_award_reference")),
    )
    op.create_index("ix_award_fund_newest", "award", ["fund_id", "id"], unique=False)
    op.create_index("ix_award_organisation", "award", ["organisation_id", "id"], unique=False)
    op.create_table(
        "recommendation",
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("override", sa.Text(), nullable=False),
        sa.Column("recommended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("recommended_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_recommendation_amount")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_recommendation_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["recommended_by_id"], ["person.id"], name=op.f("fk_recommendation_recommended_by_id")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_recommendation")),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("reviewer_id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "assigned",
                "declared",
                "submitted",
                "recused",
                "released",
                name="reviewstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'submitted' OR (total IS NOT NULL AND submitted_at IS NOT NULL)",
            name=op.f("ck_review_submitted_with_a_score"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('declared', 'submitted') OR declared_at IS NOT NULL",
            name=op.f("ck_review_declared_before_opening"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_review_application_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_review_fund_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_review_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_application_id"), "review", ["application_id"], unique=False)
    op.create_index("ix_review_reviewer", "review", ["reviewer_id", "state"], unique=False)
    op.create_index(
        "uq_review_once",
        "review",
        ["application_id", "reviewer_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('recused', 'released')"),
    )
    op.create_table(
        "screening_check",
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("criterion", sa.String(length=60), nullable=False),
        sa.Column("met", sa.Boolean(), nullable=True),
        sa.Column("suggested", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("checked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "decided_at IS NULL OR met OR (met IS NOT NULL AND length(reason) > 0)",
            name=op.f("ck_screening_check_decided_with_an_answer_and_a_reason_for_no"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_screening_check_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["person.id"], name=op.f("fk_screening_check_checked_by_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "criterion", name=op.f("pk_screening_check")),
    )


def downgrade() -> None:
    op.drop_table("screening_check")
    op.drop_index(
        "uq_review_once",
        table_name="review",
        postgresql_where=sa.text("state NOT IN ('recused', 'released')"),
    )
    op.drop_index("ix_review_reviewer", table_name="review")
    op.drop_index(op.f("ix_review_application_id"), table_name="review")
    op.drop_table("review")
    op.drop_table("recommendation")
    op.drop_index("ix_award_organisation", table_name="award")
    op.drop_index("ix_award_fund_newest", table_name="award")
    op.drop_table("award")
    op.drop_table("advice")
