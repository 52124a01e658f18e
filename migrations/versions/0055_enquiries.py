"""References, site visits and other funders' grants; how many references a call asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0055_enquiries"
down_revision = "0054_outcome_letters"


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key(name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=nullable)


def upgrade() -> None:
    _enquiries()
    _other_grants()
    op.add_column(
        "call", sa.Column("references_needed", sa.Integer(), nullable=False, server_default="0")
    )
    op.alter_column("call", "references_needed", server_default=None)
    op.create_check_constraint("references_needed", "call", "references_needed BETWEEN 0 AND 9")


def _enquiries() -> None:
    op.create_table(
        "enquiry",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _key("organisation_id", "organisation"),
        sa.Column("kind", _one_of("enquirykind", "reference", "visit"), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("finding", _one_of("finding", "good", "mixed", "bad"), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        _key("document_id", "document", nullable=True),
        _key("recorded_by_id", "person", nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(who) > 0", name="who"),
        sa.CheckConstraint(
            "(answered_on IS NULL) = (finding IS NULL)"
            " AND (answered_on IS NULL OR length(text) > 0)",
            name="answered_in_words",
        ),
        sa.CheckConstraint("answered_on >= asked_on", name="answered_after_it_was_asked"),
        sa.CheckConstraint(
            "kind <> 'visit' OR answered_on IS NOT NULL", name="visit_with_its_report"
        ),
        sa.Index("ix_enquiry_organisation", "organisation_id", "id"),
    )


def _other_grants() -> None:
    op.create_table(
        "other_grant",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _key("organisation_id", "organisation"),
        sa.Column("identifier", sa.String(100), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("funder", sa.String(200), nullable=False),
        sa.Column("country", sa.String(2), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(3), nullable=True),
        _key("recorded_by_id", "person", nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(title) > 0 AND length(funder) > 0", name="named"),
        sa.CheckConstraint("starts_on <= ends_on", name="period"),
        sa.CheckConstraint(
            "(value_minor IS NULL) = (currency IS NULL) AND value_minor >= 0", name="value"
        ),
        sa.Index(
            "uq_other_grant_identifier",
            "organisation_id",
            "identifier",
            unique=True,
            postgresql_where=sa.text("identifier <> ''"),
        ),
        sa.Index("ix_other_grant_organisation", "organisation_id", "starts_on"),
    )


def downgrade() -> None:
    op.drop_column("call", "references_needed")
    op.drop_table("other_grant")
    op.drop_table("enquiry")
