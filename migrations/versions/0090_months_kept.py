"""What each month moved in a bank account, and how much it holds, kept as it is booked."""

import sqlalchemy as sa
from alembic import op

revision = "0090_months_kept"
down_revision = "0089_ceilings"

IN_BANK = """
SELECT bank_account_id, date_trunc('month', booked_on)::date,
        sum(CASE bank_account.currency WHEN 'USD' THEN p.usd_minor ELSE p.amount_minor END),
        sum(p.usd_minor)
    FROM {postings} p JOIN entry ON entry.id = p.entry_id
        JOIN bank_account ON bank_account.id = p.bank_account_id
    GROUP BY 1, 2 ORDER BY 1, 2
"""
CURRENCIES = """
SELECT fund_id, date_trunc('month', booked_on)::date, p.currency, count(*)
    FROM {postings} p JOIN entry ON entry.id = p.entry_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
ENTRIES = """
SELECT fund_id, date_trunc('month', booked_on)::date, 'entries', count(*)
    FROM {entries} GROUP BY 1, 2 ORDER BY 1, 2
"""
LINES = """
SELECT bank_account_id, date_trunc('month', booked_on)::date, sum(amount_minor)
    FROM {lines} GROUP BY 1, 2 ORDER BY 1, 2
"""
INTO_BANK = "INSERT INTO bank_turnover (bank_account_id, month, own_minor, usd_minor)"
INTO_COUNT = "INSERT INTO month_count (fund_id, month, of, number)"
INTO_LINES = "INSERT INTO bank_month (bank_account_id, month, minor)"
COUNTED = """ON CONFLICT (fund_id, month, of)
    DO UPDATE SET number = month_count.number + excluded.number;"""
KEPT = f"""
CREATE FUNCTION posting_in_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO_BANK} {IN_BANK.format(postings="written")}
    ON CONFLICT (bank_account_id, month) DO UPDATE
        SET own_minor = bank_turnover.own_minor + excluded.own_minor,
            usd_minor = bank_turnover.usd_minor + excluded.usd_minor;
    {INTO_COUNT} {CURRENCIES.format(postings="written")} {COUNTED}
    RETURN NULL;
END $$;
CREATE FUNCTION entry_in_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO_COUNT} {ENTRIES.format(entries="written")} {COUNTED}
    RETURN NULL;
END $$;
CREATE FUNCTION bank_line_in_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO_LINES} {LINES.format(lines="written")}
    ON CONFLICT (bank_account_id, month)
        DO UPDATE SET minor = bank_month.minor + excluded.minor;
    RETURN NULL;
END $$;
"""
FUNCTIONS = {
    "posting_in_month": "posting",
    "entry_in_month": "entry",
    "bank_line_in_month": "bank_line",
}
TABLES = ("bank_turnover", "month_count", "bank_month")


def upgrade() -> None:
    account = sa.ForeignKey("bank_account.id")
    op.create_table(
        "bank_turnover",
        sa.Column("bank_account_id", sa.BigInteger(), account, primary_key=True),
        sa.Column("month", sa.Date(), primary_key=True),
        sa.Column("own_minor", sa.BigInteger(), nullable=False),
        sa.Column("usd_minor", sa.BigInteger(), nullable=False),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "month_count",
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), primary_key=True),
        sa.Column("month", sa.Date(), primary_key=True),
        sa.Column("of", sa.String(7), primary_key=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "bank_month",
        sa.Column(
            "bank_account_id", sa.BigInteger(), sa.ForeignKey("bank_account.id"), primary_key=True
        ),
        sa.Column("month", sa.Date(), primary_key=True),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        postgresql_with={"fillfactor": 50},
    )
    op.execute(INTO_BANK + IN_BANK.format(postings="posting"))
    op.execute(INTO_COUNT + CURRENCIES.format(postings="posting"))
    op.execute(INTO_COUNT + ENTRIES.format(entries="entry"))
    op.execute(INTO_LINES + LINES.format(lines="bank_line"))
    op.execute(KEPT)
    for function, table in FUNCTIONS.items():
        op.execute(
            f"CREATE TRIGGER {function} AFTER INSERT ON {table} REFERENCING NEW TABLE AS written"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE"
            f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION turnover_by_postings()"
        )


def downgrade() -> None:
    for function, table in FUNCTIONS.items():
        op.execute(f"DROP TRIGGER {function} ON {table}")
        op.execute(f"DROP FUNCTION {function}")
    for table in TABLES:
        op.drop_table(table)
