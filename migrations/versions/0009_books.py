"""The fund's books in full: support cost by agreement, allowance for doubtful receivables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_books"
down_revision = "0008_donors"

EVENTS = [
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
]
NEW_EVENTS = ["allowance_changed", "reservation_adjusted"]

ACCOUNTS = [
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
]
NEW_ACCOUNTS = ["receivable_allowance", "doubtful_receivables"]

CHOICES = (
    ("entry", "event", "ck_entry_event", EVENTS, NEW_EVENTS),
    ("turnover", "event", "ck_turnover_turnover_event", EVENTS, NEW_EVENTS),
    ("posting", "account", "ck_posting_account", ACCOUNTS, NEW_ACCOUNTS),
    ("turnover", "account", "ck_turnover_turnover_account", ACCOUNTS, NEW_ACCOUNTS),
)


def _choose(table: str, column: str, name: str, values: list[str]) -> None:
    """What may stand in a column from now on."""
    op.drop_constraint(op.f(name), table, type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(name), table, f"{column} IN ({listed})")


# What was proposed is what is approved: only what becomes of it changes.
ALLOWANCE_RUN_KEPT = """
CREATE FUNCTION allowance_run_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.state IN ('rejected', 'reversed') OR
        (OLD.id, OLD.fund_id, OLD.as_of, OLD.percents, OLD.lines, OLD.receivable_minor,
            OLD.allowance_minor, OLD.change_minor)
        IS DISTINCT FROM
        (NEW.id, NEW.fund_id, NEW.as_of, NEW.percents, NEW.lines, NEW.receivable_minor,
            NEW.allowance_minor, NEW.change_minor)
    THEN
        RAISE EXCEPTION 'a proposed allowance stays as it was reckoned'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

KEPT = """
CREATE TRIGGER allowance_run_kept BEFORE UPDATE OR DELETE ON allowance_run
    FOR EACH ROW EXECUTE FUNCTION allowance_run_kept()
"""

SETTING_CHANGE_KEPT = """
CREATE FUNCTION setting_change_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.state <> 'proposed' OR
        (OLD.id, OLD.fund_id, OLD.setting, OLD.before, OLD.after, OLD.reason, OLD.proposed_at)
        IS DISTINCT FROM
        (NEW.id, NEW.fund_id, NEW.setting, NEW.before, NEW.after, NEW.reason, NEW.proposed_at)
    THEN
        RAISE EXCEPTION 'a proposed change of a setting stays as it was written'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

SETTINGS_KEPT = """
CREATE TRIGGER setting_change_kept BEFORE UPDATE OR DELETE ON setting_change
    FOR EACH ROW EXECUTE FUNCTION setting_change_kept()
"""

DOUBTFUL = (
    '{"not_due": "0", "first_year": "0", "second_year": "25", "third_year": "60", "later": "100"}'
)


def upgrade() -> None:
    for table, column, name, old, new in CHOICES:
        _choose(table, column, name, old + new)
    op.add_column(
        "fund",
        sa.Column(
            "doubtful_percents",
            postgresql.JSONB(),
            nullable=False,
            server_default=sa.text(f"'{DOUBTFUL}'"),
        ),
    )
    op.alter_column("fund", "doubtful_percents", server_default=None)
    op.create_table(
        "allowance_run",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "posted",
                "rejected",
                "reversed",
                name="allowancestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("percents", postgresql.JSONB(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("receivable_minor", sa.BigInteger(), nullable=False),
        sa.Column("allowance_minor", sa.BigInteger(), nullable=False),
        sa.Column("change_minor", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "extract(month FROM as_of) = 12 AND extract(day FROM as_of) = 31",
            name=op.f("ck_allowance_run_year_end"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('posted', 'reversed') OR entry_id IS NOT NULL",
            name=op.f("ck_allowance_run_posted_in_books"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_allowance_run_fund_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_allowance_run_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance_run")),
    )
    op.create_index("ix_allowance_run_newest", "allowance_run", ["fund_id", "id"])
    op.create_index(op.f("ix_allowance_run_entry_id"), "allowance_run", ["entry_id"])
    op.create_index(
        "uq_allowance_run_waiting",
        "allowance_run",
        ["fund_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index(
        "ix_posting_rate",
        "posting",
        ["currency", "rate_on"],
        postgresql_where=sa.text("rate_on IS NOT NULL"),
    )
    op.create_table(
        "setting_change",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "setting",
            sa.Enum(
                "operating_reserve",
                "support_cost",
                "doubtful_not_due",
                "doubtful_first_year",
                "doubtful_second_year",
                "doubtful_third_year",
                "doubtful_later",
                name="setting",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("before", sa.String(length=40), nullable=False),
        sa.Column("after", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "in_force",
                "declined",
                name="settingchangestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("before <> after", name=op.f("ck_setting_change_changes_something")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_setting_change_reason")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_setting_change_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_change")),
    )
    op.create_index("ix_setting_change_newest", "setting_change", ["fund_id", "id"])
    op.create_index(
        "uq_setting_change_waiting",
        "setting_change",
        ["fund_id", "setting"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.execute(SETTING_CHANGE_KEPT)
    op.execute(SETTINGS_KEPT)
    op.execute(ALLOWANCE_RUN_KEPT)
    op.execute(KEPT)
    op.add_column("award", sa.Column("psc_reason", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_award_psc_percent"), "award", "psc_percent BETWEEN 0 AND 100"
    )


def downgrade() -> None:
    op.drop_table("setting_change")
    op.execute("DROP FUNCTION setting_change_kept")
    op.drop_index("ix_posting_rate", table_name="posting")
    op.drop_table("allowance_run")
    op.execute("DROP FUNCTION allowance_run_kept")
    op.drop_column("fund", "doubtful_percents")
    op.drop_constraint(op.f("ck_award_psc_percent"), "award", type_="check")
    op.drop_column("award", "psc_reason")
    for table, column, name, old, _new in CHOICES:
        _choose(table, column, name, old)
