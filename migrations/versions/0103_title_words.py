"""The words that titles of submitted applications have, each once: what begins with a typed word is
found.
"""

import sqlalchemy as sa
from alembic import op

revision = "0103_title_words"
down_revision = "0102_award_calls"

# A word is never taken away: one that no title has any more finds nothing.
WORDED = """
CREATE FUNCTION title_worded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO title_word SELECT unnest(tsvector_to_array(NEW.title_words))
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER title_worded AFTER INSERT OR UPDATE OF title, submitted_at ON application
    FOR EACH ROW WHEN (NEW.submitted_at IS NOT NULL AND NEW.title <> '')
    EXECUTE FUNCTION title_worded();
"""
OF_BEFORE = """
INSERT INTO title_word SELECT word
    FROM ts_stat('SELECT title_words FROM application WHERE submitted_at IS NOT NULL')
"""


def upgrade() -> None:
    op.execute("LOCK TABLE application IN SHARE ROW EXCLUSIVE MODE")
    op.create_table("title_word", sa.Column("word", sa.Text(collation="C"), primary_key=True))
    op.execute(OF_BEFORE)
    op.execute(WORDED)


def downgrade() -> None:
    op.execute("DROP TRIGGER title_worded ON application")
    op.execute("DROP FUNCTION title_worded")
    op.drop_table("title_word")
