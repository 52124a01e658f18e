"""Calls for proposals are found by the words of their titles without taking each title apart."""

import sqlalchemy as sa
from alembic import op

revision = "0106_call_words"
down_revision = "0105_trail_append"

WORDS = [sa.text("plain_words(title ->> 'en')")]


def upgrade() -> None:
    op.create_index("ix_call_words", "call", WORDS, postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("ix_call_words", "call")
