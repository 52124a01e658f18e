"""The fund's decision on the summary that a grantee wrote for the public."""

import sqlalchemy as sa
from alembic import op

revision = "0191_public_summaries"
down_revision = "0190_library_of_form_parts"
phase = "expand"


def upgrade() -> None:
    op.create_table(
        "public_summary",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column(
            "award_id", sa.BigInteger(), sa.ForeignKey("award.id"), nullable=False, unique=True
        ),
        sa.Column("report_id", sa.BigInteger(), sa.ForeignKey("report.id"), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "released",
                "withheld",
                name="summarydecision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_public_summary_report_id", "public_summary", ["report_id"])


def downgrade() -> None:
    op.drop_table("public_summary")
