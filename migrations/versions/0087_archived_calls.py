"""Calls that are over go to an archive, and a call can name the cycle to which it belongs."""

import sqlalchemy as sa
from alembic import op

revision = "0087_archived_calls"
down_revision = "0086_clarified_words"

STATES = ("draft", "test", "open", "closed", "published", "withdrawn")
KEPT = "state <> 'archived' OR coalesce(archived_as, '') IN ('published', 'withdrawn')"


def _one_of(name: str, column: str, *states: str) -> None:
    named = ", ".join(f"'{state}'" for state in states)
    op.create_check_constraint(name, "call", f"{column} IN ({named})")


def upgrade() -> None:
    op.add_column("call", sa.Column("archived_as", sa.String(40), nullable=True))
    op.add_column("call", sa.Column("cycle", sa.String(40), nullable=False, server_default=""))
    op.drop_constraint("callstate", "call", type_="check")
    _one_of("callstate", "state", *STATES, "archived")
    _one_of("call_archived_as", "archived_as", *STATES, "archived")
    op.create_check_constraint("archived_as", "call", KEPT)


def downgrade() -> None:
    """Archived calls are again what they were."""
    op.drop_constraint("archived_as", "call", type_="check")
    op.execute("UPDATE call SET state = archived_as WHERE state = 'archived'")
    op.drop_constraint("call_archived_as", "call", type_="check")
    op.drop_constraint("callstate", "call", type_="check")
    _one_of("callstate", "state", *STATES)
    op.drop_column("call", "cycle")
    op.drop_column("call", "archived_as")
