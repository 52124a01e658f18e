"""Changes of signed grants: their records, suspension, and the commitment that follows."""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0128_grant_changes"
down_revision = "0127_results_editions"

CHOICES: tuple[tuple[str, str, str, list[str], list[str]], ...] = (
    ("entry", "event", "ck_entry_event", ["commitment_released"], ["commitment_adjusted"]),
    (
        "turnover",
        "event",
        "ck_turnover_turnover_event",
        ["commitment_released"],
        ["commitment_adjusted"],
    ),
    (
        "setting_change",
        "setting",
        "ck_setting_change_setting",
        [],
        ["budget_tolerance", "change_days"],
    ),
)
KINDS = (
    "extension",
    "top_up",
    "budget",
    "partner",
    "place",
    "signatory",
    "suspension",
    "termination",
)
STATES = (
    "requested",
    "sent_back",
    "recommended",
    "approved",
    "returned",
    "in_force",
    "lifted",
    "rejected",
    "withdrawn",
)
OPEN = (
    "state IN ('requested', 'sent_back', 'recommended', 'approved', 'returned')"
    " AND kind NOT IN ('suspension', 'termination')"
)
AMOUNT = "amount_minor > 0 OR amount_minor = 0 AND state IN ('agreed', 'closed')"
KEPT = """
CREATE FUNCTION grant_change_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.award_id, OLD.number, OLD.kind, OLD.by_grantee)
        IS DISTINCT FROM (NEW.award_id, NEW.number, NEW.kind, NEW.by_grantee) OR
        (OLD.state IN ('in_force', 'lifted', 'rejected', 'withdrawn') AND
        to_jsonb(OLD) - '{state,version}'::text[] <> to_jsonb(NEW) - '{state,version}'::text[]) THEN
        RAISE EXCEPTION 'a change of a grant that is decided is never changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
KEPT_TRIGGER = """
CREATE TRIGGER grant_change_kept BEFORE UPDATE OR DELETE ON grant_change
    FOR EACH ROW EXECUTE FUNCTION grant_change_kept()
"""


def upgrade() -> None:
    for table, column, name, gone, new in CHOICES:
        _choose(table, column, name, gone, new)
    op.add_column("award", sa.Column("suspended_on", sa.Date(), nullable=True))
    _check("award", "amount", AMOUNT)
    for column, kind, default in (
        ("change_days", sa.Integer(), "30"),
        ("budget_tolerance", sa.Numeric(5, 2), "10"),
    ):
        op.add_column("fund", sa.Column(column, kind, nullable=False, server_default=default))
        op.alter_column("fund", column, server_default=None)
    op.create_check_constraint(op.f("ck_fund_change_days"), "fund", "change_days BETWEEN 0 AND 365")
    op.create_check_constraint(
        op.f("ck_fund_budget_tolerance"), "fund", "budget_tolerance BETWEEN 0 AND 100"
    )
    _create_changes()
    op.execute(KEPT)
    op.execute(KEPT_TRIGGER)


def _create_changes() -> None:
    document = sa.ForeignKey("document.id")
    op.create_table(
        "grant_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("award_id", sa.BigInteger(), sa.ForeignKey("award.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("by_grantee", sa.Boolean(), nullable=False),
        sa.Column("by_notice", sa.Boolean(), nullable=False),
        sa.Column("asked", postgresql.JSONB(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amendment", sa.Integer(), nullable=True),
        sa.Column("returned_document_id", sa.BigInteger(), document, nullable=True),
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id"), nullable=True),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("award_id", "number"),
        sa.UniqueConstraint("award_id", "amendment"),
        sa.CheckConstraint("length(reason) > 0", name="reason"),
        sa.CheckConstraint(
            "state NOT IN ('in_force', 'lifted') OR in_force_at IS NOT NULL", name="in_force_when"
        ),
        sa.CheckConstraint(_is_one_of("kind", KINDS), name="changekind"),
        sa.CheckConstraint(_is_one_of("state", STATES), name="grantchangestate"),
    )
    op.create_index(
        "uq_grant_change_open",
        "grant_change",
        ["award_id"],
        unique=True,
        postgresql_where=sa.text(OPEN),
    )
    op.create_index("ix_grant_change_state", "grant_change", ["state", "award_id"])


def downgrade() -> None:
    op.drop_table("grant_change")
    op.execute("DROP FUNCTION grant_change_kept")
    op.drop_column("fund", "budget_tolerance")
    op.drop_column("fund", "change_days")
    _check("award", "amount", "amount_minor > 0")
    op.drop_column("award", "suspended_on")
    op.execute("ALTER TABLE setting_change DISABLE TRIGGER USER")
    op.execute("DELETE FROM setting_change WHERE setting IN ('budget_tolerance', 'change_days')")
    op.execute("ALTER TABLE setting_change ENABLE TRIGGER USER")
    for table, column, name, gone, new in CHOICES:
        _choose(table, column, name, new, gone)


def _check(table: str, name: str, rule: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)


def _is_one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _choose(table: str, column: str, name: str, gone: list[str], new: list[str]) -> None:
    definition = op.get_bind().scalar(
        sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
        {"name": name},
    )
    kept = [value for value in re.findall(r"'(\w+)'", definition) if value not in gone]
    op.drop_constraint(op.f(name), table, type_="check")
    op.create_check_constraint(
        op.f(name), table, f"{column} IN ({', '.join(repr(v) for v in [*kept, *new])})"
    )
