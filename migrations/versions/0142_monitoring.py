"""Visits, spot checks and audits of grants, assurance plans, and the rules that propose them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0142_monitoring"
down_revision = "0141_findings"

STATES = ("planned", "announced", "held", "reported", "closed", "cancelled")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key(name: str, table: str, *, primary: bool = False) -> sa.Column[int]:
    reference = sa.ForeignKey(f"{table}.id")
    return sa.Column(name, sa.BigInteger(), reference, nullable=False, primary_key=primary)


def upgrade() -> None:
    _create_activities()
    op.create_table(
        "monitoring_file",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _key("monitoring_id", "monitoring"),
        _key("document_id", "document"),
    )
    op.create_table(
        "monitoring_finding",
        _key("finding_id", "finding", primary=True),
        _key("monitoring_id", "monitoring"),
    )
    for table in ("monitoring_file", "monitoring_finding"):
        op.create_index(op.f(f"ix_{table}_monitoring_id"), table, ["monitoring_id"])
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
        )
    op.create_table(
        "assurance_rules",
        _key("fund_id", "fund", primary=True),
        sa.Column("visit_minor", sa.BigInteger(), nullable=False),
        sa.Column("spot_check_minor", sa.BigInteger(), nullable=False),
        sa.Column("audit_minor", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "visit_minor >= 0 AND spot_check_minor >= 0 AND audit_minor >= 0", name="amounts"
        ),
    )
    op.create_table(
        "assurance_plan",
        _key("award_id", "award", primary=True),
        sa.Column("kinds", postgresql.JSONB(), nullable=False),
        sa.Column("proposed", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )


def _create_activities() -> None:
    op.create_table(
        "monitoring",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("reference", sa.String(40), nullable=False, unique=True),
        _key("award_id", "award"),
        sa.Column("kind", _one_of("activitykind", "visit", "spot_check", "audit"), nullable=False),
        sa.Column("state", _one_of("activitystate", *STATES), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        _key("lead_id", "person"),
        sa.Column("others", sa.String(300), nullable=False),
        sa.Column("starts_on", sa.Date()),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("held_on", sa.Date()),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("recommendation", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(purpose) > 0", name="purpose"),
        sa.CheckConstraint("state <> 'announced' OR starts_on IS NOT NULL", name="announced_day"),
        sa.CheckConstraint(
            "state NOT IN ('held', 'reported', 'closed') OR held_on IS NOT NULL", name="held_day"
        ),
        sa.CheckConstraint(
            "state NOT IN ('reported', 'closed') OR length(report) > 0", name="reported_in_words"
        ),
        sa.Index("ix_monitoring_award", "award_id", "id"),
        sa.Index("ix_monitoring_state_due", "state", "due_on", "id"),
    )


def downgrade() -> None:
    for table in (
        "assurance_plan",
        "assurance_rules",
        "monitoring_finding",
        "monitoring_file",
        "monitoring",
    ):
        op.drop_table(table)
