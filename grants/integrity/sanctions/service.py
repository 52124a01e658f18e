"""A new list is taken, watched names are compared with it, and matches are decided."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.texts.tabular import Problem, UnreadableTable
from grants.integrity.sanctions.failures import lock_list, settle_failure
from grants.integrity.sanctions.matching import compare_later
from grants.integrity.sanctions.models import SanctionsEntry, SanctionsList
from grants.integrity.sanctions.queries import list_in_force
from grants.integrity.sanctions.reading import Listed, read_list


@dataclass(frozen=True, slots=True)
class ListUpdate:
    """The list now in force, and whether this file brought it."""

    list: SanctionsList
    new: bool


def take_list(session: Session, file_name: str, content: bytes, act: Act) -> ListUpdate:
    """The newest list comes into force; everyone watched is compared with it in the background.

    All of the file or nothing: UnreadableTable with each fault's line. The same list again changes
    nothing; one older than the list in force is refused. Who is no longer on it is marked as
    delisted, and stays.
    """
    if not act.actor.may(Permission.SANCTIONS_IMPORT):
        raise Forbidden(_("Your role does not allow this."))
    generated_at, listed = read_list(file_name, content)
    lock_list(session)
    update = _take_list(session, file_name, content, (generated_at, listed), act)
    settle_failure(session, act)
    return update


def _take_list(
    session: Session,
    file_name: str,
    content: bytes,
    read: tuple[datetime, Sequence[Listed]],
    act: Act,
) -> ListUpdate:
    (generated_at, listed), sha256 = read, hashlib.sha256(content).hexdigest()
    in_force = list_in_force(session)
    if in_force is not None and in_force.generated_at == generated_at:
        return _the_same(session, file_name, in_force, listed)
    if in_force is not None and in_force.generated_at > generated_at:
        raise _refusal_of_file(
            file_name,
            _(
                "%(day)s is older than the list in force, of %(held)s; expected a newer one",
                day=generated_at.date().isoformat(),
                held=in_force.generated_at.date().isoformat(),
            ),
        )
    new_list = _new_list(session, file_name, sha256, generated_at, act)
    _replace_entries(session, new_list, listed, act)
    record(
        session,
        new_list,
        "take",
        act,
        sha256=sha256,
        added=new_list.added,
        changed=new_list.changed,
        delisted=new_list.delisted,
    )
    compare_later(session)
    return ListUpdate(new_list, new=True)


def _the_same(
    session: Session, file_name: str, in_force: SanctionsList, listed: Sequence[Listed]
) -> ListUpdate:
    """The list in force, when it is imported again: nothing changes. DomainError if it is
    another list of the same moment.
    """
    fingerprints = {
        entry.data_id: entry.fingerprint
        for entry in session.scalars(
            select(SanctionsEntry).where(SanctionsEntry.delisted_at.is_(None))
        )
    }
    if fingerprints != {row.data_id: row.fingerprint for row in listed}:
        text = _(
            "a list of this date and time is in force with different content; expected "
            "the same content"
        )
        raise _refusal_of_file(file_name, text)
    return ListUpdate(in_force, new=False)


def _refusal_of_file(file_name: str, message: str) -> UnreadableTable:
    return UnreadableTable([Problem(file_name, 1, "dateGenerated", message)])


def _new_list(
    session: Session, file_name: str, sha256: str, generated_at: datetime, act: Act
) -> SanctionsList:
    new_list = SanctionsList(
        generated_at=generated_at,
        sha256=sha256,
        file_name=file_name[:200],
        taken_at=act.at,
        person_id=act.actor.person_id,
        actor=act.actor.name,
        standing=0,
        added=0,
        changed=0,
        delisted=0,
    )
    session.add(new_list)
    session.flush()
    return new_list


def _replace_entries(
    session: Session, new_list: SanctionsList, listed: Sequence[Listed], act: Act
) -> None:
    """Bring the entries to what the new list says, and count what is different."""
    entries = {entry.data_id: entry for entry in session.scalars(select(SanctionsEntry))}
    new_list.standing = len(listed)
    for row in listed:
        entry = entries.pop(row.data_id, None)
        if entry is None:
            session.add(_write_entry(SanctionsEntry(first_list_id=new_list.id), row, new_list))
            new_list.added += 1
        elif entry.fingerprint != row.fingerprint or entry.delisted_at is not None:
            _write_entry(entry, row, new_list)
            new_list.changed += 1
    new_list.delisted = _delist_entries(entries.values(), new_list, act)


def _write_entry(entry: SanctionsEntry, row: Listed, new_list: SanctionsList) -> SanctionsEntry:
    """The entry as in the list; one that was delisted is back."""
    for name in Listed.__slots__:
        setattr(entry, name, getattr(row, name))
    entry.fingerprint = row.fingerprint
    entry.changed_list_id = new_list.id
    entry.delisted_at = None
    return entry


def _delist_entries(entries: Iterable[SanctionsEntry], new_list: SanctionsList, act: Act) -> int:
    number = 0
    for entry in entries:
        if entry.delisted_at is None:
            entry.delisted_at = act.at
            entry.changed_list_id = new_list.id
            number += 1
    return number
