"""The narrative and the finances of a report are answered apart, and returned by section."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0136_reports_in_parts"
down_revision = "0135_payment_runs"

ANSWERS = ("narrative_answer", "finances_answer")


def upgrade() -> None:
    for name in ANSWERS:
        answer = sa.Column(name, sa.String(40), nullable=False, server_default="none")
        op.add_column("report", answer)
        op.create_check_constraint(name, "report", f"{name} IN ('none', 'returned', 'accepted')")
    op.add_column(
        "report", sa.Column("times_sent", sa.Integer(), nullable=False, server_default="0")
    )
    op.execute("UPDATE report SET times_sent = 1 WHERE submitted_at IS NOT NULL")
    for name in ANSWERS:
        op.execute(
            f"UPDATE report SET {name} = CASE state WHEN 'accepted' THEN 'accepted' "
            "WHEN 'sent_back' THEN 'returned' ELSE 'none' END"
        )
    for name in (*ANSWERS, "times_sent"):
        op.alter_column("report", name, server_default=None)
    op.create_table(
        "returned_section",
        sa.Column("report_id", sa.BigInteger(), sa.ForeignKey("report.id"), primary_key=True),
        sa.Column("times_sent", sa.Integer(), primary_key=True),
        sa.Column("section", sa.String(40), primary_key=True),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("typed", postgresql.JSONB(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.execute(
        "CREATE TRIGGER returned_section_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON"
        " returned_section FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def downgrade() -> None:
    op.drop_table("returned_section")
    for name in (*ANSWERS, "times_sent"):
        op.drop_column("report", name)
