"""What is still held for each grant, kept with the postings, so that the need adds up no payments."""

import sqlalchemy as sa
from alembic import op

revision = "0093_held_for_grants"
down_revision = "0092_aged_receivables"

HELD = "p.account IN ('reserved', 'commitments')"
KEPT = f"""
CREATE FUNCTION posting_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO grant_held (fund_id, subject, usd_minor)
    SELECT fund_id, p.subject, sum(p.usd_minor)
        FROM written p JOIN entry ON entry.id = p.entry_id
        WHERE {HELD} GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (fund_id, subject)
        DO UPDATE SET usd_minor = grant_held.usd_minor + excluded.usd_minor;
    RETURN NULL;
END $$
"""
OF_BEFORE = f"""
INSERT INTO grant_held (fund_id, subject, usd_minor)
SELECT fund_id, p.subject, sum(p.usd_minor) FROM posting p JOIN entry ON entry.id = p.entry_id
    WHERE {HELD} GROUP BY 1, 2
"""
TRIGGERS = """
CREATE TRIGGER posting_held AFTER INSERT ON posting
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION posting_held();
CREATE TRIGGER grant_held_kept BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON grant_held
    FOR EACH STATEMENT EXECUTE FUNCTION turnover_by_postings();
"""


def upgrade() -> None:
    op.create_table(
        "grant_held",
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), primary_key=True),
        sa.Column("subject", sa.String(60), primary_key=True),
        sa.Column("usd_minor", sa.BigInteger(), nullable=False),
        postgresql_with={"fillfactor": 50},
    )
    op.execute(OF_BEFORE)
    op.execute(KEPT)
    op.execute(TRIGGERS)


def downgrade() -> None:
    op.execute("DROP TRIGGER posting_held ON posting")
    op.execute("DROP FUNCTION posting_held")
    op.drop_table("grant_held")
