"""The fund's books in full: support cost by agreement, allowance for doubtful receivables."""

import sqlalchemy as sa
from alembic import op

revision = "0009_books"
down_revision = "0008_donors"

EVENTS = [
    "agreement_signed",
    "condition_met",
    "deposit_received",
    "unidentified_received",
    "suspense_allocated",
    "donor_refunded",
    "receivable_written_off",
    "interest_earned",
    "bank_charged",
    "award_reserved",
    "reservation_released",
    "grant_committed",
    "commitment_released",
    "instalment_paid",
    "grantee_refunded",
]
NEW_EVENTS = ["allowance_changed", "reservation_adjusted"]

ACCOUNTS = [
    "cash",
    "contributions_receivable",
    "deferred_revenue",
    "suspense",
    "contribution_revenue",
    "interest",
    "exchange_difference",
    "grant_expense",
    "programme_support_cost",
    "bank_charges",
    "write_off",
    "reserved",
    "reserved_control",
    "commitments",
    "commitments_control",
]
NEW_ACCOUNTS = ["receivable_allowance", "doubtful_receivables"]

CHOICES = (
    ("entry", "event", "ck_entry_event", EVENTS, NEW_EVENTS),
    ("turnover", "event", "ck_turnover_turnover_event", EVENTS, NEW_EVENTS),
    ("posting", "account", "ck_posting_account", ACCOUNTS, NEW_ACCOUNTS),
    ("turnover", "account", "ck_turnover_turnover_account", ACCOUNTS, NEW_ACCOUNTS),
)


def _choose(table: str, column: str, name: str, values: list[str]) -> None:
    """What may stand in a column from now on."""
    op.drop_constraint(op.f(name), table, type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(name), table, f"{column} IN ({listed})")


def upgrade() -> None:
    for table, column, name, old, new in CHOICES:
        _choose(table, column, name, old + new)
    op.add_column("award", sa.Column("psc_reason", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_award_psc_percent"), "award", "psc_percent BETWEEN 0 AND 100"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_award_psc_percent"), "award", type_="check")
    op.drop_column("award", "psc_reason")
    for table, column, name, old, _new in CHOICES:
        _choose(table, column, name, old)
