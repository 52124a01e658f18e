"""What waits for people, what reports say was spent and what waits in suspense are counted and added
up in indexes alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0107_counts_by_index"
down_revision = "0106_call_words"

RETURNED = sa.text("returned_document_id IS NOT NULL AND state IN ('pledged', 'acknowledged')")
IN_SUSPENSE = sa.text("pledge_id IS NULL AND reversed_on IS NULL")
LIVING = sa.text("state <> 'cancelled'")
UNANNOUNCED = sa.text("announced IS NULL AND state <> 'cancelled'")
SENT = sa.text("state IN ('submitted', 'accepted')")
UNCONFIRMED = sa.text("sender_confirmed_at IS NULL")


def upgrade() -> None:
    _replace("ix_pledge_state_newest", "pledge", ["state", "id"], ["fund_id"])
    _replace("ix_pledge_returned", "pledge", ["id"], ["fund_id"], RETURNED)
    counted = ["usd_minor", "value_on"]
    _replace("ix_deposit_unidentified", "deposit", ["fund_id", "id"], counted, IN_SUSPENSE)
    amount = ["fund_id", "amount_minor"]
    _create("ix_award_call", "award", ["call_id"], amount, LIVING)
    _create("ix_award_unannounced", "award", ["call_id"], [], UNANNOUNCED)
    _create("ix_award_state", "award", ["state", "fund_id", "id"], ["application_id"])
    _create("ix_report_spent", "report", ["award_id"], ["spent_minor"], SENT)
    _create("ix_donor_unconfirmed", "donor", ["organisation_id"], [], UNCONFIRMED)


def downgrade() -> None:
    op.drop_index("ix_donor_unconfirmed", "donor")
    op.drop_index("ix_report_spent", "report")
    for name in ("ix_award_state", "ix_award_unannounced", "ix_award_call"):
        op.drop_index(name, "award")
    _replace("ix_deposit_unidentified", "deposit", ["fund_id", "id"], [], IN_SUSPENSE)
    _replace("ix_pledge_returned", "pledge", ["id"], [], RETURNED)
    _replace("ix_pledge_state_newest", "pledge", ["state", "id"], [])


def _create(
    name: str, table: str, columns: list[str], beside: list[str], where: sa.TextClause | None = None
) -> None:
    op.create_index(name, table, columns, postgresql_include=beside or None, postgresql_where=where)


def _replace(
    name: str, table: str, columns: list[str], beside: list[str], where: sa.TextClause | None = None
) -> None:
    op.drop_index(name, table)
    _create(name, table, columns, beside, where)
