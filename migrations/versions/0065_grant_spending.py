"""What each grant cost in a year, kept with the postings, so that public pages add up no payments."""

import sqlalchemy as sa
from alembic import op

revision = "0065_grant_spending"
down_revision = "0064_reopened_reviews"

KEPT = """
CREATE FUNCTION posting_spent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO grant_spending (fund_id, year, subject, usd_minor)
    SELECT fund_id, extract(year FROM booked_on)::int, written.subject, sum(written.usd_minor)
        FROM written JOIN entry ON entry.id = written.entry_id
        WHERE written.account = 'grant_expense'
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (fund_id, year, subject)
        DO UPDATE SET usd_minor = grant_spending.usd_minor + excluded.usd_minor;
    RETURN NULL;
END $$
"""
OF_BEFORE = """
INSERT INTO grant_spending (fund_id, year, subject, usd_minor)
SELECT fund_id, extract(year FROM booked_on)::int, posting.subject, sum(usd_minor)
    FROM posting JOIN entry ON entry.id = posting.entry_id
    WHERE account = 'grant_expense' GROUP BY 1, 2, 3
"""
TRIGGERS = """
CREATE TRIGGER posting_spent AFTER INSERT ON posting
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION posting_spent();
CREATE TRIGGER grant_spending_by_postings
    BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON grant_spending
    FOR EACH STATEMENT EXECUTE FUNCTION turnover_by_postings();
"""


def upgrade() -> None:
    op.create_table(
        "grant_spending",
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("subject", sa.String(60), primary_key=True),
        sa.Column("usd_minor", sa.BigInteger(), nullable=False),
        postgresql_with={"fillfactor": 50},
    )
    op.execute(OF_BEFORE)
    op.execute(KEPT)
    op.execute(TRIGGERS)


def downgrade() -> None:
    op.execute("DROP TRIGGER posting_spent ON posting")
    op.execute("DROP FUNCTION posting_spent")
    op.drop_table("grant_spending")
