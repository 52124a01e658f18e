"""Lines of the bank are found by the words that the bank wrote, without reading all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0062_bank_words"
down_revision = "0061_no_reviews"

WORDS = [
    sa.text(f"plain_words({column})")
    for column in ("counterparty", "text", "end_to_end", "bank_reference")
]


def upgrade() -> None:
    op.create_index("ix_bank_line_words", "bank_line", WORDS, postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("ix_bank_line_words", "bank_line")
