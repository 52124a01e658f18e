"""Reports name the lines of the budget that a grantee revised before its agreement.

Grants that have begun to report keep the lines that their reports are told by.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0208_revised_budget_lines"
down_revision = "0207_lines_of_earlier_forms"
phase = "expand"

REVISED = """
UPDATE budget_line AS kept SET lines = revised.lines
FROM (
    SELECT p.award_id, own.line ->> 'category' AS category,
        jsonb_agg(
            jsonb_build_object(
                'number', own.number,
                'description', own.line ->> 'description',
                'amount', own.line ->> 'amount'
            ) ORDER BY own.number
        ) AS lines
    FROM preparation AS p,
        jsonb_array_elements(p.content) WITH ORDINALITY AS own (line, number)
    WHERE p.part = 'budget' AND p.state = 'accepted'
    GROUP BY p.award_id, own.line ->> 'category'
) AS revised
WHERE revised.award_id = kept.award_id AND revised.category = kept.category
    AND NOT EXISTS (
        SELECT FROM report AS r
        WHERE r.award_id = kept.award_id AND (
            r.times_sent > 0
            OR EXISTS (SELECT FROM report_draft AS d WHERE d.report_id = r.id)
        )
    )
"""


def upgrade() -> None:
    op.add_column("budget_line", sa.Column("lines", JSONB(), nullable=False, server_default="[]"))
    op.execute(REVISED)


def downgrade() -> None:
    op.drop_column("budget_line", "lines")
