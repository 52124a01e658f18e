"""How long a fund does not pay to bank details that were changed, and how long a bank letter counts."""

import sqlalchemy as sa
from alembic import op

revision = "0205_waiting_for_accounts"
down_revision = "0204_replies_on_refunds"
phase = "expand"

SETTINGS = (
    *("operating_reserve", "support_cost", "doubtful_not_due", "doubtful_first_year"),
    *("doubtful_second_year", "doubtful_third_year", "doubtful_later", "budget_tolerance"),
    *("audit_from", "gift_limit", "change_days", "time_zone", "languages", "approvals"),
    *("earmark_limit", "outside_email"),
)
ADDED = {"account_wait_days": "BETWEEN 0 AND 60", "bank_letter_days": "BETWEEN 0 AND 3650"}


def upgrade() -> None:
    for name, bounds in ADDED.items():
        op.add_column("fund", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        op.create_check_constraint(name, "fund", f"{name} {bounds}")
    _allow_settings(*SETTINGS, *ADDED)


def downgrade() -> None:
    listed = ", ".join(f"'{name}'" for name in ADDED)
    op.execute("ALTER TABLE setting_change DISABLE TRIGGER USER")
    op.execute(f"DELETE FROM setting_change WHERE setting IN ({listed})")
    op.execute("ALTER TABLE setting_change ENABLE TRIGGER USER")
    _allow_settings(*SETTINGS)
    for name in ADDED:
        op.drop_column("fund", name)


def _allow_settings(*settings: str) -> None:
    listed = ", ".join(f"'{setting}'" for setting in settings)
    op.drop_constraint("setting", "setting_change", type_="check")
    op.create_check_constraint("setting", "setting_change", f"setting IN ({listed})")
