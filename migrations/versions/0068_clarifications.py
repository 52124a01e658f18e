"""The fund asks to clarify sections of a submitted application; both versions are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0068_clarifications"
down_revision = "0067_trial_applications"


def upgrade() -> None:
    state = sa.Enum(
        "asked",
        "answered",
        "taken_back",
        name="clarificationstate",
        native_enum=False,
        create_constraint=True,
        length=40,
    )
    json = sa.dialects.postgresql.JSONB()
    op.create_table(
        "clarification",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column(
            "application_id", sa.BigInteger(), sa.ForeignKey("application.id"), nullable=False
        ),
        sa.Column("state", state, nullable=False),
        sa.Column("sections", json, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", json, nullable=False),
        sa.Column("after", json),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state <> 'answered' OR after IS NOT NULL", name="answered_after"),
        sa.Index("ix_clarification_application", "application_id", "id"),
        sa.Index(
            "uq_clarification_asked",
            "application_id",
            unique=True,
            postgresql_where=sa.text("state = 'asked'"),
        ),
    )


def downgrade() -> None:
    op.drop_table("clarification")
