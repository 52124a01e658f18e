"""A letter of reference that has come can be taken out with its part of the form."""

from alembic import op

revision = "0196_letters_in_sections"
down_revision = "0195_public_results"
phase = "expand"

ONE_END = "num_nonnulls(answered_at, declined_at, taken_back_at) <= 1"
TWO_ENDS = (
    "num_nonnulls(answered_at, declined_at) <= 1 AND num_nonnulls(declined_at, taken_back_at) <= 1"
)


def upgrade() -> None:
    _end_with(TWO_ENDS)


def downgrade() -> None:
    op.execute(
        "UPDATE letter_request SET answered_at = NULL WHERE num_nonnulls(answered_at, taken_back_at) = 2"
    )
    _end_with(ONE_END)


def _end_with(rule: str) -> None:
    op.drop_constraint("one_end", "letter_request", type_="check")
    op.create_check_constraint("one_end", "letter_request", rule)
