"""What an organisation states of its account is encrypted.

The contents of the rows change, so they are bound to the trail again: those that were as the trail
says. A row that was changed past the application stays a breach for `flask ledger verify`.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op

from grants.core.database.encryption import FORM, Unreadable, decrypted, encrypted
from grants.core.kernel.errors import DomainError

revision = "0063_bank_details_encrypted"
down_revision = "0062_bank_words"

LENGTHS = {
    "holder": 140,
    "number": 34,
    "bic": 11,
    "bank": 120,
    "bank_address": 300,
    "intermediary_bank": 300,
}
STATED = ", ".join(LENGTHS)
NEEDED = ("holder", "number", "bank")
RULE = " AND ".join(
    f"{name} ~ '{FORM}'" if name in NEEDED else f"({name} = '' OR {name} ~ '{FORM}')"
    for name in LENGTHS
)
BOUND = (
    "id, fund_id, organisation_id, state, holder, number, bic, bank, bank_address,"
    " intermediary_bank, evidence_id, timezone('UTC', requested_at), called_on, called_number,"
    " spoke_to"
)
HASHES = " UNION ALL ".join(
    f"SELECT id, '{number}:' || encode(sha256(convert_to(CAST("
    f"jsonb_build_array({columns}) AS varchar), 'UTF8')), 'hex') AS value FROM bank_details"
    for number, columns in ((15, BOUND), (16, f"{BOUND}, call_note"))
)
"""As they were bound at first, and as they are since November 2026 where this is taken back."""
LATEST = (
    "SELECT DISTINCT ON (part.key) CAST(part.key AS bigint) AS id, part.value"
    " FROM trail, jsonb_each_text(trail.facts -> 'bank_details') AS part"
    " WHERE subject = 'binding' AND action = 'bind' AND trail.facts ? 'bank_details'"
    " ORDER BY part.key, trail.id DESC"
)
TRAIL = "id, at, person_id, actor, subject, subject_id, action, source, target, reason, facts"


def upgrade() -> None:
    for name in LENGTHS:
        op.alter_column("bank_details", name, type_=sa.Text())
    _rewrite(encrypted)
    op.create_check_constraint(op.f("ck_bank_details_encrypted"), "bank_details", RULE)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_bank_details_encrypted"), "bank_details")
    _rewrite(_readable)
    for name, length in LENGTHS.items():
        op.alter_column("bank_details", name, type_=sa.String(length))


def _readable(kept: str) -> str:
    text = decrypted(kept)
    if isinstance(text, Unreadable):
        raise DomainError(
            "Bank details were encrypted with another SECRET_KEY: put it into FORMER_SECRET_KEYS."
        )
    return text


def _rewrite(form: Callable[[str], str]) -> None:
    """Every row in its other form, past the trigger that keeps what was stated."""
    connection = op.get_bind()
    rows = connection.execute(sa.text(f"SELECT id, {STATED} FROM bank_details")).mappings().all()
    if not rows:
        return
    as_bound = _as_bound(connection)
    changed = [{"id": row["id"], **{name: form(row[name]) for name in LENGTHS}} for row in rows]
    sets = ", ".join(f"{name} = :{name}" for name in LENGTHS)
    op.execute("ALTER TABLE bank_details DISABLE TRIGGER bank_details_kept")
    connection.execute(sa.text(f"UPDATE bank_details SET {sets} WHERE id = :id"), changed)
    op.execute("ALTER TABLE bank_details ENABLE TRIGGER bank_details_kept")
    values = connection.execute(sa.text(HASHES)).all()
    _bind(connection, {str(id_): value for id_, value in values if id_ in as_bound})


def _as_bound(connection: sa.Connection) -> set[int]:
    """The rows that are what the trail says of them."""
    query = f"SELECT id FROM ({HASHES}) AS there JOIN ({LATEST}) AS bound USING (id, value)"
    return set(connection.scalars(sa.text(query)))


def _bind(connection: sa.Connection, values: dict[str, str]) -> None:
    """One more row of the trail with the hashes, at the end of the chain."""
    if not values:
        return
    facts = json.dumps({"bank_details": values})
    row = connection.execute(
        sa.text(
            "INSERT INTO trail (at, actor, subject, subject_id, action, facts) VALUES"
            f" (now(), 'trail', 'binding', 0, 'bind', CAST(:facts AS jsonb)) RETURNING {TRAIL}"
        ),
        {"facts": facts},
    ).mappings()
    _chain(connection, dict(row.one()))


def _chain(connection: sa.Connection, row: dict[str, Any]) -> None:
    last = connection.execute(
        sa.text("SELECT position, hash FROM trail_head WHERE id = 1 FOR UPDATE")
    ).one()
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    told = {**row, "at": at, "previous": last.hash}
    whole = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    link = {
        "position": last.position + 1,
        "row": row["id"],
        "previous": last.hash,
        "hash": hashlib.sha256(whole.encode()).hexdigest(),
    }
    connection.execute(
        sa.text("INSERT INTO trail_link VALUES (:position, :row, :previous, :hash)"), link
    )
    connection.execute(
        sa.text("UPDATE trail_head SET position = :position, hash = :hash WHERE id = 1"), link
    )
