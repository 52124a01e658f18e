"""The bank: accounts that every cash posting names, statements and their lines, reversed deposits."""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011_bank"
down_revision = "0010_certificates"

NEW_EVENTS = ("cash_transferred", "cash_converted")

MAIN_ACCOUNTS = """
INSERT INTO bank_account (fund_id, code, name, bank, bic, currency, is_main)
SELECT id, code || '-USD', code || ', main account', '', '', 'USD', true FROM fund
"""

# What was posted before there were accounts was in the main one.
FIRST_PLACES = """
ALTER TABLE posting DISABLE TRIGGER posting_append_only;
UPDATE posting SET bank_account_id = bank_account.id FROM entry, bank_account
    WHERE account = 'cash' AND entry.id = entry_id AND bank_account.fund_id = entry.fund_id;
ALTER TABLE posting ENABLE TRIGGER posting_append_only
"""

IN_A_BANK_ACCOUNT = """
CREATE FUNCTION posting_in_a_bank_account() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong bigint;
BEGIN
    SELECT written.entry_id INTO wrong FROM written
        JOIN entry ON entry.id = written.entry_id
        JOIN bank_account place ON place.id = written.bank_account_id
        WHERE place.fund_id <> entry.fund_id
            OR place.currency NOT IN ('USD', written.currency) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % has cash in an account that cannot hold it', wrong
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""

IN_A_BANK_ACCOUNT_TRIGGER = """
CREATE TRIGGER posting_in_a_bank_account AFTER INSERT ON posting
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT
    EXECUTE FUNCTION posting_in_a_bank_account()
"""


# A deposit is what the bank said. Only money that nobody knew is given its pledge, once; and what
# was recorded wrongly is reversed, once.
DEPOSIT_KEPT = """
CREATE OR REPLACE FUNCTION deposit_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.pledge_id IS NULL AND NEW.pledge_id IS NOT NULL AND NEW.allocated_on IS NOT NULL
        AND OLD.reversed_on IS NULL
        AND to_jsonb(NEW) - '{pledge_id,allocated_on,note}'::text[]
            = to_jsonb(OLD) - '{pledge_id,allocated_on,note}'::text[]
    THEN
        RETURN NEW;
    END IF;
    IF OLD.reversed_on IS NULL AND NEW.reversed_on IS NOT NULL
        AND to_jsonb(NEW) - '{reversed_on,reversal_reason}'::text[]
            = to_jsonb(OLD) - '{reversed_on,reversal_reason}'::text[]
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'deposit % is never changed', OLD.bank_reference
        USING ERRCODE = 'restrict_violation';
END $$
"""

DEPOSIT_KEPT_BEFORE = """
CREATE OR REPLACE FUNCTION deposit_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.pledge_id IS NOT NULL OR NEW.pledge_id IS NULL OR NEW.allocated_on IS NULL
        OR to_jsonb(NEW) - '{pledge_id,allocated_on,note}'::text[]
            <> to_jsonb(OLD) - '{pledge_id,allocated_on,note}'::text[]
    THEN
        RAISE EXCEPTION 'deposit % is never changed', OLD.bank_reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

# What the bank said stays as it said it; a person only says what a line is, and may take that back.
BANK_LINE_KEPT = """
CREATE FUNCTION bank_line_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{state,version}'::text[] <> to_jsonb(OLD) - '{state,version}'::text[] THEN
        RAISE EXCEPTION 'bank line % is never changed', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

LINE_MATCH_KEPT = """
CREATE FUNCTION line_match_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.released_at IS NOT NULL
        OR to_jsonb(NEW) - 'released_at' <> to_jsonb(OLD) - 'released_at'
    THEN
        RAISE EXCEPTION 'match % is released once, and otherwise kept', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

# A matched line is postings of its own account that add up to it; any other line is none.
BANK_LINE_WHOLE = """
CREATE FUNCTION bank_line_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint; whole bank_line; found numeric; elsewhere bigint;
BEGIN
    IF TG_TABLE_NAME = 'bank_line' THEN wanted := NEW.id; ELSE wanted := NEW.line_id; END IF;
    SELECT * INTO whole FROM bank_line WHERE id = wanted;
    SELECT sum(CASE place.currency WHEN 'USD' THEN usd_minor ELSE posting.amount_minor END),
            count(*) FILTER (WHERE posting.bank_account_id <> whole.bank_account_id)
        INTO found, elsewhere
        FROM line_match JOIN posting ON posting.id = posting_id
            JOIN bank_account place ON place.id = posting.bank_account_id
        WHERE line_id = wanted AND released_at IS NULL;
    IF elsewhere > 0 OR (whole.state = 'matched') <> (found IS NOT NULL)
        OR found <> whole.amount_minor
    THEN
        RAISE EXCEPTION 'bank line % is % and its postings add up to %',
            wanted, whole.amount_minor, found USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""

BANK_TRIGGERS = """
CREATE TRIGGER bank_statement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_statement
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER reconciliation_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reconciliation
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER bank_line_kept BEFORE UPDATE ON bank_line
    FOR EACH ROW EXECUTE FUNCTION bank_line_kept();
