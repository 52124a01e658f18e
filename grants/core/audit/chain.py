"""The chain of the trail: each row is bound to all before it by SHA-256, so tampering is seen.

As a transaction commits, its trail rows are read back, put at the end of the chain and hashed under
one lock, which is held for the last two statements before the commit. A row that is changed,
deleted, put in between or written past the application no longer fits; a person who rebuilds the
whole chain is found out by the signed heads outside the database (grants/platform/trail).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, select, text
from sqlalchemy.orm import Session, SessionTransaction

from grants.core.audit import binding
from grants.core.audit.models import TrailHead, TrailRow
from grants.core.audit.touched import Numbers, some_at_a_time
from grants.core.kernel.db import KNOWN, hold
from grants.core.kernel.language import gettext as _

START = "0" * 64
"""What the first row has as its previous hash."""
COLUMNS = tuple(column.name for column in TrailRow.__table__.columns)


@dataclass(frozen=True, slots=True)
class Head:
    """How many rows the chain has, and the hash of the last."""

    rows: int
    hash: str


def canonical(row: Mapping[str, Any], previous: str) -> str:
    """The text that is hashed: every column and the previous hash as JSON, keys sorted, no spaces,
    times in UTC with microseconds.
    """
    at: datetime = row["at"]
    facts = {**row, "previous": previous}
    facts["at"] = at.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hashed(row: Mapping[str, Any], previous: str) -> str:
    """SHA-256 of a row's canonical text, in hex."""
    return hashlib.sha256(canonical(row, previous).encode()).hexdigest()


def note(session: Session, rows: Iterable[TrailRow]) -> None:
    """Remember trail rows that were just written, to chain them as the transaction commits."""
    note_numbers(session, (row.id for row in rows))


def note_numbers(session: Session, ids: Iterable[int]) -> None:
    """The same for trail rows of which only the numbers are known."""
    noted: Numbers = session.info.setdefault(_NOTED, Numbers())
    for number in ids:
        noted.add(number)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    """Of a savepoint, nothing: what was written before it stays, and `append` passes over the
    rows that it took back.
    """
    if not ended.nested:
        session.info.pop(_NOTED, None)
        binding.forget(session)


@event.listens_for(Session, "before_commit")
def _seal(session: Session) -> None:
    """Put the rows of this transaction at the end of the chain."""
    if session.in_nested_transaction():
        return
    session.flush()
    note(session, binding.bind(session))
    for ids in some_at_a_time(session.info.pop(_NOTED, ()), _BATCH):
        append(session, ids)


def bind_what_is_there(session: Session) -> None:
    """Bind the records of before, and chain what says so: after a migration."""
    note(session, binding.bind_what_is_there(session))


_NOTED = "trail rows to chain"
_BATCH = 1000


def append(session: Session, ids: Sequence[int]) -> None:
    """Append rows that are in the trail already; ids that are not are passed over."""
    found = session.execute(_ROWS_AND_HEAD, {"ids": list(ids)}).all()
    if not found:
        return
    last = found[0]
    rows = [dict(zip(COLUMNS, each, strict=False)) for each in found]
    hashes = [last.head_hash]
    for row in rows:
        hashes.append(hashed(row, hashes[-1]))
    links = {
        "ids": [row["id"] for row in rows],
        "previous": hashes[:-1],
        "hashes": hashes[1:],
        "first": last.head_position,
        "last": last.head_position + len(rows),
        "head": hashes[-1],
    }
    session.execute(_LINKED, links)


_ROWS_AND_HEAD = text(
    f"SELECT {', '.join(f'trail.{name}' for name in COLUMNS)},"  # noqa: S608 - our own column names
    " head.position AS head_position, head.hash AS head_hash"
    " FROM (SELECT position, hash FROM trail_head WHERE id = 1 FOR UPDATE) AS head, trail"
    " WHERE trail.id = ANY(:ids) ORDER BY trail.id"
).execution_options(**KNOWN)
"""The rows, and the end of the chain under its lock."""
_LINKED = text(
    "WITH linked AS (INSERT INTO trail_link (position, row_id, previous, hash)"
    " SELECT :first + part.nth, part.id, part.previous, part.hash"
    " FROM unnest(CAST(:ids AS bigint[]), CAST(:previous AS text[]), CAST(:hashes AS text[]))"
    " WITH ORDINALITY AS part(id, previous, hash, nth))"
    " UPDATE trail_head SET position = :last, hash = :head WHERE id = 1"
).execution_options(**KNOWN)


def links(session: Session) -> Iterator[Mapping[str, Any]]:
    """Every row of the chain in its order: its columns, position, previous and hash."""
    hold(session)
    chosen = ", ".join(f"trail.{name}" for name in COLUMNS)
    query = text(
        f"SELECT {chosen}, link.position, link.row_id, link.previous, link.hash"  # noqa: S608 - our own column names
        " FROM trail_link AS link LEFT JOIN trail ON trail.id = link.row_id ORDER BY link.position"
    ).execution_options(yield_per=2000)
    return ({**row} for row in session.execute(query).mappings())


def head(session: Session) -> Head:
    """The end of the chain as the database keeps it."""
    kept = session.execute(select(TrailHead.position, TrailHead.hash)).one_or_none()
    return Head(*kept) if kept else Head(0, START)


def breaches(session: Session, anchors: Sequence[Head] = ()) -> Iterator[str]:
    """A sentence for each place where the trail does not fit its chain or an anchored head."""
    seen = {anchor.rows: anchor.hash for anchor in anchors}
    previous, position = START, 0
    for link in links(session):
        position += 1
        if link["position"] != position:
            yield _("Trail: row %(first)s of the chain is missing.", first=position)
            position = link["position"]
        yield from _link_breaches(link, previous)
        previous = link["hash"]
        if seen.pop(position, previous) != previous:
            yield _("Trail: row %(position)s differs from what was anchored.", position=position)
    if head(session) != Head(position, previous):
        yield _("Trail: the end of the chain is missing or was changed.")
    for rows in sorted(seen):
        if rows:
            yield _("Trail: %(rows)s rows were anchored, but the trail has fewer.", rows=rows)
    yield from _strangers(session)


def _link_breaches(link: Mapping[str, Any], previous: str) -> Iterator[str]:
    position = link["position"]
    if link["previous"] != previous:
        yield _("Trail: row %(position)s does not follow the row before it.", position=position)
    if link["id"] is None:
        yield _("Trail: row %(position)s was deleted.", position=position)
    elif hashed({name: link[name] for name in COLUMNS}, link["previous"]) != link["hash"]:
        yield _("Trail: row %(position)s was changed.", position=position)


def _strangers(session: Session) -> Iterator[str]:
    """Rows that were written past the application. What this transaction itself has written and
    not yet committed is none of them.
    """
    found = session.scalars(
        text(
            "SELECT trail.id FROM trail LEFT JOIN trail_link ON row_id = trail.id"
            " WHERE row_id IS NULL AND"
            " coalesce(pg_xact_status(trail.xmin::text::xid8), 'committed') <> 'in progress'"
            " ORDER BY trail.id"
        )
    )
    for number in found:
        yield _("Trail: the row with number %(number)s is not in the chain.", number=number)
