"""The words of clarified answers: those applications are read again by the hourly job."""

from alembic import op

revision = "0086_clarified_words"
down_revision = "0085_signed_elsewhere"


def upgrade() -> None:
    op.execute(
        "DELETE FROM answer_words USING clarification"
        " WHERE clarification.application_id = answer_words.application_id"
        " AND clarification.state = 'answered'"
    )


def downgrade() -> None:
    """The words that were added do no harm."""
