"""Donors who announced a contribution outside the fund: a kind of data with a period of its own."""

from alembic import op

revision = "0174_outside_retention"
down_revision = "0173_outside_contributions"
phase = "expand"

RETAINED = ("sign_ins", "access_log", "mail", "former_contacts", "questions", "remarks")


def upgrade() -> None:
    _allow_kinds(*RETAINED, "outside")


def downgrade() -> None:
    op.execute("DELETE FROM purge WHERE kind = 'outside'")
    op.execute("DELETE FROM retention_rule WHERE kind = 'outside'")
    _allow_kinds(*RETAINED)


def _allow_kinds(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    for table in ("purge", "retention_rule"):
        op.drop_constraint("retentionclass", table, type_="check")
        op.create_check_constraint("retentionclass", table, f"kind IN ({listed})")
