"""Reports tell circumstances of the people assisted: pillars, roles of the country, recruitment and
grounds of discrimination.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0149_report_circumstances"
down_revision = "0148_earmarks"

KEPT = (
    *("award_id", "number", "narrative", "challenges", "explanation", "beneficiaries"),
    *("exploitation", "services", "expenditure", "people", "spent_minor", "submitted_at"),
    *("results", "times_sent", "line_spending", "exchange", "answers", "explanations"),
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
    op.add_column(
        "report",
        sa.Column(
            "circumstances", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'")
        ),
    )
    op.alter_column("report", "circumstances", server_default=None)
    keep((*KEPT, "circumstances"))


def downgrade() -> None:
    keep(KEPT)
    op.drop_column("report", "circumstances")
