"""A call may have two stages: concept notes, and full proposals by invitation."""

import sqlalchemy as sa
from alembic import op

revision = "0066_two_stages"
down_revision = "0065_grant_spending"

BEFORE = (
    *("draft", "submitted", "eligible", "ineligible", "under_review", "reviewed"),
    *("recommended", "reserve", "not_recommended", "approved", "rejected", "withdrawn"),
)
NEW = ("invited", "not_invited")
LETTERS = ("award", "reserve", "regret", "ineligible")


def upgrade() -> None:
    op.add_column("call", sa.Column("second_stage_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_call_second_stage_id"), "call", "call", ["second_stage_id"], ["id"]
    )
    op.create_unique_constraint(op.f("uq_call_second_stage_id"), "call", ["second_stage_id"])
    _states(*BEFORE, *NEW)
    _one_of("letter_text", "letter", "letter", *LETTERS, "not_invited")


def downgrade() -> None:
    op.execute("DELETE FROM letter_text WHERE letter = 'not_invited'")
    _one_of("letter_text", "letter", "letter", *LETTERS)
    op.execute(
        "UPDATE application SET state = 'reviewed' WHERE state IN ('invited', 'not_invited')"
    )
    op.execute("DELETE FROM call_figure WHERE state IN ('invited', 'not_invited')")
    _states(*BEFORE)
    op.drop_column("call", "second_stage_id")


def _states(*states: str) -> None:
    _one_of("application", "applicationstate", "state", *states)
    _one_of("call_figure", "call_figure_state", "state", *states)


def _one_of(table: str, constraint: str, column: str, *values: str) -> None:
    op.drop_constraint(constraint, table, type_="check")
    named = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(constraint, table, f"{column} IN ({named})")
