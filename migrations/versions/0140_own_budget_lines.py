"""Reports tell spending by the organisation's own budget lines, and in its currency at its rate."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0140_own_budget_lines"
down_revision = "0139_report_files"

COLUMNS = ("line_spending", "exchange")

KEPT = (
    *("award_id", "number", "narrative", "challenges", "explanation", "beneficiaries"),
    *("exploitation", "services", "expenditure", "people", "spent_minor", "submitted_at"),
)


def keep(columns: tuple[str, ...]) -> None:
    """What was sent in these columns is never changed."""
    before, after = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION report_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.state IN ('submitted', 'accepted') AND (TG_OP = 'DELETE' OR
                ({before}) IS DISTINCT FROM ({after})) THEN
                RAISE EXCEPTION 'a report that was sent is never changed'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END $$
        """
    )


def upgrade() -> None:
    for name in COLUMNS:
        empty = sa.text("'{}'")
        op.add_column(
            "report",
            sa.Column(name, postgresql.JSONB(), nullable=False, server_default=empty),
        )
        op.alter_column("report", name, server_default=None)
    keep((*KEPT, "results", "times_sent", *COLUMNS))


def downgrade() -> None:
    keep(KEPT)
    for name in COLUMNS:
        op.drop_column("report", name)
