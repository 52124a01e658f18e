"""Refunds to cards that failed wait for a decision, and are no longer as disputes that were won."""

import sqlalchemy as sa
from alembic import op

revision = "0193_failed_refunds"
down_revision = "0192_set_offs"
phase = "expand"

STATES = ("asked", "out", "back")


def upgrade() -> None:
    _choose(*STATES, "failed")


def downgrade() -> None:
    op.execute(sa.text("UPDATE card_return SET state = 'back' WHERE state = 'failed'"))
    _choose(*STATES)


def _choose(*states: str) -> None:
    op.drop_constraint(op.f("ck_card_return_returnstate"), "card_return", type_="check")
    op.create_check_constraint(
        op.f("ck_card_return_returnstate"), "card_return", sa.column("state").in_(states)
    )
