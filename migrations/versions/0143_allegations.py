"""Allegations, what was done about them, and who is named to read them."""

import sqlalchemy as sa
from alembic import op

revision = "0143_allegations"
down_revision = "0142_monitoring"

STATES = ("received", "examined", "substantiated", "not_substantiated", "closed")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key(name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "allegation",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("reference", sa.String(40), nullable=False, unique=True),
        _key("fund_id", "fund"),
        _key("organisation_id", "organisation"),
        sa.Column(
            "subject", _one_of("allegationsubject", "fraud", "abuse", "other"), nullable=False
        ),
        sa.Column("text", sa.Text(), nullable=False),
        _key("reporter_id", "person", nullable=True),
        sa.Column("state", _one_of("allegationstate", *STATES), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(text) > 0", name="text"),
        sa.Index("ix_allegation_fund", "fund_id", "id"),
        sa.Index("ix_allegation_organisation", "organisation_id", "state"),
    )
    op.create_table(
        "allegation_entry",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _key("allegation_id", "allegation"),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _key("person_id", "person", nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index(
        op.f("ix_allegation_entry_allegation_id"), "allegation_entry", ["allegation_id"]
    )
    op.execute(
        "CREATE TRIGGER allegation_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON allegation_entry FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )
    op.create_table(
        "allegation_reader",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _key("fund_id", "fund"),
        _key("person_id", "person"),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Index(
            "uq_allegation_reader_now",
            "fund_id",
            "person_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )


def downgrade() -> None:
    op.drop_table("allegation_reader")
    op.drop_table("allegation_entry")
    op.drop_table("allegation")
