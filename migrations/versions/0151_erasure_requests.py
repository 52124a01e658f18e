"""Requests of persons that their data be erased."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0151_erasure_requests"
down_revision = "0150_personal_values"

STATES = ("asked", "proposed", "erased", "refused")


def upgrade() -> None:
    op.create_table(
        "erasure_request",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *STATES,
                name="erasurestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("stays", JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('erased', 'refused') OR decided_at IS NOT NULL", name="decided"
        ),
        sa.Index(
            "uq_erasure_request_open",
            "person_id",
            unique=True,
            postgresql_where=sa.text("state IN ('asked', 'proposed')"),
        ),
    )


def downgrade() -> None:
    op.drop_table("erasure_request")
