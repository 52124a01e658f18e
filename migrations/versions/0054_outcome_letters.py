"""What letters to applicants say in the fund's own words; who on the reserve list was offered money."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0054_outcome_letters"
down_revision = "0053_risk"


def _key(name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=nullable)


def upgrade() -> None:
    kind = sa.Enum(
        "regret", "reserve", name="letterkind", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        "outcome_letter",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _key("application_id", "application"),
        sa.Column("kind", kind, nullable=True),
        sa.Column("paragraph", sa.Text(), nullable=False),
        sa.Column("feedback", JSONB(), nullable=False),
        _key("written_by_id", "person", nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(sent_at IS NULL) = (kind IS NULL)", name="sent_as_a_kind"),
        sa.CheckConstraint(
            "sent_at IS NOT NULL OR written_by_id IS NOT NULL", name="draft_has_an_author"
        ),
        sa.Index("ix_outcome_letter_application", "application_id", "id"),
        sa.Index(
            "uq_outcome_letter_draft",
            "application_id",
            unique=True,
            postgresql_where=sa.text("sent_at IS NULL"),
        ),
    )
    op.create_table(
        "reserve_notice",
        sa.Column(
            "application_id", sa.BigInteger(), sa.ForeignKey("application.id"), primary_key=True
        ),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("reserve_notice")
    op.drop_table("outcome_letter")