CREATE TRIGGER bank_line_not_deleted BEFORE DELETE OR TRUNCATE ON bank_line
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER line_match_kept BEFORE UPDATE ON line_match
    FOR EACH ROW EXECUTE FUNCTION line_match_kept();
CREATE TRIGGER line_match_not_deleted BEFORE DELETE OR TRUNCATE ON line_match
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE CONSTRAINT TRIGGER bank_line_whole AFTER INSERT OR UPDATE ON bank_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bank_line_whole();
CREATE CONSTRAINT TRIGGER line_match_whole AFTER INSERT OR UPDATE ON line_match
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bank_line_whole()
"""


def mirrored(place: str) -> str:
    """The rule of 0003 about reversals, with the bank account among what is mirrored."""
    return f"""
CREATE OR REPLACE FUNCTION entry_mirrored(wanted entry) RETURNS void LANGUAGE plpgsql AS $$
DECLARE original entry;
BEGIN
    SELECT * INTO original FROM entry WHERE id = wanted.reverses_id;
    IF original.reverses_id IS NOT NULL THEN
        RAISE EXCEPTION 'entry % reverses a reversal', wanted.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF (original.fund_id, original.event) IS DISTINCT FROM (wanted.fund_id, wanted.event)
        OR original.booked_on > wanted.booked_on
        OR EXISTS (
            SELECT account, subject, currency, amount_minor, usd_minor, rate, rate_on{place}
                FROM posting WHERE entry_id = original.id
            EXCEPT ALL
            SELECT account, subject, currency, -amount_minor, -usd_minor, rate, rate_on{place}
                FROM posting WHERE entry_id = wanted.id)
        OR (SELECT count(*) FROM posting WHERE entry_id = original.id)
            <> (SELECT count(*) FROM posting WHERE entry_id = wanted.id)
    THEN
        RAISE EXCEPTION 'entry % does not mirror entry %', wanted.id, original.id
            USING ERRCODE = 'check_violation';
    END IF;
