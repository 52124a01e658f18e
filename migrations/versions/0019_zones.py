"""A fund's time zone and languages, as settings that two people change."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019_zones"
down_revision = "0018_trail_chain"

BEFORE = (
    "operating_reserve",
    "support_cost",
    "doubtful_not_due",
    "doubtful_first_year",
    "doubtful_second_year",
    "doubtful_third_year",
    "doubtful_later",
)
NEW = ("time_zone", "languages")


def upgrade() -> None:
    # Until now every fund kept its days in Vienna and spoke what was installed.
    zone = sa.Column("time_zone", sa.String(40), nullable=False, server_default="Europe/Vienna")
    languages = sa.Column(
        "languages", postgresql.JSONB(), nullable=False, server_default='["en", "ar"]'
    )
    for column in (zone, languages):
        op.add_column("fund", column)
        op.alter_column("fund", column.name, server_default=None)
    _allow((*BEFORE, *NEW))


def downgrade() -> None:
    op.execute("ALTER TABLE setting_change DISABLE TRIGGER USER")
    op.execute("DELETE FROM setting_change WHERE setting IN ('time_zone', 'languages')")
    op.execute("ALTER TABLE setting_change ENABLE TRIGGER USER")
    _allow(BEFORE)
    op.drop_column("fund", "languages")
    op.drop_column("fund", "time_zone")


def _allow(settings: tuple[str, ...]) -> None:
    named = ", ".join(f"'{setting}'" for setting in settings)
    op.drop_constraint(op.f("ck_setting_change_setting"), "setting_change")
    op.create_check_constraint(
        op.f("ck_setting_change_setting"), "setting_change", f"setting IN ({named})"
    )
