"""The ledger: balanced entries that never change, monthly turnover, dated rates, periods."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003_ledger"
down_revision = "0002_signin"

MEMORANDUM = "'reserved', 'reserved_control', 'commitments', 'commitments_control'"

BALANCED = f"""
CREATE FUNCTION entry_balanced(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE lines bigint; cents numeric; spoken numeric; uneven text;
BEGIN
    SELECT count(*), coalesce(sum(usd_minor), 0),
        coalesce(sum(usd_minor) FILTER (WHERE account IN ({MEMORANDUM})), 0)
        INTO lines, cents, spoken FROM posting WHERE entry_id = wanted;
    IF lines < 2 OR cents <> 0 OR spoken <> 0 THEN
        RAISE EXCEPTION 'entry % does not balance: % postings, % US cents, % in memorandum accounts',
            wanted, lines, cents, spoken USING ERRCODE = 'check_violation';
    END IF;
    SELECT currency INTO uneven FROM posting WHERE entry_id = wanted
        GROUP BY currency HAVING sum(amount_minor) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not balance in %', wanted, uneven
            USING ERRCODE = 'check_violation';
    END IF;
END $$
"""

MIRRORED = """
CREATE FUNCTION entry_mirrored(wanted entry) RETURNS void LANGUAGE plpgsql AS $$
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
            SELECT account, subject, currency, amount_minor, usd_minor, rate, rate_on
                FROM posting WHERE entry_id = original.id
            EXCEPT ALL
            SELECT account, subject, currency, -amount_minor, -usd_minor, rate, rate_on
                FROM posting WHERE entry_id = wanted.id)
        OR (SELECT count(*) FROM posting WHERE entry_id = original.id)
            <> (SELECT count(*) FROM posting WHERE entry_id = wanted.id)
    THEN
        RAISE EXCEPTION 'entry % does not mirror entry %', wanted.id, original.id
            USING ERRCODE = 'check_violation';
    END IF;
END $$
"""

ENTRY_WHOLE = """
CREATE FUNCTION entry_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE whole entry;
BEGIN
    IF TG_TABLE_NAME = 'entry' THEN
        SELECT * INTO whole FROM entry WHERE id = NEW.id;
    ELSE
        SELECT * INTO whole FROM entry WHERE id = NEW.entry_id;
    END IF;
    PERFORM entry_balanced(whole.id);
    IF whole.reverses_id IS NOT NULL THEN
        PERFORM entry_mirrored(whole);
    END IF;
    RETURN NULL;
END $$
"""

# Whoever books in a month shares its lock, whoever closes it holds it alone: either the entry is
# there before the period closes, or it sees the period closed. grants/ledger/periods.py takes the
# same lock earlier, to refuse with a sentence.
ENTRY_PERIOD = """
CREATE FUNCTION entry_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(NEW.fund_id::int,
        (extract(year FROM NEW.booked_on) * 12 + extract(month FROM NEW.booked_on))::int);
    PERFORM 1 FROM period WHERE fund_id = NEW.fund_id
        AND month = date_trunc('month', NEW.booked_on)::date AND closed_at IS NOT NULL;
    IF FOUND THEN
        RAISE EXCEPTION 'the period of % is closed', NEW.booked_on
            USING ERRCODE = 'check_violation';
    END IF;
    NEW.written_in := txid_current();
    RETURN NEW;
END $$
"""

PERIOD_ALONE = """
CREATE FUNCTION period_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.fund_id, OLD.month) IS DISTINCT FROM (NEW.fund_id, NEW.month) THEN
        RAISE EXCEPTION 'a period keeps its fund and month' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(NEW.fund_id::int,
        (extract(year FROM NEW.month) * 12 + extract(month FROM NEW.month))::int);
    RETURN NEW;
END $$
"""

POSTING_WITH_ITS_ENTRY = """
CREATE FUNCTION posting_with_its_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE late bigint;
BEGIN
    SELECT entry.id INTO late FROM written JOIN entry ON entry.id = written.entry_id
        WHERE entry.written_in <> txid_current() LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'nothing can be added to entry % any more', late
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""

# Balances are read from what each month moved, so the database keeps that with the postings, in
# the order of the key so that writers cannot wait for each other in a circle.
POSTING_TURNED_OVER = """
CREATE FUNCTION posting_turned_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO turnover (fund_id, month, event, account, usd_minor)
    SELECT fund_id, date_trunc('month', booked_on)::date, event, account, sum(written.usd_minor)
        FROM written JOIN entry ON entry.id = written.entry_id
        GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (fund_id, month, event, account)
        DO UPDATE SET usd_minor = turnover.usd_minor + excluded.usd_minor;
    RETURN NULL;
END $$
"""

TURNOVER_BY_POSTINGS = """
CREATE FUNCTION turnover_by_postings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'turnover changes by postings alone' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""

TRIGGERS = """
CREATE CONSTRAINT TRIGGER entry_whole AFTER INSERT ON entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_whole();
CREATE CONSTRAINT TRIGGER posting_whole AFTER INSERT ON posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_whole();
CREATE TRIGGER entry_period BEFORE INSERT ON entry
    FOR EACH ROW EXECUTE FUNCTION entry_period();
CREATE TRIGGER period_alone BEFORE INSERT OR UPDATE ON period
    FOR EACH ROW EXECUTE FUNCTION period_alone();
