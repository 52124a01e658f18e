"""What giving adds up to is asked of the records themselves, and so are the names of donors and the
references that a line of the bank may mean: no figure of it is kept any more.
"""

from types import ModuleType

import sqlalchemy as sa
from alembic import context, op

revision = "0121_giving_added_up"
down_revision = "0120_two_decide_on_a_match"


def _earlier_migration(number: str) -> ModuleType:
    """The migration that brought what goes."""
    module: ModuleType = context.script.get_revision(number).module
    return module


def upgrade() -> None:
    _earlier_migration("0098_named_in").downgrade()
    _earlier_migration("0095_mistyped_references").downgrade()
    op.drop_table("aged_receivable")
    op.drop_table("pledge_owed")
    _earlier_migration("0026_giving_figures").downgrade()


def downgrade() -> None:
    _earlier_migration("0026_giving_figures").upgrade()
    _earlier_migration("0113_received_earmarked").upgrade()
    _create_pledge_owed()
    _earlier_migration("0092_aged_receivables").upgrade()
    _earlier_migration("0095_mistyped_references").upgrade()
    _earlier_migration("0098_named_in").upgrade()


def _create_pledge_owed() -> None:
    number, fund, donor = (
        sa.BigInteger(),
        sa.ForeignKey("fund.id"),
        sa.ForeignKey("organisation.id"),
    )
    op.create_table(
        "pledge_owed",
        sa.Column("id", number, primary_key=True),
        sa.Column("pledge_id", number, nullable=False),
        sa.Column("fund_id", number, fund, nullable=False),
        sa.Column("donor_id", number, donor),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("minor", number, nullable=False),
        sa.Column("due_on", sa.Date()),
    )
    amount = ["fund_id", "currency", "minor"]
    op.create_index("ix_pledge_owed_amount", "pledge_owed", [*amount, "pledge_id"])
    op.create_index("ix_pledge_owed_due", "pledge_owed", [*amount, "due_on", "pledge_id"])
    op.create_index("ix_pledge_owed_pledge", "pledge_owed", ["pledge_id"])
    op.create_index(
        "ix_pledge_owed_donor",
        "pledge_owed",
        ["donor_id", "pledge_id"],
        postgresql_include=["fund_id", "currency", "minor", "due_on"],
    )
