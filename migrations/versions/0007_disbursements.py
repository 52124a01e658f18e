"""Agreements, instalments, refunds and reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007_disbursements"
down_revision = "0006_awards"

GRANT_WHOLE = """
CREATE FUNCTION grant_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint; whole award; planned bigint; paid bigint; sent_back bigint;
BEGIN
    IF TG_TABLE_NAME = 'award' THEN
        wanted := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        wanted := OLD.award_id;
    ELSE
        wanted := NEW.award_id;
    END IF;
    SELECT * INTO whole FROM award WHERE id = wanted FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount_minor), 0),
        coalesce(sum(amount_minor) FILTER (WHERE state IN ('paid', 'confirmed')), 0)
        INTO planned, paid FROM instalment WHERE award_id = wanted;
    SELECT coalesce(sum(amount_minor), 0) INTO sent_back FROM grant_refund WHERE award_id = wanted;
    IF whole.state IN ('agreed', 'closed') AND planned <> whole.amount_minor THEN
        RAISE EXCEPTION 'the instalments of % sum to % cents, the award is % cents',
            whole.reference, planned, whole.amount_minor USING ERRCODE = 'check_violation';
    END IF;
    IF whole.state NOT IN ('agreed', 'closed') AND planned > 0 THEN
        RAISE EXCEPTION '% has instalments without an agreement', whole.reference
            USING ERRCODE = 'check_violation';
    END IF;
    IF paid > whole.amount_minor OR sent_back > paid THEN
        RAISE EXCEPTION 'of % were awarded % cents, paid % and refunded %', whole.reference,
            whole.amount_minor, paid, sent_back USING ERRCODE = 'check_violation';
    END IF;
    PERFORM 1 FROM instalment later JOIN instalment earlier USING (award_id)
        WHERE award_id = wanted AND earlier.number < later.number
        AND later.paid_on IS NOT NULL AND earlier.paid_on IS NULL;
    IF FOUND THEN
        RAISE EXCEPTION 'an instalment of % was paid before an earlier one', whole.reference
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM 1 FROM instalment WHERE award_id = wanted
        AND (paid_on IS NOT NULL) <> (state IN ('paid', 'confirmed'));
    IF FOUND THEN
        RAISE EXCEPTION 'an instalment of % has a day of payment and was not paid', whole.reference
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""

INSTALMENT_KEPT = """
CREATE FUNCTION instalment_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('paid', 'confirmed') AND (TG_OP = 'DELETE' OR NEW.state NOT IN
        ('paid', 'confirmed') OR (OLD.award_id, OLD.number, OLD.amount_minor, OLD.paid_on,
        OLD.bank_reference) IS DISTINCT FROM (NEW.award_id, NEW.number, NEW.amount_minor,
        NEW.paid_on, NEW.bank_reference)) THEN
        RAISE EXCEPTION 'what was paid is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$
"""

AGREEMENT_KEPT = """
CREATE FUNCTION agreement_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM award WHERE id = OLD.award_id AND state <> 'approved';
    IF FOUND THEN
        RAISE EXCEPTION 'a signed agreement is never changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$
"""

REPORT_KEPT = """
CREATE FUNCTION report_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('submitted', 'accepted') AND (TG_OP = 'DELETE' OR
        (OLD.award_id, OLD.number, OLD.narrative, OLD.challenges, OLD.explanation,
        OLD.beneficiaries, OLD.exploitation, OLD.services, OLD.expenditure, OLD.people,
        OLD.spent_minor, OLD.submitted_at) IS DISTINCT FROM
        (NEW.award_id, NEW.number, NEW.narrative, NEW.challenges, NEW.explanation,
        NEW.beneficiaries, NEW.exploitation, NEW.services, NEW.expenditure, NEW.people,
        NEW.spent_minor, NEW.submitted_at)) THEN
        RAISE EXCEPTION 'a report that was sent is never changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$
"""

TRIGGERS = """
CREATE CONSTRAINT TRIGGER award_whole AFTER INSERT OR UPDATE ON award
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grant_whole();
CREATE CONSTRAINT TRIGGER instalment_whole AFTER INSERT OR UPDATE OR DELETE ON instalment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grant_whole();
CREATE CONSTRAINT TRIGGER grant_refund_whole AFTER INSERT ON grant_refund
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grant_whole();
CREATE TRIGGER instalment_kept BEFORE UPDATE OR DELETE ON instalment
    FOR EACH ROW EXECUTE FUNCTION instalment_kept();
CREATE TRIGGER agreement_kept BEFORE UPDATE OR DELETE ON agreement
    FOR EACH ROW EXECUTE FUNCTION agreement_kept();
CREATE TRIGGER report_kept BEFORE UPDATE OR DELETE ON report
    FOR EACH ROW EXECUTE FUNCTION report_kept();
CREATE TRIGGER grant_refund_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON grant_refund
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()
"""


