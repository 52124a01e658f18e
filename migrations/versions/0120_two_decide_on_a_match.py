"""A match with the sanctions list is closed by two people: one proposes, another confirms."""

from alembic import op

revision = "0120_two_decide_on_a_match"
down_revision = "0119_examined_grantees"

STATES = "'open', 'different', 'confirmed', 'lapsed'"
WITH_PROPOSED = "'open', 'proposed', 'different', 'confirmed', 'lapsed'"


def upgrade() -> None:
    op.drop_constraint("hitstate", "sanctions_hit", type_="check")
    op.create_check_constraint("hitstate", "sanctions_hit", f"state IN ({WITH_PROPOSED})")


def downgrade() -> None:
    op.execute("UPDATE sanctions_hit SET state = 'open' WHERE state = 'proposed'")
    op.drop_constraint("hitstate", "sanctions_hit", type_="check")
    op.create_check_constraint("hitstate", "sanctions_hit", f"state IN ({STATES})")
