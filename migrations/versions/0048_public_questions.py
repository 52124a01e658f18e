"""Public questions about a call, their days, and calls that are withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0048_public_questions"
down_revision = "0047_closed_sessions"

STATES = ("draft", "open", "closed", "published")


def _states(*names: str) -> str:
    return "state IN ({})".format(", ".join(f"'{name}'" for name in names))


def upgrade() -> None:
    op.drop_constraint("callstate", "call", type_="check")
    op.create_check_constraint("callstate", "call", _states(*STATES, "withdrawn"))
    op.add_column("call", sa.Column("questions_until", sa.Date()))
    op.add_column("call", sa.Column("answers_on", sa.Date()))
    op.create_table(
        "public_question",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("set_aside_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"]),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_when"),
        sa.CheckConstraint("answer IS NULL OR set_aside_at IS NULL", name="answered_or_set_aside"),
    )
    op.create_index("ix_public_question_call_id", "public_question", ["call_id", "id"])


def downgrade() -> None:
    op.drop_table("public_question")
    op.drop_column("call", "answers_on")
    op.drop_column("call", "questions_until")
    op.execute("UPDATE call SET state = 'closed' WHERE state = 'withdrawn'")
    op.drop_constraint("callstate", "call", type_="check")
    op.create_check_constraint("callstate", "call", _states(*STATES))
