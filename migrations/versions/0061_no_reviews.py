"""A call may do without reviews."""

from alembic import op

revision = "0061_no_reviews"
down_revision = "0060_letter_texts"


def upgrade() -> None:
    _counts("months > 0 AND reviewers >= 0")


def downgrade() -> None:
    op.execute("UPDATE call SET reviewers = 1 WHERE reviewers = 0")
    _counts("months > 0 AND reviewers > 0")


def _counts(rule: str) -> None:
    op.drop_constraint("counts", "call", type_="check")
    op.create_check_constraint("counts", "call", rule)
