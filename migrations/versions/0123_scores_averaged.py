"""The average of an application's reviews is asked of the reviews: none is kept any more."""

from types import ModuleType

import sqlalchemy as sa
from alembic import context, op

revision = "0123_scores_averaged"
down_revision = "0122_words_of_answers"


def _earlier_migration(number: str) -> ModuleType:
    """The migration that brought what goes."""
    module: ModuleType = context.script.get_revision(number).module
    return module


def upgrade() -> None:
    _earlier_migration("0097_given_scores").downgrade()


def downgrade() -> None:
    _earlier_migration("0097_given_scores").upgrade()
    lines = _earlier_migration("0101_lines_of_rankings")
    op.add_column("given_score", sa.Column("reference", sa.String(40, collation="C")))
    op.add_column("given_score", sa.Column("state", sa.String(40)))
    op.add_column("given_score", sa.Column("requested_minor", sa.BigInteger()))
    columns = ", reference, state, requested_minor"
    for statement in (lines.COUNTED.format(columns=columns), lines.MOVED, lines.OF_BEFORE):
        op.execute(statement)
    op.alter_column("given_score", "reference", nullable=False)
    op.alter_column("given_score", "state", nullable=False)
    op.drop_index("ix_given_score_rank", "given_score")
    op.create_index(
        "ix_given_score_rank",
        "given_score",
        ["call_id", *lines.LINE],
        postgresql_include=["application_id", "state", "requested_minor"],
    )