END $$
"""


def choose_events(added: tuple[str, ...], removed: tuple[str, ...] = ()) -> None:
    """The events that earlier migrations allow, and these; or without these."""
    for table, name in (("entry", "ck_entry_event"), ("turnover", "ck_turnover_turnover_event")):
        standing = op.get_bind().scalar(
            sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
            {"name": name},
        )
        allowed = [event for event in re.findall(r"'(\w+)'", standing) if event not in removed]
        listed = ", ".join(f"'{event}'" for event in (*allowed, *added))
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, f"event IN ({listed})")


def allow_nothing_of(accounts: str) -> None:
    name = op.f("ck_posting_something_is_posted")
    op.drop_constraint(name, "posting", type_="check")
    op.create_check_constraint(
        name, "posting", f"amount_minor <> 0 OR (account IN ({accounts}) AND usd_minor <> 0)"
    )


def upgrade() -> None:
    open_accounts()
    keep_statements()
    reverse_deposits()


def open_accounts() -> None:
    op.create_table(
        "bank_account",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("bank", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=34), nullable=True),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "NOT is_main OR currency = 'USD'", name=op.f("ck_bank_account_main_in_usd")
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_bank_account_currency")),
        sa.CheckConstraint(
            "NOT is_main OR closed_on IS NULL", name=op.f("ck_bank_account_main_is_open")
        ),
        sa.CheckConstraint(
            "closed_on >= opened_on", name=op.f("ck_bank_account_closed_after_it_was_opened")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_bank_account_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint("code", name=op.f("uq_bank_account_code")),
        sa.UniqueConstraint("number", name=op.f("uq_bank_account_number")),
    )
    op.create_index(op.f("ix_bank_account_fund_id"), "bank_account", ["fund_id"], unique=False)
    op.create_index(
        "uq_bank_account_main",
        "bank_account",
        ["fund_id"],
        unique=True,
        postgresql_where=sa.text("is_main"),
    )
    op.add_column("posting", sa.Column("bank_account_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_posting_bank_account_id"), "posting", "bank_account", ["bank_account_id"], ["id"]
    )
    op.execute(MAIN_ACCOUNTS)
    for statement in FIRST_PLACES.split(";\n"):
        op.execute(statement)
    op.create_check_constraint(
        op.f("ck_posting_cash_is_in_a_bank_account"),
        "posting",
        "(account = 'cash') = (bank_account_id IS NOT NULL)",
    )
    op.create_index(
        "ix_posting_bank_account",
        "posting",
        ["bank_account_id", "entry_id"],
        unique=False,
        postgresql_where=sa.text("bank_account_id IS NOT NULL"),
    )
    choose_events(NEW_EVENTS)
    allow_nothing_of("'exchange_difference', 'cash'")
    op.execute(mirrored(", bank_account_id"))
    op.execute(IN_A_BANK_ACCOUNT)
    op.execute(IN_A_BANK_ACCOUNT_TRIGGER)


def keep_statements() -> None:
    op.create_table(
        "bank_statement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("bank_account_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("opening_minor", sa.BigInteger(), nullable=False),
        sa.Column("closing_minor", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_bank_statement_days")),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_bank_statement_bank_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint(
            "bank_account_id", "reference", name=op.f("uq_bank_statement_bank_account_id_reference")
        ),
    )
    op.create_index(
        "ix_bank_statement_account_days", "bank_statement", ["bank_account_id", "to_on", "id"]
    )
    op.create_table(
        "bank_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("bank_account_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("original_minor", sa.BigInteger(), nullable=True),
        sa.Column("original_currency", sa.String(length=3), nullable=True),
        sa.Column("bank_reference", sa.String(length=80), nullable=False),
        sa.Column("end_to_end", sa.String(length=80), nullable=False),
        sa.Column("counterparty", sa.String(length=200), nullable=False),
        sa.Column("counterparty_account", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "unmatched",
                "matched",
                "set_aside",
                name="linestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(original_minor IS NULL) = (original_currency IS NULL)",
            name=op.f("ck_bank_line_original_whole"),
        ),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_bank_line_amount")),
        sa.CheckConstraint("fee_minor >= 0", name=op.f("ck_bank_line_fee")),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_bank_line_bank_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name=op.f("fk_bank_line_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint(
            "statement_id", "number", name=op.f("uq_bank_line_statement_id_number")
        ),
    )
    op.create_index(
        "ix_bank_line_account_reference", "bank_line", ["bank_account_id", "bank_reference"]
    )
    op.create_index("ix_bank_line_account_state", "bank_line", ["bank_account_id", "state", "id"])
    op.create_index(
        "ix_bank_line_open", "bank_line", ["id"], postgresql_where=sa.text("state = 'unmatched'")
    )
    op.create_table(
        "line_match",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("posting_id", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["bank_line.id"], name=op.f("fk_line_match_line_id")),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["posting.id"], name=op.f("fk_line_match_posting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_match")),
    )
    op.create_index("ix_line_match_line", "line_match", ["line_id"])
    op.create_index(
        "uq_line_match_posting",
        "line_match",
        ["posting_id"],
        unique=True,
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_table(
        "reconciliation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("bank_account_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_reconciliation_month")),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_reconciliation_bank_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reconciliation_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
    )
    op.create_index(
        "ix_reconciliation_account_month", "reconciliation", ["bank_account_id", "month", "id"]
    )
    op.create_index(op.f("ix_reconciliation_person_id"), "reconciliation", ["person_id"])
    op.execute(BANK_LINE_KEPT)
    op.execute(LINE_MATCH_KEPT)
    op.execute(BANK_LINE_WHOLE)
    for statement in BANK_TRIGGERS.split(";\n"):
        op.execute(statement)


def reverse_deposits() -> None:
    op.add_column("deposit", sa.Column("reversed_on", sa.Date(), nullable=True))
    op.add_column("deposit", sa.Column("reversal_reason", sa.String(length=400), nullable=True))
    op.create_check_constraint(
        op.f("ck_deposit_reversed_for_a_reason"),
        "deposit",
        "(reversed_on IS NULL) = (reversal_reason IS NULL) AND reversed_on >= value_on",
    )
    op.drop_constraint(op.f("uq_deposit_fund_id_bank_reference"), "deposit", type_="unique")
    op.create_index(
        "uq_deposit_standing_bank_reference",
        "deposit",
        ["fund_id", "bank_reference"],
        unique=True,
        postgresql_where=sa.text("reversed_on IS NULL"),
    )
    unidentified("pledge_id IS NULL AND reversed_on IS NULL")
    op.execute(DEPOSIT_KEPT)


def unidentified(which: str) -> None:
    op.drop_index("ix_deposit_unidentified", table_name="deposit", if_exists=True)
    op.create_index(
        "ix_deposit_unidentified", "deposit", ["fund_id", "id"], postgresql_where=sa.text(which)
    )


def downgrade() -> None:
    op.execute(DEPOSIT_KEPT_BEFORE)
    op.drop_index("uq_deposit_standing_bank_reference", table_name="deposit")
    op.drop_column("deposit", "reversal_reason")
    op.drop_column("deposit", "reversed_on")
    unidentified("pledge_id IS NULL")
    op.create_unique_constraint(
        op.f("uq_deposit_fund_id_bank_reference"), "deposit", ["fund_id", "bank_reference"]
    )
    for table in ("reconciliation", "line_match", "bank_line", "bank_statement"):
        op.drop_table(table)
    op.execute("DROP FUNCTION bank_line_kept, line_match_kept, bank_line_whole")
    op.execute("DROP TRIGGER posting_in_a_bank_account ON posting")
    op.execute("DROP FUNCTION posting_in_a_bank_account")
    op.execute(mirrored(""))
    allow_nothing_of("'exchange_difference'")
    choose_events((), NEW_EVENTS)
    op.drop_column("posting", "bank_account_id")
    op.drop_table("bank_account")
