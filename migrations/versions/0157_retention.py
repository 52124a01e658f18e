"""Periods of retention, legal holds, and purges of personal data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0157_retention"
down_revision = "0156_earmark_choices"

KINDS = ("sign_ins", "access_log", "mail", "former_contacts", "questions")
STATES = ("proposed", "confirmed", "done", "stopped")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _person(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey("person.id"), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "retention_rule",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("kind", _one_of("retentionclass", *KINDS), nullable=False, unique=True),
        sa.Column("years", sa.Integer(), nullable=False),
        _person("set_by_id"),
        _moment("set_at"),
        sa.CheckConstraint("years BETWEEN 1 AND 50", name="years"),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _person("person_id"),
        sa.Column("reason", sa.Text(), nullable=False),
        _person("placed_by_id"),
        _moment("placed_at"),
        _person("lifted_by_id", nullable=True),
        _moment("lifted_at", nullable=True),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted"),
        sa.Index(
            "uq_legal_hold_standing",
            "person_id",
            unique=True,
            postgresql_where=sa.text("lifted_at IS NULL"),
        ),
    )
    op.create_table(
        "purge",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("kind", _one_of("retentionclass", *KINDS), nullable=False),
        sa.Column("before_on", sa.Date(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("state", _one_of("purgestate", *STATES), nullable=False),
        _person("proposed_by_id"),
        _moment("proposed_at"),
        _person("confirmed_by_id", nullable=True),
        _moment("confirmed_at", nullable=True),
        sa.Column("purged", sa.Integer()),
        sa.Column("rows", JSONB(), nullable=False),
        _moment("done_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("confirmed_by_id <> proposed_by_id", name="another_person_confirms"),
        sa.CheckConstraint("state <> 'done' OR confirmed_by_id IS NOT NULL", name="confirmed"),
        sa.Index(
            "uq_purge_open",
            "kind",
            unique=True,
            postgresql_where=sa.text("state IN ('proposed', 'confirmed')"),
        ),
    )


def downgrade() -> None:
    for table in ("purge", "legal_hold", "retention_rule"):
        op.drop_table(table)
