"""Words of answers stand in one index as they are, behind no number of a block; and titles are found
by the beginnings of their words without a list of all words.
"""

from types import ModuleType

from alembic import context, op

revision = "0122_words_of_answers"
down_revision = "0121_giving_added_up"

BARE = """
UPDATE answer_words SET words = array_to_tsvector(
    array(SELECT DISTINCT substr(word, 7) FROM unnest(tsvector_to_array(words)) AS word))
"""
IN_BLOCKS = """
UPDATE answer_words SET words = array_to_tsvector(
    array(SELECT lpad((application_id / 5000)::text, 6, '0') || word
        FROM unnest(tsvector_to_array(words)) AS word))
"""


def _earlier_migration(number: str) -> ModuleType:
    """The migration that brought what goes."""
    module: ModuleType = context.script.get_revision(number).module
    return module


def upgrade() -> None:
    op.execute(BARE)
    _earlier_migration("0103_title_words").downgrade()


def downgrade() -> None:
    _earlier_migration("0103_title_words").upgrade()
    op.execute(IN_BLOCKS)
