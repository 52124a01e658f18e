"""Opening balances, direct costs and administration fees in the books."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0020_costs"
down_revision = "0019_zones"

EVENTS = ("opening_balance", "direct_cost_paid", "administration_fee_paid")
ACCOUNTS = ("opening_balance", "direct_costs", "administration_fees")
CHOICES = (
    ("entry", "event", "ck_entry_event", EVENTS),
    ("turnover", "event", "ck_turnover_turnover_event", EVENTS),
    ("posting", "account", "ck_posting_account", ACCOUNTS),
    ("turnover", "account", "ck_turnover_turnover_account", ACCOUNTS),
)


def upgrade() -> None:
    for table, column, name, values in CHOICES:
        _choose(table, column, name, [*_standing(name), *values])


def downgrade() -> None:
    for table, column, name, values in CHOICES:
        _choose(table, column, name, [kept for kept in _standing(name) if kept not in values])


def _standing(name: str) -> list[str]:
    """What may stand in the column so far."""
    told = op.get_bind().scalar(
        sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
        {"name": name},
    )
    return re.findall(r"'(\w+)'", told)


def _choose(table: str, column: str, name: str, values: list[str]) -> None:
    op.drop_constraint(op.f(name), table, type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(name), table, f"{column} IN ({listed})")
