"""Organisations are verified by five questions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0072_verification"
down_revision = "0071_merging"

STATES = ("draft", "pending", "verified", "returned", "rejected", "suspended")


def upgrade() -> None:
    state = sa.Enum(
        *STATES, name="verificationstate", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        "organisation_verification",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column(
            "organisation_id",
            sa.BigInteger(),
            sa.ForeignKey("organisation.id"),
            nullable=False,
            unique=True,
        ),
        sa.Column("state", state, nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('verified', 'suspended') OR valid_until IS NOT NULL",
            name="verified_for_a_time",
        ),
        sa.CheckConstraint(
            "state NOT IN ('returned', 'rejected', 'suspended') OR reason <> ''",
            name="decided_for_a_reason",
        ),
        sa.Index("ix_organisation_verification_state", "state", "id"),
    )


def downgrade() -> None:
    op.drop_table("organisation_verification")
