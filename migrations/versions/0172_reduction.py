"""An award can be reduced: what a grant did not cost is not paid."""

import sqlalchemy as sa
from alembic import op

revision = "0172_reduction"
down_revision = "0171_casework"
phase = "expand"

OPEN = "state IN ('requested', 'sent_back', 'recommended', 'approved', 'returned')"
KINDS = (
    "extension",
    "top_up",
    "budget",
    "partner",
    "place",
    "signatory",
    "suspension",
    "termination",
)


def upgrade() -> None:
    _choose([*KINDS, "reduction"], ["suspension", "termination", "reduction"])


def downgrade() -> None:
    if op.get_bind().scalar(sa.text("SELECT 1 FROM grant_change WHERE kind = 'reduction' LIMIT 1")):
        raise RuntimeError("an award was reduced, which the version before this one cannot read")
    _choose(KINDS, ["suspension", "termination"])


def _choose(kinds: list[str] | tuple[str, ...], unsigned: list[str]) -> None:
    op.drop_constraint(op.f("ck_grant_change_changekind"), "grant_change")
    op.create_check_constraint(
        op.f("ck_grant_change_changekind"), "grant_change", f"kind IN ({_listed(kinds)})"
    )
    op.drop_index("uq_grant_change_open", "grant_change")
    op.create_index(
        "uq_grant_change_open",
        "grant_change",
        ["award_id"],
        unique=True,
        postgresql_where=sa.text(f"{OPEN} AND kind NOT IN ({_listed(unsigned)})"),
    )


def _listed(codes: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"'{code}'" for code in codes)
