"""Gifts of private persons that are paid at once, and money that is kept apart for them."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0159_express_gifts"
down_revision = "0158_people_of_donors"

SETTINGS = "ck_setting_change_setting"


def upgrade() -> None:
    op.add_column(
        "fund",
        sa.Column("gift_limit_minor", sa.BigInteger(), nullable=False, server_default="500000"),
    )
    op.alter_column("fund", "gift_limit_minor", server_default=None)
    op.create_check_constraint(op.f("ck_fund_gift_limit"), "fund", "gift_limit_minor >= 0")
    _choose([*_settings(), "gift_limit"])
    op.add_column(
        "pledge", sa.Column("express", sa.Boolean(), nullable=False, server_default="false")
    )
    op.alter_column("pledge", "express", server_default=None)
    op.create_check_constraint(
        op.f("ck_pledge_express_gift"), "pledge", "NOT express OR earmarking = 'unearmarked'"
    )
    op.add_column("deposit", sa.Column("kept_for_id", sa.BigInteger(), sa.ForeignKey("pledge.id")))
    op.create_check_constraint(
        op.f("ck_deposit_kept_apart_until_allocated"),
        "deposit",
        "kept_for_id IS NULL OR (pledge_id IS NULL) = (allocated_on IS NULL)",
    )
    op.create_index(
        "ix_deposit_kept_for",
        "deposit",
        ["kept_for_id"],
        postgresql_where=sa.text("kept_for_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_column("deposit", "kept_for_id")
    op.drop_column("pledge", "express")
    op.drop_column("fund", "gift_limit_minor")
    op.execute("ALTER TABLE setting_change DISABLE TRIGGER USER")
    op.execute("DELETE FROM setting_change WHERE setting = 'gift_limit'")
    op.execute("ALTER TABLE setting_change ENABLE TRIGGER USER")
    _choose([setting for setting in _settings() if setting != "gift_limit"])


def _settings() -> list[str]:
    definition = op.get_bind().scalar(
        sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
        {"name": SETTINGS},
    )
    return re.findall(r"'(\w+)'", definition)


def _choose(settings: list[str]) -> None:
    op.drop_constraint(op.f(SETTINGS), "setting_change", type_="check")
    listed = ", ".join(f"'{setting}'" for setting in settings)
    op.create_check_constraint(op.f(SETTINGS), "setting_change", f"setting IN ({listed})")
