"""The chain of the trail: each row is bound to all before it by SHA-256, so tampering is seen.

As a transaction commits, its trail rows, as the database holds them, are put at the end of the
chain and hashed under one lock, just before the COMMIT. A row that is changed, deleted, put in
between or written outside the application no longer fits; a person who rebuilds the whole chain is
found out by the signed heads outside the database (grants/platform/trail).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Table, event, insert, select, text
from sqlalchemy.orm import Session, SessionTransaction

from grants.core.audit import binding
from grants.core.audit.models import TrailHead, TrailRow
from grants.core.audit.placing import Order
from grants.core.database.db import hold
from grants.core.kernel.language import gettext as _

START = "0" * 64
"""What the first row has as its previous hash."""
_TRAIL = cast(Table, TrailRow.__table__)
COLUMNS = tuple(column.name for column in _TRAIL.columns)


@dataclass(frozen=True, slots=True)
class Head:
    """How many rows the chain has, and the hash of the last."""

    rows: int
    hash: str
    at: datetime | None = field(default=None, compare=False)
    """When it was signed, if it was."""


def canonical(row: Mapping[str, Any], previous: str, placed: str | None) -> str:
    """The text that is hashed: every column, the previous hash and the moment at which the row took
    its place, as JSON, keys sorted, no spaces, times in UTC with microseconds. Rows of before the
    database noted that moment have none.
    """
    facts = {**row, "at": _moment_text(row["at"]), "previous": previous}
    if placed is not None:
        facts["placed_at"] = placed
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical_link(link: Mapping[str, Any]) -> str:
    """The canonical text of a row of `links`."""
    placed = link["placed_at"]
    row = {name: link[name] for name in COLUMNS}
    return canonical(row, link["previous"], _moment_text(placed) if placed else None)


def _moment_text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def write(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write rows of the trail, to be chained as the transaction commits. Returns their numbers."""
    if not rows:
        return []
    numbers = list(session.connection().execute(_WRITTEN, rows).scalars())
    _note_numbers(session, numbers)
    return numbers


_WRITTEN = insert(_TRAIL).returning(_TRAIL.c.id, sort_by_parameter_order=True)


def note(session: Session, rows: Iterable[TrailRow]) -> None:
    """Remember trail rows that were just written, to chain them as the transaction commits."""
    _note_numbers(session, (row.id for row in rows))


def _note_numbers(session: Session, numbers: Iterable[int]) -> None:
    session.info.setdefault(_NOTED, []).extend(numbers)


@event.listens_for(Session, "after_soft_rollback")
def _forget_noted(session: Session, ended: SessionTransaction) -> None:
    """Of a savepoint, nothing: what was written before it stays, and `append` passes over the
    rows that it took back.
    """
    if not ended.nested:
        session.info.pop(_NOTED, None)
        binding.forget(session)


@event.listens_for(Session, "before_commit")
def _seal_rows(session: Session) -> None:
    """Put the rows of this transaction at the end of the chain."""
    if session.in_nested_transaction():
        return
    session.flush()
    _note_numbers(session, binding.bind(session))
    append(session, session.info.pop(_NOTED))


def bind_what_is_there(session: Session) -> None:
    """Bind the records of before, and chain what says so: after a migration."""
    note(session, binding.bind_what_is_there(session))


_NOTED = "trail rows to chain"
_BATCH = 100
"""Rows that are put at the end of the chain by one statement."""


def append(session: Session, numbers: Iterable[int]) -> None:
    """Append rows that are in the trail already; numbers that are not are passed over."""
    in_order = sorted(numbers)
    for start in range(0, len(in_order), _BATCH):
        some = in_order[start : start + _BATCH]
        query = select(*_TRAIL.columns).where(_TRAIL.c.id.in_(some)).order_by(_TRAIL.c.id)
        parts = [_parts_of({**row}) for row in session.execute(query).mappings()]
        if parts:
            session.execute(_APPENDED, {"parts": json.dumps(parts)})


