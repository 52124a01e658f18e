"""Terms of earmarked pledges, and what grants take of their money."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0148_earmarks"
down_revision = "0147_explained_lines"

STAGES = ("reserved", "set_apart", "spent")


def upgrade() -> None:
    op.add_column(
        "pledge",
        sa.Column("earmarked_countries", postgresql.JSONB(), nullable=False, server_default="[]"),
    )
    op.alter_column("pledge", "earmarked_countries", server_default=None)
    op.add_column("pledge", sa.Column("earmarked_until", sa.Date()))
    for column, table in (("earmarked_call_id", "call"), ("earmarked_award_id", "award")):
        op.add_column("pledge", sa.Column(column, sa.BigInteger(), sa.ForeignKey(f"{table}.id")))
    op.create_check_constraint(
        op.f("ck_pledge_unearmarked_without_terms"),
        "pledge",
        "earmarking <> 'unearmarked' OR (earmarked_countries = '[]' AND earmarked_until IS NULL"
        " AND earmarked_call_id IS NULL AND earmarked_award_id IS NULL)",
    )
    op.create_index(
        "ix_pledge_earmarked",
        "pledge",
        ["fund_id", "id"],
        postgresql_where=sa.text("earmarking <> 'unearmarked'"),
    )
    _create_movements()


def _create_movements() -> None:
    stage = sa.Enum(
        *STAGES, name="earmark_stage", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        "earmark_movement",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("pledge_id", sa.BigInteger(), sa.ForeignKey("pledge.id"), nullable=False),
        sa.Column("award_id", sa.BigInteger(), sa.ForeignKey("award.id"), nullable=False),
        sa.Column("stage", stage, nullable=False),
        sa.Column("usd_minor", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), sa.ForeignKey("entry.id")),
        sa.CheckConstraint("usd_minor <> 0", name="amount"),
        sa.Index("ix_earmark_movement_pledge", "pledge_id", "booked_on"),
        sa.Index("ix_earmark_movement_award", "award_id", "id"),
        sa.Index(
            "ix_earmark_movement_entry_id",
            "entry_id",
            postgresql_where=sa.text("entry_id IS NOT NULL"),
        ),
    )
    op.execute(
        "CREATE TRIGGER earmark_movement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON earmark_movement FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def downgrade() -> None:
    op.drop_table("earmark_movement")
    op.drop_index("ix_pledge_earmarked", "pledge")
    op.drop_constraint(op.f("ck_pledge_unearmarked_without_terms"), "pledge")
    for column in (
        "earmarked_award_id",
        "earmarked_call_id",
        "earmarked_until",
        "earmarked_countries",
    ):
        op.drop_column("pledge", column)
