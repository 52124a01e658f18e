"""Bank accounts: every cash posting names one; cash changes currency."""

import re

import sqlalchemy as sa
from alembic import op

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


def downgrade() -> None:
    op.execute("DROP TRIGGER posting_in_a_bank_account ON posting")
    op.execute("DROP FUNCTION posting_in_a_bank_account")
    op.execute(mirrored(""))
    allow_nothing_of("'exchange_difference'")
    choose_events((), NEW_EVENTS)
    op.drop_column("posting", "bank_account_id")
    op.drop_table("bank_account")
