"""Results are published in editions, each with the reports that it counts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0127_results_editions"
down_revision = "0126_fewer_copies"


def upgrade() -> None:
    op.create_table(
        "results_edition",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.UniqueConstraint("fund_id", "number"),
    )
    op.create_table(
        "edition_report",
        sa.Column("report_id", sa.BigInteger(), sa.ForeignKey("report.id"), primary_key=True),
        sa.Column(
            "edition_id", sa.BigInteger(), sa.ForeignKey("results_edition.id"), nullable=False
        ),
    )
    op.create_index(op.f("ix_edition_report_edition_id"), "edition_report", ["edition_id"])
    for table in ("results_edition", "edition_report"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
        )


def downgrade() -> None:
    op.drop_table("edition_report")
    op.drop_table("results_edition")
