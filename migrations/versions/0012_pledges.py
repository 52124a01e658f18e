"""Changes of pledges: less of them, other days of payment, for what they are bound."""

import sqlalchemy as sa
from alembic import op

NO_PURPOSE = "earmarking <> 'unearmarked' OR (earmarked_for IS NULL"
BOUND = " AND earmarked_window IS NULL AND earmarked_region IS NULL AND earmarked_theme IS NULL"

CHOICES = {
    "window": ("SGP1", "SGP2", "SPECIAL"),
    "region": ("african", "asia_pacific", "eastern_european", "latin_american", "western"),
    "theme": (
        *("identification", "shelter", "medical", "psychosocial", "material", "legal"),
        *("education", "economic", "family", "repatriation"),
    ),
}

# The payments of the present revision add up to what stands of the pledge: as promised, less what
# approved changes took; and never more is taken than was promised.
PLEDGE_WHOLE = """
CREATE FUNCTION pledge_whole(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE standing numeric; parts numeric;
BEGIN
    SELECT amount_minor - (SELECT coalesce(sum(amount_minor), 0) FROM pledge_change
            WHERE pledge_id = wanted AND state = 'approved')
        INTO standing FROM pledge WHERE id = wanted;
    IF standing < 0 THEN
        RAISE EXCEPTION 'more is taken from pledge % than was promised', wanted
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT sum(pledge_instalment.amount_minor) INTO parts FROM pledge_instalment
        JOIN pledge ON pledge.id = pledge_id AND pledge.revision = pledge_instalment.revision
        WHERE pledge_id = wanted;
    IF standing IS NOT NULL AND parts IS NOT NULL AND parts <> standing THEN
        RAISE EXCEPTION 'the instalments of pledge % add up to %, not %', wanted, parts, standing
            USING ERRCODE = 'check_violation';
    END IF;
END $$
"""

ROWS_WHOLE = """
CREATE FUNCTION pledge_rows_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pledge_whole(CASE WHEN TG_OP = 'DELETE' THEN OLD.pledge_id ELSE NEW.pledge_id END);
    RETURN NULL;
END $$
"""

# A plan that was made stays; only what nobody confirmed may go with its pledge.
INSTALMENTS_KEPT = """
CREATE FUNCTION pledge_instalments_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (
        SELECT FROM pledge WHERE id = OLD.pledge_id AND state <> 'unconfirmed')
    THEN
        RAISE EXCEPTION 'instalments of pledge % are kept; a new plan is a new revision',
            OLD.pledge_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$
"""

CHANGE_KEPT = """
CREATE FUNCTION pledge_change_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'requested' OR (NEW.id, NEW.pledge_id, NEW.kind, NEW.amount_minor, NEW.reason,
            NEW.document_id, NEW.requested_at, NEW.requested_by_id) IS DISTINCT FROM
        (OLD.id, OLD.pledge_id, OLD.kind, OLD.amount_minor, OLD.reason,
            OLD.document_id, OLD.requested_at, OLD.requested_by_id)
    THEN
        RAISE EXCEPTION 'change % of a pledge keeps what was asked and decided', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

FUNCTIONS = (PLEDGE_WHOLE, ROWS_WHOLE, INSTALMENTS_KEPT, CHANGE_KEPT)

TRIGGERS = """
CREATE CONSTRAINT TRIGGER pledge_instalments_whole
    AFTER INSERT OR UPDATE OR DELETE ON pledge_instalment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pledge_rows_whole();
CREATE TRIGGER pledge_instalments_kept BEFORE UPDATE OR DELETE ON pledge_instalment
    FOR EACH ROW EXECUTE FUNCTION pledge_instalments_kept();
CREATE CONSTRAINT TRIGGER pledge_change_whole AFTER INSERT OR UPDATE ON pledge_change
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pledge_rows_whole();
CREATE TRIGGER pledge_change_kept BEFORE UPDATE ON pledge_change
    FOR EACH ROW EXECUTE FUNCTION pledge_change_kept();
CREATE TRIGGER pledge_change_not_deleted BEFORE DELETE OR TRUNCATE ON pledge_change
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER reminder_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reminder
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
"""

INSTALMENTS_WHOLE_BEFORE = """
CREATE CONSTRAINT TRIGGER pledge_instalments_whole
    AFTER INSERT OR UPDATE OR DELETE ON pledge_instalment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pledge_instalments_whole()