def upgrade() -> None:
    op.create_table(
        "agreement",
        sa.Column("award_id", sa.BigInteger(), nullable=False),
        sa.Column("instalments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reports", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_agreement_award_id")),
        sa.PrimaryKeyConstraint("award_id", name=op.f("pk_agreement")),
    )
    op.create_table(
        "budget_line",
        sa.Column("award_id", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_budget_line_amount")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_budget_line_award_id")),
        sa.PrimaryKeyConstraint("award_id", "category", name=op.f("pk_budget_line")),
        sa.UniqueConstraint("award_id", "position", name=op.f("uq_budget_line_award_id_position")),
    )
    op.create_table(
        "grant_refund",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("award_id", sa.BigInteger(), nullable=False),
        sa.Column("refunded_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("bank_reference", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_grant_refund_amount")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_grant_refund_award_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_refund")),
        sa.UniqueConstraint(
            "award_id", "bank_reference", name=op.f("uq_grant_refund_award_id_bank_reference")
        ),
    )
    op.create_table(
        "instalment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("award_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "due",
                "certified",
                "paid",
                "confirmed",
                name="instalmentstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("bank_reference", sa.String(length=80), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'confirmed' OR confirmed_at IS NOT NULL",
            name=op.f("ck_instalment_confirmed_when"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('paid', 'confirmed') OR (paid_on IS NOT NULL AND bank_reference IS NOT NULL)",
            name=op.f("ck_instalment_paid_on_a_day"),
        ),
        sa.CheckConstraint("amount_minor > 0 AND number > 0", name=op.f("ck_instalment_amount")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_instalment_award_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint(
            "award_id", "bank_reference", name=op.f("uq_instalment_award_id_bank_reference")
        ),
        sa.UniqueConstraint("award_id", "number", name=op.f("uq_instalment_award_id_number")),
    )
    op.create_index("ix_instalment_due", "instalment", ["due_on", "id"], unique=False)
    op.create_index("ix_instalment_paid_on", "instalment", ["paid_on"], unique=False)
    op.create_index(
        "ix_instalment_state_due", "instalment", ["state", "due_on", "id"], unique=False
    )
    op.create_table(
        "report",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("award_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "interim",
                "final",
                name="reportkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "due",
                "submitted",
                "sent_back",
                "accepted",
                name="reportstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("covers_from", sa.Date(), nullable=False),
        sa.Column("covers_to", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("narrative", sa.Text(), nullable=False),
        sa.Column("challenges", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("beneficiaries", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("exploitation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("services", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("expenditure", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("spent_minor", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state = 'due' OR (submitted_at IS NOT NULL AND length(narrative) > 0)",
            name=op.f("ck_report_sent_with_its_content"),
        ),
        sa.CheckConstraint(
            "covers_from <= covers_to AND covers_to <= due_on", name=op.f("ck_report_period")
        ),
        sa.CheckConstraint("spent_minor >= 0 AND people >= 0", name=op.f("ck_report_counts")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_report_award_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("award_id", "number", name=op.f("uq_report_award_id_number")),
    )
    op.create_index("ix_report_due", "report", ["due_on", "id"], unique=False)
    op.create_index("ix_report_state_due", "report", ["state", "due_on", "id"], unique=False)
    op.create_table(
        "report_draft",
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("typed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attested", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("sheet", sa.String(length=32), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_draft_report_id")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["person.id"], name=op.f("fk_report_draft_saved_by_id")
        ),
        sa.PrimaryKeyConstraint("report_id", "section", name=op.f("pk_report_draft")),
    )
    for statement in (GRANT_WHOLE, INSTALMENT_KEPT, AGREEMENT_KEPT, REPORT_KEPT):
        op.execute(statement)
    for statement in TRIGGERS.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER award_whole ON award")
    op.drop_table("report_draft")
    op.drop_index("ix_report_state_due", table_name="report")
    op.drop_index("ix_report_due", table_name="report")
    op.drop_table("report")
    op.drop_index("ix_instalment_state_due", table_name="instalment")
    op.drop_index("ix_instalment_paid_on", table_name="instalment")
    op.drop_index("ix_instalment_due", table_name="instalment")
    op.drop_table("instalment")
    op.drop_table("grant_refund")
    op.drop_table("budget_line")
    op.drop_table("agreement")
    op.execute("DROP FUNCTION grant_whole, instalment_kept, agreement_kept, report_kept")
