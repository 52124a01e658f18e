"""Search by the words of names and titles, accents aside, and by how references begin."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030_words"
down_revision = "0029_verification"

# What Python's words_of does with what a person types (grants/core/database/words.py).
PLAIN_WORDS = r"""
CREATE FUNCTION plain_words(words text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT to_tsvector('simple'::regconfig, translate(lower(regexp_replace(
        normalize(words, NFKD), '[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670]', '', 'g')),
        '-./_@:,;()''"&+*’‘“”«»', '                      '))
$$
"""


def upgrade() -> None:
    op.execute(PLAIN_WORDS)
    op.add_column(
        "application",
        sa.Column(
            "title_words",
            postgresql.TSVECTOR(),
            sa.Computed("plain_words(title)", persisted=True),
            nullable=True,
        ),
    )
    op.create_index("ix_application_words", "application", ["title_words"], postgresql_using="gin")
    op.create_index(
        "ix_organisation_words",
        "organisation",
        [sa.text("plain_words(name)")],
        postgresql_using="gin",
    )
    op.create_index(
        "ix_application_reference_begins",
        "application",
        ["reference"],
        postgresql_ops={"reference": "varchar_pattern_ops"},
    )


def downgrade() -> None:
    op.drop_index("ix_application_reference_begins", "application")
    op.drop_index("ix_organisation_words", "organisation")
    op.drop_column("application", "title_words")
    op.execute("DROP FUNCTION plain_words")
