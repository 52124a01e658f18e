"""Ordering a large file, and what the worker notes of it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.platform.large_files.models import LargeFile
from grants.platform.large_files.queries import order_for, waiting

MOST_WAITING = 5
"""Files that wait for one person at a time, or for the visitors from one network."""
MOST_OF_VISITORS = 20
"""Files that wait for all visitors together."""


def order(
    session: Session, address: str, language: str, act: Act, network: str | None = None
) -> LargeFile:
    """A person wants the file at an address, or a visitor from this network. One that is still to
    be made is not ordered twice.
    """
    earlier = order_for(session, act.actor, address, language)
    if earlier is not None and earlier.is_waiting:
        return earlier
    visitor = act.actor.person_id is None
    if waiting(session, act.actor, act.at, network if visitor else None) >= MOST_WAITING or (
        visitor and waiting(session, act.actor, act.at) >= MOST_OF_VISITORS
    ):
        raise DomainError(_("Other files are being prepared. Try again when they are ready."))
    ordered = LargeFile(
        person_id=act.actor.person_id,
        network=network if visitor else None,
        address=address,
        language=language,
        asked_at=act.at,
    )
    session.add(ordered)
    session.flush()
    return ordered


class NotWanted(DomainError):
    """The person who ordered the file has cancelled it."""

    def __init__(self) -> None:
        super().__init__(_("You cancelled the preparation of this file."))


def cancel(session: Session, address: str, language: str, act: Act) -> None:
    """A person does not want the file any more. One that is made already stays, and what a visitor
    has ordered: others may wait for it too.
    """
    ordered = order_for(session, act.actor, address, language)
    if ordered is not None and ordered.person_id is not None:
        note_failure(session, ordered, NotWanted().message)


def note_progress(session: Session, number: int, done: int, total: int) -> None:
    """How many rows are written, of how many. NotWanted if the order was cancelled."""
    noted: Any = update(LargeFile).where(LargeFile.id == number, LargeFile.ended_at.is_(None))
    noted = noted.values(done=done, total=max(done, total)).returning(LargeFile.id)
    if session.scalar(noted) is None:
        raise NotWanted


@dataclass(frozen=True, slots=True)
class ReadyFile:
    """A file that lies in its place: from what (SHA-256), its name, its kind and its bytes."""

    key: str
    name: str
    media_type: str
    size: int


def _still_waits(session: Session, ordered: LargeFile) -> bool:
    """The person may cancel it at the moment in which it is made: one of the two comes first."""
    session.refresh(ordered, with_for_update=True)
    return ordered.is_waiting


def note_made(session: Session, ordered: LargeFile, result: ReadyFile) -> bool:
    """Note that the file can be fetched; false if it was cancelled meanwhile."""
    if not _still_waits(session, ordered):
        return False
    ordered.ended_at = clock.now()
    ordered.key, ordered.name = result.key, result.name
    ordered.media_type, ordered.size = result.media_type, result.size
    session.flush()
    return True


def note_failure(session: Session, ordered: LargeFile, why: str) -> None:
    """Note why the file cannot be made, as the person is told. What has ended stays as it is."""
    if _still_waits(session, ordered):
        ordered.ended_at, ordered.why = clock.now(), why
        session.flush()
