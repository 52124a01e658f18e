"""Pledges and contributions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_contributions"
down_revision = "0003_ledger"

# What was promised stays as it was promised; who promised it is told once. Only what nobody
# confirmed may be deleted.
PLEDGE_KEPT = """
CREATE FUNCTION pledge_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'unconfirmed' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'pledge % is never deleted', OLD.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.reference, NEW.fund_id, NEW.amount_minor, NEW.currency, NEW.pledged_on,
            NEW.made_at, NEW.key) IS DISTINCT FROM
        (OLD.id, OLD.reference, OLD.fund_id, OLD.amount_minor, OLD.currency, OLD.pledged_on,
            OLD.made_at, OLD.key)
        OR (OLD.donor_id IS NOT NULL AND NEW.donor_id IS DISTINCT FROM OLD.donor_id)
    THEN
        RAISE EXCEPTION 'pledge % keeps what was promised', OLD.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

INSTALMENTS_WHOLE = """
CREATE FUNCTION pledge_instalments_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint; promised bigint; parts numeric;
BEGIN
    IF TG_OP = 'DELETE' THEN wanted := OLD.pledge_id; ELSE wanted := NEW.pledge_id; END IF;
    SELECT amount_minor INTO promised FROM pledge WHERE id = wanted;
    SELECT sum(amount_minor) INTO parts FROM pledge_instalment WHERE pledge_id = wanted;
    IF promised IS NOT NULL AND parts IS NOT NULL AND parts <> promised THEN
        RAISE EXCEPTION 'the instalments of pledge % add up to %, not %', wanted, parts, promised
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""

# A deposit is what the bank said. Only money that nobody knew is given its pledge, once.
DEPOSIT_KEPT = """
CREATE FUNCTION deposit_kept() RETURNS trigger LANGUAGE plpgsql AS $$
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

# Receipts of a fund and year are numbered 1, 2, 3 … in the order they were issued.
RECEIPT_GAPLESS = """
CREATE FUNCTION receipt_gapless() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before int;
BEGIN
    SELECT coalesce(max(number), 0) INTO before FROM receipt
        WHERE fund_id = NEW.fund_id AND year = NEW.year AND id <> NEW.id;
    IF NEW.number <> before + 1 THEN
        RAISE EXCEPTION 'receipt % of % leaves a gap after %', NEW.number, NEW.year, before
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""

TRIGGERS = """
CREATE TRIGGER pledge_kept BEFORE UPDATE OR DELETE ON pledge
    FOR EACH ROW EXECUTE FUNCTION pledge_kept();
CREATE TRIGGER pledge_not_emptied BEFORE TRUNCATE ON pledge
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE CONSTRAINT TRIGGER pledge_instalments_whole
    AFTER INSERT OR UPDATE OR DELETE ON pledge_instalment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pledge_instalments_whole();
CREATE TRIGGER deposit_kept BEFORE UPDATE ON deposit
    FOR EACH ROW EXECUTE FUNCTION deposit_kept();
CREATE TRIGGER deposit_not_deleted BEFORE DELETE OR TRUNCATE ON deposit
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER receipt_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON receipt
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER receipt_gapless BEFORE INSERT ON receipt
    FOR EACH ROW EXECUTE FUNCTION receipt_gapless();
