"""What applications ask for and whom accepted reports count is asked of the records: no figure of
either is kept any more.
"""

from types import ModuleType

import sqlalchemy as sa
from alembic import context, op

revision = "0124_counted_when_asked"
down_revision = "0123_scores_averaged"

STATES = (
    *("draft", "submitted", "eligible", "ineligible", "under_review", "reviewed"),
    *("recommended", "reserve", "not_recommended", "approved", "rejected", "withdrawn"),
    *("invited", "not_invited"),
)


def _earlier_migration(number: str) -> ModuleType:
    """The migration that brought what goes."""
    module: ModuleType = context.script.get_revision(number).module
    return module


def upgrade() -> None:
    op.execute("DROP TRIGGER application_counted ON application")
    op.execute("DROP TRIGGER recommendation_counted ON recommendation")
    op.execute("DROP FUNCTION application_counted, recommendation_counted")
    op.drop_table("call_figure")
    _earlier_migration("0096_people_counted").downgrade()


def downgrade() -> None:
    _earlier_migration("0096_people_counted").upgrade()
    state = sa.Enum(
        *STATES, name="call_figure_state", native_enum=False, create_constraint=True, length=40
    )
    number = sa.BigInteger()
    op.create_table(
        "call_figure",
        sa.Column("id", number, primary_key=True),
        sa.Column("call_id", number, sa.ForeignKey("call.id"), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("applications", sa.Integer(), nullable=False),
        sa.Column("requested_minor", number, nullable=False),
        sa.Column("needed_minor", number, nullable=False),
    )
    op.create_index("ix_call_figure_call", "call_figure", ["call_id", "state"])
    figures = _earlier_migration("0027_call_figures")
    for statement in (figures.COUNTED, figures.RECOMMENDED, figures.TRIGGERS, figures.FILLED):
        op.execute(statement)
