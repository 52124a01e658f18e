"""The paper of the bank that shows a refund which was recorded by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0194_refund_evidence"
down_revision = "0193_failed_refunds"
phase = "expand"


def upgrade() -> None:
    op.add_column("grant_refund", sa.Column("evidence_id", sa.BigInteger()))
    op.create_foreign_key(None, "grant_refund", "document", ["evidence_id"], ["id"])


def downgrade() -> None:
    op.drop_column("grant_refund", "evidence_id")
