"""What donors bind, send and are told: the share that may be earmarked, notes verbales, months."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0183_donors_money"
down_revision = "0182_francs"
phase = "expand"

SETTINGS = (
    *("operating_reserve", "support_cost", "doubtful_not_due", "doubtful_first_year"),
    *("doubtful_second_year", "doubtful_third_year", "doubtful_later", "budget_tolerance"),
    *("audit_from", "gift_limit", "change_days", "time_zone", "languages", "approvals"),
)
ADDED = ("earmark_limit", "outside_email")


def upgrade() -> None:
    _add_to_fund("earmark_limit", sa.Numeric(5, 2), "100", "BETWEEN 0 AND 100")
    _add_to_fund("thanks_months", sa.Integer(), "6", "BETWEEN 1 AND 60")
    op.add_column("pledge", sa.Column("note_document_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_pledge_note_document_id_document"),
        *("pledge", "document", ["note_document_id"], ["id"]),
    )
    for name in ("before", "after"):
        op.alter_column("setting_change", name, type_=sa.String(254))
    _allow_settings(*SETTINGS, *ADDED)


def downgrade() -> None:
    op.execute("ALTER TABLE setting_change DISABLE TRIGGER USER")
    op.execute("DELETE FROM setting_change WHERE setting IN ('earmark_limit', 'outside_email')")
    op.execute("ALTER TABLE setting_change ENABLE TRIGGER USER")
    _allow_settings(*SETTINGS)
    for name in ("before", "after"):
        op.alter_column("setting_change", name, type_=sa.String(40))
    op.drop_column("pledge", "note_document_id")
    for name in ("thanks_months", "earmark_limit"):
        op.drop_column("fund", name)


def _add_to_fund(name: str, kind: sa.types.TypeEngine[Any], default: str, bounds: str) -> None:
    op.add_column("fund", sa.Column(name, kind, nullable=False, server_default=default))
    op.create_check_constraint(name, "fund", f"{name} {bounds}")


def _allow_settings(*settings: str) -> None:
    listed = ", ".join(f"'{setting}'" for setting in settings)
    op.drop_constraint("setting", "setting_change", type_="check")
    op.create_check_constraint("setting", "setting_change", f"setting IN ({listed})")
