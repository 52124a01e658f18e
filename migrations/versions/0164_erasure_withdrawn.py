"""A person withdraws their request for erasure."""

from alembic import op

revision = "0164_erasure_withdrawn"
down_revision = "0163_agreements_signed_online"

STATES = ("asked", "proposed", "erased", "refused")


def _choose(states: tuple[str, ...]) -> None:
    op.drop_constraint("erasurestate", "erasure_request", type_="check")
    listed = ", ".join(f"'{state}'" for state in states)
    op.create_check_constraint("erasurestate", "erasure_request", f"state IN ({listed})")


def upgrade() -> None:
    _choose((*STATES, "withdrawn"))


def downgrade() -> None:
    op.execute("UPDATE erasure_request SET state = 'refused' WHERE state = 'withdrawn'")
    _choose(STATES)