"""

revision = "0012_pledges"
down_revision = "0011_bank"


def upgrade() -> None:
    op.create_table(
        "pledge_change",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("pledge_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reduction",
                "withdrawal",
                "write_off",
                name="changekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "approved",
                "refused",
                name="changestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("in_books", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'refused' OR NOT in_books",
            name=op.f("ck_pledge_change_refused_is_not_booked"),
        ),
        sa.CheckConstraint(
            "state = 'requested' OR decided_on IS NOT NULL",
            name=op.f("ck_pledge_change_decided_on_a_day"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_pledge_change_amount")),
        sa.CheckConstraint(
            "requested_by_id <> decided_by_id", name=op.f("ck_pledge_change_two_persons")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_pledge_change_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_pledge_change_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_change_pledge_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["person.id"], name=op.f("fk_pledge_change_requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_change")),
    )
    op.create_index(
        op.f("ix_pledge_change_decided_by_id"), "pledge_change", ["decided_by_id"], unique=False
    )
    op.create_index(
        "ix_pledge_change_open",
        "pledge_change",
        ["pledge_id"],
        unique=True,
        postgresql_where=sa.text("state = 'requested'"),
    )
    op.create_index("ix_pledge_change_pledge", "pledge_change", ["pledge_id", "id"], unique=False)
    op.create_index(
        op.f("ix_pledge_change_requested_by_id"), "pledge_change", ["requested_by_id"], unique=False
    )
    op.add_column("pledge", sa.Column("condition", sa.Text(), nullable=True))
    _reminders()
    op.create_index("ix_pledge_instalment_due", "pledge_instalment", ["due_on"], unique=False)
    op.create_table(
        "new_date",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("pledge_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "accepted",
                "refused",
                name="datestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state = 'asked' OR decided_on IS NOT NULL", name=op.f("ck_new_date_answered_on_a_day")
        ),
        sa.CheckConstraint("asked_on <> due_on", name=op.f("ck_new_date_another_day")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_new_date_pledge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_new_date")),
    )
    op.create_index(
        "ix_new_date_open",
        "new_date",
        ["pledge_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_index("ix_new_date_pledge", "new_date", ["pledge_id", "id"], unique=False)
    for column, kind in CHOICES.items():
        words = ", ".join(f"'{code}'" for code in kind)
        name = op.f(f"ck_pledge_pledge_{column}")
        op.add_column("pledge", sa.Column(f"earmarked_{column}", sa.String(length=40)))
        op.create_check_constraint(name, "pledge", f"earmarked_{column} IN ({words})")
    for table in ("pledge", "pledge_instalment"):
        op.add_column(
            table, sa.Column("revision", sa.Integer(), nullable=False, server_default="1")
        )
        op.alter_column(table, "revision", server_default=None)
    op.execute(
        "ALTER TABLE pledge_instalment DROP CONSTRAINT pk_pledge_instalment,"
        " ADD CONSTRAINT pk_pledge_instalment PRIMARY KEY (pledge_id, revision, number)"
    )
    _purpose_check(NO_PURPOSE + BOUND + ")")
    op.execute("DROP TRIGGER pledge_instalments_whole ON pledge_instalment")
    for function in FUNCTIONS:
        op.execute(function)
    for statement in TRIGGERS.split(";\n"):
        if statement.strip():
            op.execute(statement)


def _reminders() -> None:
    op.create_table(
        "reminder_rule",
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column(
            "letter",
            sa.Enum(
                "soon",
                "overdue",
                "again",
                name="reminder_rule_letter",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("days BETWEEN -365 AND 730", name=op.f("ck_reminder_rule_days")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_reminder_rule_fund_id")),
        sa.PrimaryKeyConstraint("fund_id", "days", name=op.f("pk_reminder_rule")),
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("pledge_id", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column(
            "letter",
            sa.Enum(
                "soon",
                "overdue",
                "again",
                name="reminder_letter",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("left_minor", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("left_minor > 0", name=op.f("ck_reminder_something_left")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_reminder_fund_id")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_reminder_pledge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "pledge_id",
            "number",
            "due_on",
            "days",
            name=op.f("uq_reminder_pledge_id_number_due_on_days"),
        ),
        sa.UniqueConstraint("pledge_id", "serial", name=op.f("uq_reminder_pledge_id_serial")),
    )
    op.create_index("ix_reminder_fund_newest", "reminder", ["fund_id", "id"], unique=False)
    op.create_table(
        "reminder_hold",
        sa.Column("pledge_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledge.id"], name=op.f("fk_reminder_hold_pledge_id")
        ),
        sa.PrimaryKeyConstraint("pledge_id", name=op.f("pk_reminder_hold")),
    )


def _purpose_check(rule: str) -> None:
    name = op.f("ck_pledge_unearmarked_for_nothing")
    op.drop_constraint(name, "pledge", type_="check")
    op.create_check_constraint(name, "pledge", rule)


def downgrade() -> None:
    op.drop_index("ix_pledge_instalment_due", "pledge_instalment")
    for table in ("reminder_hold", "reminder", "reminder_rule", "new_date"):
        op.drop_table(table)
    op.execute("DROP TRIGGER pledge_instalments_whole ON pledge_instalment")
    op.execute("DROP TRIGGER pledge_instalments_kept ON pledge_instalment")
    op.execute(
        "DELETE FROM pledge_instalment USING pledge WHERE pledge.id = pledge_id"
        " AND pledge.revision <> pledge_instalment.revision"
    )
    op.execute(
        "ALTER TABLE pledge_instalment DROP CONSTRAINT pk_pledge_instalment,"
        " ADD CONSTRAINT pk_pledge_instalment PRIMARY KEY (pledge_id, number)"
    )
    _purpose_check(NO_PURPOSE + ")")
    op.execute(INSTALMENTS_WHOLE_BEFORE)
    op.drop_column("pledge_instalment", "revision")
    op.drop_column("pledge", "revision")
    op.drop_column("pledge", "condition")
    op.drop_column("pledge", "earmarked_theme")
    op.drop_column("pledge", "earmarked_region")
    op.drop_column("pledge", "earmarked_window")
    op.drop_index(op.f("ix_pledge_change_requested_by_id"), table_name="pledge_change")
    op.drop_index("ix_pledge_change_pledge", table_name="pledge_change")
    op.drop_index(
        "ix_pledge_change_open",
        table_name="pledge_change",
        postgresql_where=sa.text("state = 'requested'"),
    )
    op.drop_index(op.f("ix_pledge_change_decided_by_id"), table_name="pledge_change")
    op.drop_table("pledge_change")
    op.execute(
        "DROP FUNCTION pledge_rows_whole, pledge_instalments_kept, pledge_change_kept, pledge_whole"
    )