_APPENDED = text("SELECT trail_place(CAST(:parts AS json))")
"""Locks the end of the chain, hashes each row with this moment and the hash before it, and links
them. Rows that a savepoint took back are not in the trail, and passed over; a row that tells of an
earlier day than may be is refused.
"""


def _parts_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is computed of a row before the lock is taken: its canonical text before and after what
    the database adds.
    """
    before, after = _around_place(row)
    return {"id": row["id"], "before": before, "after": after}


def _around_place(row: Mapping[str, Any]) -> tuple[str, str]:
    """A row's canonical text before the moment at which it takes its place and after the previous
    hash. The keys after them hold plain texts, in which JSON escapes a quotation mark: so the last
    place is the one.
    """
    before, _mark, after = canonical(row, "", "").rpartition('"placed_at":"","previous":""')
    return f'{before}"placed_at":"', f'"{after}'


def links(session: Session, first: int = 1) -> Iterator[Mapping[str, Any]]:
    """Every row of the chain, from this position on, in its order: its columns, position, previous
    and hash.
    """
    hold(session)
    chosen = ", ".join(f"trail.{name}" for name in COLUMNS)
    query = text(
        f"SELECT {chosen}, link.position, link.row_id, link.previous, link.hash, placed_at"  # noqa: S608 - our own column names
        " FROM trail_link AS link LEFT JOIN trail ON trail.id = link.row_id"
        " WHERE link.position >= :first ORDER BY link.position"
    ).execution_options(yield_per=2000)
    return ({**row} for row in session.execute(query, {"first": first}).mappings())


def head(session: Session) -> Head:
    """The end of the chain as the database keeps it."""
    row = session.execute(select(TrailHead.position, TrailHead.hash)).one_or_none()
    return Head(*row) if row else Head(0, START)


def breaches(session: Session, anchors: Sequence[Head] = ()) -> Iterator[str]:
    """A sentence for each place where the trail does not fit its chain or an anchored head."""
    anchored = {anchor.rows: anchor.hash for anchor in anchors}
    order = Order({anchor.rows: anchor.at for anchor in anchors if anchor.at})
    previous, position = START, 0
    for link in links(session):
        position += 1
        if link["position"] != position:
            yield _("Audit trail: row %(first)s of the chain is missing.", first=position)
            position = link["position"]
        yield from _link_breaches(link, previous)
        yield from order.breaches(link)
        previous = link["hash"]
        if anchored.pop(position, previous) != previous:
            yield _(
                "Audit trail: row %(position)s differs from what was anchored.", position=position
            )
    if head(session) != Head(position, previous):
        yield _("Audit trail: the end of the chain is missing or was changed.")
    for rows in sorted(anchored):
        if rows:
            yield _("Audit trail: %(rows)s rows were anchored, but the trail has fewer.", rows=rows)
    yield from _rows_outside(session)


def _link_breaches(link: Mapping[str, Any], previous: str) -> Iterator[str]:
    position = link["position"]
    if link["previous"] != previous:
        yield _(
            "Audit trail: row %(position)s does not follow the row before it.", position=position
        )
    if link["id"] is None:
        yield _("Audit trail: row %(position)s was deleted.", position=position)
    elif hashlib.sha256(canonical_link(link).encode()).hexdigest() != link["hash"]:
        yield _("Audit trail: row %(position)s was changed.", position=position)


def _rows_outside(session: Session) -> Iterator[str]:
    """Rows that were written outside the application. What this transaction itself has written and
    not yet committed is none of them.
    """
    hold(session)
    query = text(
        "SELECT trail.id FROM trail LEFT JOIN trail_link ON row_id = trail.id"
        " WHERE row_id IS NULL AND"
        " coalesce(pg_xact_status(trail.xmin::text::xid8), 'committed') <> 'in progress'"
        " ORDER BY trail.id"
    ).execution_options(yield_per=2000)
    for number in session.scalars(query):
        yield _("Audit trail: the row with number %(number)s is not in the chain.", number=number)
