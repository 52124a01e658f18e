"""What may come on an open pledge is kept with each day on which a payment is due, so that a line
of the bank finds the pledges of its amount that are due about then by an index. Donors are listed
in the order of their names by an index.
"""

import sqlalchemy as sa
from alembic import op

revision = "0104_owed_by_days"
down_revision = "0103_title_words"

EACH_WITH_EACH_DAY = """
CREATE TEMPORARY TABLE owed_before AS TABLE pledge_owed;
DELETE FROM pledge_owed;
INSERT INTO pledge_owed (pledge_id, fund_id, donor_id, currency, minor, due_on)
    SELECT DISTINCT one.pledge_id, one.fund_id, one.donor_id, one.currency, one.minor, due.due_on
    FROM owed_before one
    LEFT JOIN owed_before due ON due.pledge_id = one.pledge_id AND due.due_on IS NOT NULL;
DROP TABLE owed_before;
"""
ALL_AND_EACH_PAYMENT = """
CREATE TEMPORARY TABLE owed_before AS
    SELECT pledge_id, fund_id, donor_id, currency, max(minor) AS minor
    FROM pledge_owed GROUP BY pledge_id, fund_id, donor_id, currency;
DELETE FROM pledge_owed;
INSERT INTO pledge_owed (pledge_id, fund_id, donor_id, currency, minor, due_on)
    SELECT pledge_id, fund_id, donor_id, currency, minor, due_on FROM (
        SELECT pledge_id, fund_id, donor_id, currency, minor, NULL::date AS due_on, 0 AS number
            FROM owed_before
        UNION ALL SELECT pledge_id, fund_id, donor_id, currency, least(amount, due), due_on, number
            FROM (
                SELECT o.pledge_id, o.fund_id, o.donor_id, o.currency, i.due_on, i.number,
                    i.amount_minor AS amount,
                    (o.minor - sum(i.amount_minor) OVER (PARTITION BY o.pledge_id
                        ORDER BY i.number DESC) + i.amount_minor)::bigint AS due
                FROM owed_before o JOIN pledge p ON p.id = o.pledge_id
                JOIN pledge_instalment i ON i.pledge_id = p.id AND i.revision = p.revision
            ) payment WHERE due > 0
    ) every ORDER BY pledge_id, number;
DROP TABLE owed_before;
"""
"""What has come pays the first payments first, so what is still to come is the last ones."""


def upgrade() -> None:
    op.drop_index("ix_pledge_owed_pledge", "pledge_owed")
    op.drop_index("ix_pledge_owed_due", "pledge_owed")
    op.execute(EACH_WITH_EACH_DAY)
    op.create_index("ix_pledge_owed_pledge", "pledge_owed", ["pledge_id"])
    amount = ["fund_id", "currency", "minor"]
    op.create_index("ix_pledge_owed_due", "pledge_owed", [*amount, "due_on", "pledge_id"])
    op.create_index("ix_organisation_name", "organisation", ["name", "id"])


def downgrade() -> None:
    op.drop_index("ix_organisation_name", "organisation")
    op.drop_index("ix_pledge_owed_due", "pledge_owed")
    op.drop_index("ix_pledge_owed_pledge", "pledge_owed")
    op.execute(ALL_AND_EACH_PAYMENT)
    op.create_index("ix_pledge_owed_pledge", "pledge_owed", ["pledge_id", "due_on"])
    due = sa.text("due_on IS NOT NULL")
    op.create_index(
        "ix_pledge_owed_due", "pledge_owed", ["due_on", "pledge_id"], postgresql_where=due
    )
