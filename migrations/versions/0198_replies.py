"""Whom an answer to an e-mail reaches."""

import sqlalchemy as sa
from alembic import op

revision = "0198_replies"
down_revision = "0197_card_payouts"
phase = "expand"


def upgrade() -> None:
    op.add_column("message", sa.Column("reply_to", sa.String(254)))


def downgrade() -> None:
    op.drop_column("message", "reply_to")
