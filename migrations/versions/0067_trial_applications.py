"""A call can be tested before it opens, with applications that count nowhere."""

import sqlalchemy as sa
from alembic import op

revision = "0067_trial_applications"
down_revision = "0066_two_stages"

STATES = ("draft", "open", "closed", "published", "withdrawn")


def _states(*names: str) -> None:
    op.drop_constraint("callstate", "call", type_="check")
    named = ", ".join(f"'{name}'" for name in names)
    op.create_check_constraint("callstate", "call", f"state IN ({named})")


def upgrade() -> None:
    _states(*STATES, "test")
    op.create_table(
        "trial_application",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("call_id", sa.BigInteger(), sa.ForeignKey("call.id"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("given", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True)),
        sa.Index("ix_trial_application_call", "call_id", "id"),
    )


def downgrade() -> None:
    op.drop_table("trial_application")
    op.execute("UPDATE call SET state = 'draft' WHERE state = 'test'")
    _states(*STATES)
