"""The trail becomes a chain: a hash for each row over the row and the hash before it."""

import hashlib
import json
from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = "0018_trail_chain"
down_revision = "0017_senders"

COLUMNS = "id, at, person_id, actor, subject, subject_id, action, source, target, reason, facts"


def upgrade() -> None:
    op.create_table(
        "trail_link",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("row_id", sa.BigInteger, sa.ForeignKey("trail.id"), nullable=False, unique=True),
        sa.Column("previous", sa.CHAR(64), nullable=False),
        sa.Column("hash", sa.CHAR(64), nullable=False),
    )
    op.execute(
        "CREATE TRIGGER trail_link_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_link "
        "FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )
    op.create_table(
        "trail_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.CHAR(64), nullable=False),
        sa.CheckConstraint("id = 1", name="single"),
    )
    position, last = _chained()
    op.execute(
        sa.text("INSERT INTO trail_head VALUES (1, :position, :hash)").bindparams(
            position=position, hash=last
        )
    )


def _chained() -> tuple[int, str]:
    """Chain what is in the trail already, in the order in which it was written."""
    connection, position, last = op.get_bind(), 0, "0" * 64
    rows = connection.execute(sa.text(f"SELECT {COLUMNS} FROM trail ORDER BY id")).mappings().all()
    for row in rows:
        at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
        told = {**row, "at": at, "previous": last}
        whole = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        position, previous = position + 1, last
        last = hashlib.sha256(whole.encode()).hexdigest()
        connection.execute(
            sa.text("INSERT INTO trail_link VALUES (:position, :row, :previous, :hash)"),
            {"position": position, "row": row["id"], "previous": previous, "hash": last},
        )
    return position, last


def downgrade() -> None:
    op.drop_table("trail_head")
    op.drop_table("trail_link")
