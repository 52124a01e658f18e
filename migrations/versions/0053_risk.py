"""Risk ratings of organisations, and flags on their files."""

import sqlalchemy as sa
from alembic import op

revision = "0053_risk"
down_revision = "0052_fund_pictures"

LEVELS = ("low", "medium", "high")
SEVERITIES = ("observation", "yellow", "red")
CONCERNS = ("finance", "safeguarding", "governance", "delivery", "reputation", "other")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key(name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "risk_rating",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _key("organisation_id", "organisation"),
        _key("fund_id", "fund"),
        sa.Column("level", _one_of("risk", *LEVELS), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        _key("rated_by_id", "person", nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(reasons) > 0", name="reasons"),
        sa.Index("ix_risk_rating_newest", "organisation_id", "id"),
    )
    op.create_table(
        "flag",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _key("organisation_id", "organisation"),
        _key("fund_id", "fund"),
        sa.Column("state", _one_of("flagstate", "raised", "lifted"), nullable=False),
        sa.Column("severity", _one_of("severity", *SEVERITIES), nullable=False),
        sa.Column("concern", _one_of("concern", *CONCERNS), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(text) > 0", name="text"),
        sa.Index("ix_flag_organisation", "organisation_id", "id"),
    )


def downgrade() -> None:
    op.drop_table("flag")
    op.drop_table("risk_rating")
