"""One register of findings on grants, with what was answered and the files that show it."""

import sqlalchemy as sa
from alembic import op

revision = "0141_findings"
down_revision = "0140_own_budget_lines"


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key(name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=nullable)


STATES = ("open", "answered", "sent_back", "to_recover", "closed", "withdrawn")


def upgrade() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("reference", sa.String(40), nullable=False, unique=True),
        _key("award_id", "award"),
        sa.Column(
            "source",
            _one_of("source", "report", "visit", "spot_check", "audit", "other"),
            nullable=False,
        ),
        _key("report_id", "report", nullable=True),
        sa.Column("observation", sa.Text(), nullable=False),
        sa.Column("severity", _one_of("severity", "low", "medium", "high"), nullable=False),
        sa.Column("ineligible_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", _one_of("findingstate", *STATES), nullable=False),
        _key("owner_id", "person"),
        sa.Column("by_grantee", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("claimed_minor", sa.BigInteger(), nullable=False),
        _key("refund_id", "grant_refund", nullable=True),
        sa.Column("escalated_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(source = 'report') = (report_id IS NOT NULL)", name="source_report"),
        sa.CheckConstraint("length(observation) > 0", name="observation"),
        sa.CheckConstraint("ineligible_minor >= 0 AND claimed_minor >= 0", name="amounts"),
        sa.CheckConstraint(
            "(state = 'to_recover' OR refund_id IS NOT NULL) <= (claimed_minor > 0)",
            name="claimed_amount",
        ),
        sa.CheckConstraint(
            "state <> 'closed' OR length(conclusion) > 0", name="closed_with_conclusion"
        ),
        sa.Index("ix_finding_award", "award_id", "id"),
        sa.Index("ix_finding_state_due", "state", "due_on", "id"),
        sa.Index("ix_finding_owner", "owner_id", "state"),
    )
    op.create_table(
        "finding_answer",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _key("finding_id", "finding"),
        sa.Column("text", sa.Text(), nullable=False),
        _key("person_id", "person", nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "finding_file",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _key("finding_id", "finding"),
        _key("document_id", "document"),
    )
    for table in ("finding_answer", "finding_file"):
        op.create_index(op.f(f"ix_{table}_finding_id"), table, ["finding_id"])
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
        )


def downgrade() -> None:
    op.drop_table("finding_file")
    op.drop_table("finding_answer")
    op.drop_table("finding")
