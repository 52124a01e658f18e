"""Who has pledged since a campaign began is left out of its letters."""

import sqlalchemy as sa
from alembic import op

revision = "0041_has_pledged"
down_revision = "0040_reviewers_from_abroad"

BEFORE = (
    "nobody",
    "not_cleared",
    "opted_out",
    "no_email",
    "wants_letters",
    "written_to",
    "never_gave",
)
AFTER = (*BEFORE[:-1], "has_pledged", BEFORE[-1])


def _allow(reasons: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_mailing_line_leftout"), "mailing_line", type_="check")
    op.create_check_constraint(
        "leftout", "mailing_line", sa.column("excluded", sa.String()).in_(reasons)
    )


def upgrade() -> None:
    _allow(AFTER)


def downgrade() -> None:
    op.execute("UPDATE mailing_line SET excluded = 'written_to' WHERE excluded = 'has_pledged'")
    _allow(BEFORE)