CREATE TRIGGER posting_with_its_entry AFTER INSERT ON posting
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION posting_with_its_entry();
CREATE TRIGGER posting_turned_over AFTER INSERT ON posting
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION posting_turned_over();
CREATE TRIGGER turnover_by_postings BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON turnover
    FOR EACH STATEMENT EXECUTE FUNCTION turnover_by_postings();
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON posting
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER exchange_rate_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON exchange_rate
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER period_kept BEFORE DELETE OR TRUNCATE ON period
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
"""

FUNCTIONS = (
    BALANCED,
    MIRRORED,
    ENTRY_WHOLE,
    ENTRY_PERIOD,
    PERIOD_ALONE,
    POSTING_WITH_ITS_ENTRY,
    POSTING_TURNED_OVER,
    TURNOVER_BY_POSTINGS,
)


def upgrade() -> None:
    op.create_table(
        "entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column(
            "event",
            sa.Enum(
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
                name="event",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("particulars", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "written_in", sa.BigInteger(), server_default=sa.text("txid_current()"), nullable=False
        ),
        sa.CheckConstraint("reverses_id <> id", name=op.f("ck_entry_reverses_another")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_entry_fund_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_entry_person_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["entry.id"], name=op.f("fk_entry_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("fund_id", "key", name=op.f("uq_entry_fund_id_key")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_entry_reverses_id")),
    )
    op.create_index(
        "ix_entry_fund_id_booked_on_id", "entry", ["fund_id", "booked_on", "id"], unique=False
    )
    op.create_index(op.f("ix_entry_person_id"), "entry", ["person_id"], unique=False)
    op.create_index("ix_entry_subject", "entry", ["subject"], unique=False)
    op.create_table(
        "exchange_rate",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "currency ~ '^[A-Z]{3}$' AND currency <> 'USD'", name=op.f("ck_exchange_rate_currency")
        ),
        sa.CheckConstraint("rate > 0", name=op.f("ck_exchange_rate_rate")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_exchange_rate_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rate")),
        sa.UniqueConstraint(
            "currency",
            "effective_on",
            "rate",
            name=op.f("uq_exchange_rate_currency_effective_on_rate"),
        ),
        sa.UniqueConstraint(
            "currency", "effective_on", name=op.f("uq_exchange_rate_currency_effective_on")
        ),
    )
    op.create_index(
        op.f("ix_exchange_rate_person_id"), "exchange_rate", ["person_id"], unique=False
    )
    op.create_table(
        "period",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_period_month")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_period_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period")),
        sa.UniqueConstraint("fund_id", "month", name=op.f("uq_period_fund_id_month")),
    )
    op.create_table(
        "posting",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "account",
            sa.Enum(
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
                name="account",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("usd_minor", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.Numeric(), nullable=True),
        sa.Column("rate_on", sa.Date(), nullable=True),
        sa.Column("rate_source", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "amount_minor <> 0 OR (account = 'exchange_difference' AND usd_minor <> 0)",
            name=op.f("ck_posting_something_is_posted"),
        ),
        sa.CheckConstraint(
            "currency <> 'USD' OR (usd_minor = amount_minor AND rate IS NULL AND rate_on IS NULL AND rate_source IS NULL)",
            name=op.f("ck_posting_usd_needs_no_rate"),
        ),
        sa.CheckConstraint(
            "currency = 'USD' OR (rate IS NOT NULL AND rate_on IS NOT NULL AND rate_source IS NOT NULL)",
            name=op.f("ck_posting_foreign_money_has_a_dated_rate"),
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_posting_currency")),
        sa.ForeignKeyConstraint(
            ["currency", "rate_on", "rate"],
            ["exchange_rate.currency", "exchange_rate.effective_on", "exchange_rate.rate"],
            name="fk_posting_rate",
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_posting_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    op.create_index("ix_posting_entry_id", "posting", ["entry_id"], unique=False)
    op.create_index("ix_posting_subject_account", "posting", ["subject", "account"], unique=False)
    op.create_index("ix_posting_account_entry_id", "posting", ["account", "entry_id"], unique=False)
    op.create_table(
        "turnover",
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column(
            "event",
            sa.Enum(
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
                name="turnover_event",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "account",
            sa.Enum(
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
                name="turnover_account",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("usd_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_turnover_fund_id")),
        sa.PrimaryKeyConstraint("fund_id", "month", "event", "account", name=op.f("pk_turnover")),
        postgresql_with={"fillfactor": 50},
    )
    for function in FUNCTIONS:
        op.execute(function)
    for statement in TRIGGERS.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("turnover")
    op.drop_table("posting")
    op.drop_table("period")
    op.drop_index(op.f("ix_exchange_rate_person_id"), table_name="exchange_rate")
    op.drop_table("exchange_rate")
    op.drop_index("ix_entry_subject", table_name="entry")
    op.drop_index(op.f("ix_entry_person_id"), table_name="entry")
    op.drop_index("ix_entry_fund_id_booked_on_id", table_name="entry")
    op.execute("DROP FUNCTION entry_mirrored")
    op.drop_table("entry")
    op.execute(
        "DROP FUNCTION entry_whole, entry_period, period_alone, posting_with_its_entry, "
        "posting_turned_over, turnover_by_postings, entry_balanced"
    )
