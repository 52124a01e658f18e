"""Interviews and site visits of applicants, where their call asks for one."""

import sqlalchemy as sa
from alembic import op

revision = "0070_visits"
down_revision = "0069_section_comments"


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key(name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=nullable)


def upgrade() -> None:
    op.add_column(
        "call", sa.Column("visit", sa.String(20), nullable=False, server_default=sa.text("''"))
    )
    op.alter_column("call", "visit", server_default=None)
    op.create_check_constraint("visit", "call", "visit IN ('', 'interview', 'visit')")
    _enquiries("'reference', 'visit', 'interview'", "kind = 'reference'")
    op.create_table(
        "visit",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _key("application_id", "application"),
        _key("fund_id", "fund"),
        sa.Column("kind", _one_of("encounter", "interview", "visit"), nullable=False),
        sa.Column(
            "state", _one_of("visitstate", "planned", "reported", "cancelled"), nullable=False
        ),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        _key("enquiry_id", "enquiry", nullable=True),
        sa.Column("recommendation", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'reported' OR (enquiry_id IS NOT NULL AND length(recommendation) > 0)",
            name="reported_in_words",
        ),
        sa.Index(
            "uq_visit_planned",
            "application_id",
            unique=True,
            postgresql_where=sa.text("state = 'planned'"),
        ),
        sa.Index("ix_visit_application", "application_id", "id"),
    )
    op.create_table(
        "visit_person",
        sa.Column("visit_id", sa.BigInteger(), sa.ForeignKey("visit.id"), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("visit_person")
    op.drop_table("visit")
    op.execute("UPDATE enquiry SET kind = 'visit' WHERE kind = 'interview'")
    _enquiries("'reference', 'visit'", "kind <> 'visit'")
    op.drop_constraint("visit", "call", type_="check")
    op.drop_column("call", "visit")


def _enquiries(kinds: str, unanswered: str) -> None:
    for name, rule in (
        ("enquirykind", f"kind IN ({kinds})"),
        ("visit_with_its_report", f"{unanswered} OR answered_on IS NOT NULL"),
    ):
        op.drop_constraint(name, "enquiry", type_="check")
        op.create_check_constraint(name, "enquiry", rule)
