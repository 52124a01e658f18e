"""A report has files: receipts, photographs, lists, evidence of an exchange rate."""

import sqlalchemy as sa
from alembic import op

revision = "0139_report_files"
down_revision = "0138_planned_results"


def upgrade() -> None:
    op.create_table(
        "report_file",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("report_id", sa.BigInteger(), sa.ForeignKey("report.id"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind IN ('receipt', 'photograph', 'list', 'rate')", name="filekind"),
    )
    op.create_index("ix_report_file_report", "report_file", ["report_id", "id"])


def downgrade() -> None:
    op.drop_table("report_file")