"""

FUNCTIONS = (PLEDGE_KEPT, INSTALMENTS_WHOLE, DEPOSIT_KEPT, RECEIPT_GAPLESS)


def upgrade() -> None:
    op.create_table(
        "pledge",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("donor_id", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "online",
                "note_verbale",
                "letter",
                "conference",
                "records",
                name="pledge_source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source_note", sa.String(length=200), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "unconfirmed",
                "pledged",
                "acknowledged",
                "signed",
                "declined",
                "withdrawn",
                name="pledgestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "earmarking",
            sa.Enum(
                "unearmarked",
                "soft",
                "earmarked",
                "tight",
                name="earmarking",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("earmarked_for", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("public_name", sa.Boolean(), nullable=False),
        sa.Column("conditional", sa.Boolean(), nullable=False),
        sa.Column("pledged_on", sa.Date(), nullable=False),
        sa.Column("agreement_signed_on", sa.Date(), nullable=True),
        sa.Column("agreement_document_id", sa.BigInteger(), nullable=True),
        sa.Column("promise", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'signed' OR agreement_signed_on IS NOT NULL",
            name=op.f("ck_pledge_signed_on_a_day"),
        ),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'withdrawn') OR donor_id IS NOT NULL",
            name=op.f("ck_pledge_confirmed_by_a_donor"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_pledge_amount")),
        sa.CheckConstraint(
            "earmarking <> 'unearmarked' OR earmarked_for IS NULL",
            name=op.f("ck_pledge_unearmarked_for_nothing"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_document_id"], ["document.id"], name=op.f("fk_pledge_agreement_document_id")
        ),
        sa.ForeignKeyConstraint(["donor_id"], ["organisation.id"], name=op.f("fk_pledge_donor_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_pledge_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("reference", name=op.f("uq_pledge_reference")),
        sa.UniqueConstraint("key", name=op.f("uq_pledge_key")),
    )
    op.create_index("ix_pledge_donor", "pledge", ["donor_id", "id"], unique=False)
    op.create_index("ix_pledge_fund_newest", "pledge", ["fund_id", "id"], unique=False)
    op.create_index("ix_pledge_state_newest", "pledge", ["state", "id"], unique=False)
    op.create_index(
        "ix_pledge_reference_begins",
        "pledge",
        ["reference"],
        unique=False,
        postgresql_ops={"reference": "varchar_pattern_ops"},
    )
    op.create_index(
        "ix_pledge_unconfirmed_email",
        "pledge",
        [sa.literal_column("lower(promise ->> 'email')")],
        unique=False,
        postgresql_where=sa.text("state = 'unconfirmed'"),
    )
    op.create_table(
        "deposit",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("pledge_id", sa.BigInteger(), nullable=True),
        sa.Column("bank_reference", sa.String(length=80), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("bank_fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.Numeric(), nullable=False),
        sa.Column("rate_on", sa.Date(), nullable=False),
        sa.Column("usd_minor", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("allocated_on", sa.Date(), nullable=True),
        sa.CheckConstraint("currency <> 'USD' OR rate = 1", name=op.f("ck_deposit_usd_at_one")),
        sa.CheckConstraint(
            "allocated_on IS NULL OR (pledge_id IS NOT NULL AND allocated_on >= value_on)",
            name=op.f("ck_deposit_allocated_to_a_pledge"),
        ),
        sa.CheckConstraint(
            "amount_minor > 0 AND bank_fee_minor >= 0", name=op.f("ck_deposit_amounts")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_deposit_fund_id")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_deposit_pledge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
        sa.UniqueConstraint(
            "fund_id", "bank_reference", name=op.f("uq_deposit_fund_id_bank_reference")
        ),
    )
    op.create_index("ix_deposit_fund_newest", "deposit", ["fund_id", "id"], unique=False)
    op.create_index(
        "ix_deposit_unidentified",
        "deposit",
        ["fund_id", "id"],
        unique=False,
        postgresql_where=sa.text("pledge_id IS NULL"),
    )
    op.create_index(
        "ix_deposit_bank_reference_begins",
        "deposit",
        ["bank_reference"],
        unique=False,
        postgresql_ops={"bank_reference": "varchar_pattern_ops"},
    )
    op.create_index("ix_deposit_pledge", "deposit", ["pledge_id", "value_on"], unique=False)
    op.create_table(
        "pledge_instalment",
        sa.Column("pledge_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_pledge_instalment_amount")),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_instalment_pledge_id")
        ),
        sa.PrimaryKeyConstraint("pledge_id", "number", name=op.f("pk_pledge_instalment")),
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("deposit_id", sa.BigInteger(), nullable=False),
        sa.Column("donor_id", sa.BigInteger(), nullable=False),
        sa.Column("donor_name", sa.String(length=200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deposit_id"], ["deposit.id"], name=op.f("fk_receipt_deposit_id")),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["organisation.id"], name=op.f("fk_receipt_donor_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_receipt_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.CheckConstraint("number > 0", name=op.f("ck_receipt_number")),
        sa.UniqueConstraint("deposit_id", name=op.f("uq_receipt_deposit_id")),
        sa.UniqueConstraint(
            "fund_id", "year", "number", name=op.f("uq_receipt_fund_id_year_number")
        ),
    )
    op.create_index(op.f("ix_receipt_donor_id"), "receipt", ["donor_id"], unique=False)
    for function in FUNCTIONS:
        op.execute(function)
    for statement in TRIGGERS.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_receipt_donor_id"), table_name="receipt")
    op.drop_table("receipt")
    op.drop_table("pledge_instalment")
    op.drop_index("ix_deposit_unidentified", table_name="deposit")
    op.drop_index("ix_deposit_bank_reference_begins", table_name="deposit")
    op.drop_index("ix_deposit_pledge", table_name="deposit")
    op.drop_index("ix_deposit_fund_newest", table_name="deposit")
    op.drop_table("deposit")
    op.drop_index("ix_pledge_unconfirmed_email", table_name="pledge")
    op.drop_index("ix_pledge_reference_begins", table_name="pledge")
    op.drop_index("ix_pledge_state_newest", table_name="pledge")
    op.drop_index("ix_pledge_fund_newest", table_name="pledge")
    op.drop_index("ix_pledge_donor", table_name="pledge")
    op.drop_table("pledge")
    op.execute("DROP FUNCTION pledge_kept, pledge_instalments_whole, deposit_kept, receipt_gapless")
