"""Scenarios of a call: selections that were computed, kept to be compared."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0046_scenarios"
down_revision = "0045_approvals"


def upgrade() -> None:
    op.create_table(
        "scenario",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("call_id", sa.BigInteger(), sa.ForeignKey("call.id"), nullable=False, index=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("envelope_minor", sa.BigInteger(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("weights", postgresql.JSONB(), nullable=False),
        sa.Column("rules", postgresql.JSONB(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("score", sa.Numeric(12, 2), nullable=False),
        sa.Column("binding", postgresql.JSONB(), nullable=False),
        sa.Column("optimal", sa.Boolean(), nullable=False),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), sa.ForeignKey("person.id")),
        sa.CheckConstraint("envelope_minor > 0", name="envelope"),
        sa.CheckConstraint("share BETWEEN 1 AND 100", name="share"),
    )


def downgrade() -> None:
    op.drop_table("scenario")
