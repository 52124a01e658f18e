"""Findings whose money a letter asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0153_findings_asked_back"
down_revision = "0152_payments_abroad"


def upgrade() -> None:
    op.add_column("finding", sa.Column("request_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_finding_request_id"), "finding", "refund_request", ["request_id"], ["id"]
    )
    op.create_index(op.f("ix_finding_request_id"), "finding", ["request_id"])


def downgrade() -> None:
    op.drop_column("finding", "request_id")
