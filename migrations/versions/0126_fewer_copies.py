"""Entries of a month, lines of the bank of a month and the call of an award are asked of the records
themselves: no copy of them is kept any more.
"""

from types import ModuleType

import sqlalchemy as sa
from alembic import context, op

revision = "0126_fewer_copies"
down_revision = "0125_held_for_records"

IN_MONTH = """
CREATE OR REPLACE FUNCTION posting_in_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {into} {rows}
    ON CONFLICT (bank_account_id, month) DO UPDATE
        SET own_minor = bank_turnover.own_minor + excluded.own_minor,
            usd_minor = bank_turnover.usd_minor + excluded.usd_minor;
    RETURN NULL;
END $$
"""
GUARDED = ("month_count", "bank_month")


def _earlier_migration(number: str) -> ModuleType:
    """The migration that brought what goes."""
    module: ModuleType = context.script.get_revision(number).module
    return module


def upgrade() -> None:
    months = _earlier_migration("0090_months_kept")
    rows = months.IN_BANK.format(postings="written")
    op.execute(IN_MONTH.format(into=months.INTO_BANK, rows=rows))
    for function, table in (("entry_in_month", "entry"), ("bank_line_in_month", "bank_line")):
        op.execute(f"DROP TRIGGER {function} ON {table}")
        op.execute(f"DROP FUNCTION {function}")
    for table in GUARDED:
        op.drop_table(table)
    op.execute("DROP TRIGGER award_moved ON application")
    op.execute("DROP TRIGGER award_of_call ON award")
    op.execute("DROP FUNCTION award_moved, award_of_call")
    op.drop_column("award", "call_id")


def downgrade() -> None:
    _create_months()
    _create_award_calls()


def _create_months() -> None:
    months = _earlier_migration("0090_months_kept")
    op.create_table(
        "month_count",
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), primary_key=True),
        sa.Column("month", sa.Date(), primary_key=True),
        sa.Column("of", sa.String(7), primary_key=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        postgresql_with={"fillfactor": 50},
    )
    account = sa.ForeignKey("bank_account.id")
    op.create_table(
        "bank_month",
        sa.Column("bank_account_id", sa.BigInteger(), account, primary_key=True),
        sa.Column("month", sa.Date(), primary_key=True),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        postgresql_with={"fillfactor": 50},
    )
    op.execute(months.INTO_COUNT + months.CURRENCIES.format(postings="posting"))
    op.execute(months.INTO_COUNT + months.ENTRIES.format(entries="entry"))
    op.execute(months.INTO_LINES + months.LINES.format(lines="bank_line"))
    op.execute(months.KEPT.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    for function, table in (("entry_in_month", "entry"), ("bank_line_in_month", "bank_line")):
        op.execute(
            f"CREATE TRIGGER {function} AFTER INSERT ON {table} REFERENCING NEW TABLE AS written"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )
    for table in GUARDED:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE"
            f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION turnover_by_postings()"
        )


def _create_award_calls() -> None:
    calls = _earlier_migration("0102_award_calls")
    op.add_column("award", sa.Column("call_id", sa.BigInteger(), sa.ForeignKey("call.id")))
    living = sa.text("state <> 'cancelled'")
    op.create_index(
        "ix_award_call",
        "award",
        ["call_id"],
        postgresql_include=["fund_id", "amount_minor"],
        postgresql_where=living,
    )
    unannounced = sa.text("announced IS NULL AND state <> 'cancelled'")
    op.create_index("ix_award_unannounced", "award", ["call_id"], postgresql_where=unannounced)
    op.execute(calls.COPIED)
    op.execute(calls.OF_BEFORE)
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
