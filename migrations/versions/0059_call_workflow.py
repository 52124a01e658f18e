"""The way of a call's applications as settings: second screener, Board, approving officers."""

import sqlalchemy as sa
from alembic import op

revision = "0059_call_workflow"
down_revision = "0058_blind_review"

NEW = {"second_screener": "false", "board_advises": "true"}


def upgrade() -> None:
    for name, usual in NEW.items():
        op.add_column("call", sa.Column(name, sa.Boolean(), nullable=False, server_default=usual))
        op.alter_column("call", name, server_default=None)
    op.add_column("call", sa.Column("approvers", sa.Integer(), nullable=True))
    op.create_check_constraint("approvers", "call", "approvers BETWEEN 1 AND 5")
    op.alter_column("award_approval", "advised_at", nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM award_approval WHERE advised_at IS NULL")
    op.alter_column("award_approval", "advised_at", nullable=False)
    for name in ("approvers", *NEW):
        op.drop_column("call", name)
