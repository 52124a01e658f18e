"""Find the e-mails that have not been sent, whatever number have."""

import sqlalchemy as sa
from alembic import op

revision = "0109_unsent_emails"
down_revision = "0108_analyse_imported"


def upgrade() -> None:
    unsent = sa.text("sent_at IS NULL")
    op.create_index("ix_message_unsent", "message", ["queued_at"], postgresql_where=unsent)


def downgrade() -> None:
    op.drop_index("ix_message_unsent", "message")
