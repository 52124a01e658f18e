"""Approval of an award by several officers: as many as the fund asks for by its amount."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045_approvals"
down_revision = "0044_large_files"

BEFORE = (
    "operating_reserve",
    "support_cost",
    "doubtful_not_due",
    "doubtful_first_year",
    "doubtful_second_year",
    "doubtful_third_year",
    "doubtful_later",
    "time_zone",
    "languages",
)
BY_ONE = '[{"from_usd": "0.00", "approvers": 1}]'


def upgrade() -> None:
    op.add_column(
        "fund",
        sa.Column("approval_tiers", postgresql.JSONB(), nullable=False, server_default=BY_ONE),
    )
    op.alter_column("fund", "approval_tiers", server_default=None)
    _allow((*BEFORE, "approvals"))
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "award_approval",
        _key("application"),
        _key("person"),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("psc_percent", sa.Numeric(5, 2), nullable=False),
        sa.Column("recommended_at", moment, nullable=False),
        sa.Column("advised_at", moment, nullable=False),
        sa.Column("given_at", moment, nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint("starts_on < ends_on", name="period"),
    )


def _key(table: str) -> sa.Column[int]:
    return sa.Column(f"{table}_id", sa.BigInteger(), sa.ForeignKey(f"{table}.id"), primary_key=True)


def downgrade() -> None:
    op.drop_table("award_approval")
    op.execute("ALTER TABLE setting_change DISABLE TRIGGER USER")
    op.execute("DELETE FROM setting_change WHERE setting = 'approvals'")
    op.execute("ALTER TABLE setting_change ENABLE TRIGGER USER")
    _allow(BEFORE)
    op.drop_column("fund", "approval_tiers")


def _allow(settings: tuple[str, ...]) -> None:
    named = ", ".join(f"'{setting}'" for setting in settings)
    op.drop_constraint(op.f("ck_setting_change_setting"), "setting_change")
    op.create_check_constraint(
        op.f("ck_setting_change_setting"), "setting_change", f"setting IN ({named})"
    )
