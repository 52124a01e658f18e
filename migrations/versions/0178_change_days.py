"""A change of a grant can be agreed now and be in force from a day to come."""

import sqlalchemy as sa
from alembic import op

revision = "0178_change_days"
down_revision = "0177_answer_translations"
phase = "expand"

STATES = (
    "requested",
    "sent_back",
    "recommended",
    "approved",
    "returned",
    "agreed",
    "in_force",
    "lifted",
    "rejected",
    "withdrawn",
)
PENDING = ("requested", "sent_back", "recommended", "approved", "returned")
UNSIGNED = "kind NOT IN ('suspension', 'termination', 'reduction')"


def upgrade() -> None:
    op.add_column("grant_change", sa.Column("effective_on", sa.Date(), nullable=True))
    _choose(STATES, (*PENDING, "agreed"))
    op.create_check_constraint(
        op.f("ck_grant_change_agreed_for"),
        "grant_change",
        "state != 'agreed' OR effective_on IS NOT NULL",
    )


def downgrade() -> None:
    if op.get_bind().scalar(sa.text("SELECT 1 FROM grant_change WHERE state = 'agreed' LIMIT 1")):
        raise RuntimeError("a change is agreed for a later day: the version before cannot read it")
    op.drop_constraint(op.f("ck_grant_change_agreed_for"), "grant_change")
    _choose([state for state in STATES if state != "agreed"], PENDING)
    op.drop_column("grant_change", "effective_on")


def _choose(states: list[str] | tuple[str, ...], pending: tuple[str, ...]) -> None:
    name = op.f("ck_grant_change_grantchangestate")
    op.drop_constraint(name, "grant_change")
    op.create_check_constraint(name, "grant_change", f"state IN ({_listed(states)})")
    op.drop_index("uq_grant_change_open", "grant_change")
    op.create_index(
        "uq_grant_change_open",
        "grant_change",
        ["award_id"],
        unique=True,
        postgresql_where=sa.text(f"state IN ({_listed(pending)}) AND {UNSIGNED}"),
    )


def _listed(codes: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"'{code}'" for code in codes)
