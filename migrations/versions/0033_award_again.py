"""An application may be awarded again once its award was cancelled.

Applications whose award was cancelled before go back to the decision they waited for.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = "0033_award_again"
down_revision = "0032_losses"

DEAD = """application.state = 'approved' AND NOT EXISTS (
    SELECT FROM award WHERE award.application_id = application.id AND award.state <> 'cancelled')"""
TRAIL = """INSERT INTO trail
    (at, actor, subject, subject_id, action, source, target, reason, facts)
    SELECT now(), 'migration', 'application', id, 'cancel_award', 'approved', 'recommended',
    'Its award was cancelled before an application could be decided again.', '{}'
    FROM unnest(CAST(:ids AS bigint[])) AS id RETURNING id"""


def upgrade() -> None:
    op.drop_constraint("uq_award_application_id", "award", type_="unique")
    op.create_index(
        "uq_award_living",
        "award",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    _decide_again()


def _decide_again() -> None:
    """Each with its row in the trail, chained as any other."""
    bind = op.get_bind()
    found = bind.execute(
        sa.text(f"UPDATE application SET state = 'recommended' WHERE {DEAD} RETURNING id")
    )
    if not (ids := list(found.scalars())):
        return
    rows = bind.execute(sa.text(TRAIL), {"ids": ids}).scalars()
    chain(bind, list(rows))


def chain(bind: sa.Connection, ids: Sequence[int]) -> None:
    """Put rows of the trail at the end of its chain, as it was made at this revision."""
    head = "SELECT position, hash FROM trail_head WHERE id = 1 FOR UPDATE"
    position, last = bind.execute(sa.text(head)).one()
    every = sa.text("SELECT * FROM trail WHERE id = ANY(:ids) ORDER BY id")
    for row in bind.execute(every, {"ids": list(ids)}).mappings().all():
        at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
        facts = {**row, "at": at, "previous": last}
        text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        link = {"position": (position := position + 1), "id": row["id"], "previous": last}
        last = hashlib.sha256(text.encode()).hexdigest()
        bind.execute(
            sa.text(
                "INSERT INTO trail_link (position, row_id, previous, hash)"
                " VALUES (:position, :id, :previous, :hash)"
            ),
            link | {"hash": last},
        )
    bind.execute(
        sa.text("UPDATE trail_head SET position = :position, hash = :hash WHERE id = 1"),
        {"position": position, "hash": last},
    )


def downgrade() -> None:
    op.drop_index("uq_award_living", "award")
    op.execute(
        """UPDATE award SET application_id = NULL WHERE state = 'cancelled' AND EXISTS (
        SELECT FROM award other WHERE other.application_id = award.application_id
        AND other.id > award.id)"""
    )
    op.create_unique_constraint("uq_award_application_id", "award", ["application_id"])
