"""E-mails in the other languages of their fund, read at an address of their own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0181_mail_in_languages"
down_revision = "0180_finance_drafts"
phase = "expand"


def upgrade() -> None:
    op.add_column("message", sa.Column("others", JSONB(), nullable=False, server_default="[]"))
    op.add_column("message", sa.Column("page", sa.String(40)))
    op.create_unique_constraint("uq_message_page", "message", ["page"])


def downgrade() -> None:
    op.drop_column("message", "page")
    op.drop_column("message", "others")
