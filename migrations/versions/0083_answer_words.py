"""The words of submitted answers, for the search of the staff's list."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0083_answer_words"
down_revision = "0082_least_months"


def upgrade() -> None:
    op.create_table(
        "answer_words",
        sa.Column(
            "application_id",
            sa.BigInteger(),
            sa.ForeignKey("application.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
    )
    # What a search reads of the table itself is small: the words stand apart.
    op.execute("ALTER TABLE answer_words SET (toast_tuple_target = 128)")
    op.create_index("ix_answer_words_words", "answer_words", ["words"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_table("answer_words")
