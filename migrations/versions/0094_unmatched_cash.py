"""What no line of the bank is yet, kept with postings and matches, so that no month looks for it."""

import sqlalchemy as sa
from alembic import op

revision = "0094_unmatched_cash"
down_revision = "0093_held_for_grants"

# A match has the days of both of its sides, so that what came to one side later is found by an
# index: as of a day between the two it is open on the other side.
DAYS = """
CREATE FUNCTION line_match_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT booked_on INTO NEW.line_on FROM bank_line WHERE id = NEW.line_id;
    SELECT booked_on INTO NEW.entry_on FROM posting JOIN entry ON entry.id = entry_id
        WHERE posting.id = NEW.posting_id;
    RETURN NEW;
END $$
"""
# Cash postings that no line is: with the day of the entry that undoes them, or that they undo,
# where a posting of that on the same account is unmatched too.
UNMATCHED = """
INSERT INTO unmatched_cash (posting_id, entry_id, bank_account_id, booked_on, undone_on)
SELECT p.id, e.id, p.bank_account_id, e.booked_on, other.booked_on
    FROM posting p JOIN entry e ON e.id = p.entry_id
        LEFT JOIN entry undoing ON undoing.reverses_id = e.id
        LEFT JOIN entry other ON other.id = coalesce(e.reverses_id, undoing.id)
            AND EXISTS (SELECT FROM posting o WHERE o.entry_id = other.id
                AND o.bank_account_id = p.bank_account_id
                AND NOT EXISTS (SELECT FROM line_match
                    WHERE posting_id = o.id AND released_at IS NULL))
    WHERE p.bank_account_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM line_match WHERE posting_id = p.id AND released_at IS NULL)
"""
# Acts hold the fund, so no other one matches or reverses the same entries meanwhile.
KEPT = f"""
CREATE FUNCTION keep_unmatched_cash(changed bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE touched bigint[] := changed
    || array(SELECT reverses_id FROM entry WHERE id = ANY(changed) AND reverses_id IS NOT NULL)
    || array(SELECT id FROM entry WHERE reverses_id = ANY(changed));
BEGIN
    DELETE FROM unmatched_cash WHERE entry_id = ANY(touched);
    {UNMATCHED} AND p.entry_id = ANY(touched);
END $$;
CREATE FUNCTION posting_unmatched() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed bigint[] := array(
    SELECT DISTINCT entry_id FROM written WHERE bank_account_id IS NOT NULL);
BEGIN
    IF cardinality(changed) > 0 THEN
        PERFORM keep_unmatched_cash(changed);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION line_match_unmatched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_unmatched_cash(array(
        SELECT entry_id FROM posting WHERE id = NEW.posting_id));
    RETURN NULL;
END $$;
CREATE TRIGGER line_match_days BEFORE INSERT ON line_match
    FOR EACH ROW EXECUTE FUNCTION line_match_days();
CREATE TRIGGER posting_unmatched AFTER INSERT ON posting
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION posting_unmatched();
CREATE TRIGGER line_match_unmatched AFTER INSERT OR UPDATE ON line_match
    FOR EACH ROW EXECUTE FUNCTION line_match_unmatched();
CREATE TRIGGER unmatched_cash_kept BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON unmatched_cash
    FOR EACH STATEMENT EXECUTE FUNCTION turnover_by_postings();
"""
OF_BEFORE = """
UPDATE line_match SET line_on = bank_line.booked_on, entry_on = entry.booked_on
    FROM bank_line, posting JOIN entry ON entry.id = posting.entry_id
    WHERE bank_line.id = line_id AND posting.id = posting_id
"""


def upgrade() -> None:
    op.execute("LOCK TABLE entry, posting, bank_line, line_match IN SHARE ROW EXCLUSIVE MODE")
    op.add_column("line_match", sa.Column("line_on", sa.Date()))
    op.add_column("line_match", sa.Column("entry_on", sa.Date()))
    op.execute("ALTER TABLE line_match DISABLE TRIGGER USER")
    op.execute(OF_BEFORE)
    op.execute("ALTER TABLE line_match ENABLE TRIGGER USER")
    op.alter_column("line_match", "line_on", nullable=False)
    op.alter_column("line_match", "entry_on", nullable=False)
    op.create_index(
        "ix_line_match_between",
        "line_match",
        [sa.text("daterange(LEAST(line_on, entry_on), GREATEST(line_on, entry_on))")],
        postgresql_using="gist",
        postgresql_where=sa.text("released_at IS NULL AND line_on <> entry_on"),
    )
    op.create_index("ix_bank_line_account_day", "bank_line", ["bank_account_id", "booked_on"])
    op.create_table(
        "unmatched_cash",
        sa.Column("posting_id", sa.BigInteger(), primary_key=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "bank_account_id", sa.BigInteger(), sa.ForeignKey("bank_account.id"), nullable=False
        ),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("undone_on", sa.Date()),
    )
    op.create_index("ix_unmatched_cash_entry", "unmatched_cash", ["entry_id"])
    op.create_index(
        "ix_unmatched_cash_day",
        "unmatched_cash",
        ["bank_account_id", "booked_on", "posting_id"],
        postgresql_where=sa.text("undone_on IS NULL"),
    )
    op.create_index(
        "ix_unmatched_cash_between",
        "unmatched_cash",
        [sa.text("daterange(LEAST(booked_on, undone_on), GREATEST(booked_on, undone_on))")],
        postgresql_using="gist",
        postgresql_where=sa.text("undone_on <> booked_on"),
    )
    op.execute(UNMATCHED)
    op.execute(DAYS)
    op.execute(KEPT)


def downgrade() -> None:
    op.execute("DROP TRIGGER posting_unmatched ON posting")
    op.execute("DROP TRIGGER line_match_unmatched ON line_match")
    op.execute("DROP TRIGGER line_match_days ON line_match")
    op.drop_table("unmatched_cash")
    op.execute(
        "DROP FUNCTION posting_unmatched, line_match_unmatched, line_match_days,"
        " keep_unmatched_cash"
    )
    op.drop_index("ix_bank_line_account_day", "bank_line")
    op.drop_index("ix_line_match_between", "line_match")
    op.drop_column("line_match", "line_on")
    op.drop_column("line_match", "entry_on")
