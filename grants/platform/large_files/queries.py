"""Finding files that were ordered, and those that are made."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from grants.core.people.viewer import Viewer
from grants.platform.documents.entries import KeptFile
from grants.platform.documents.store import store
from grants.platform.large_files.models import LargeFile

FOLDER = "large-files"
MOMENTS = timedelta(minutes=2)


def own(viewer: Viewer) -> ColumnElement[bool]:
    """The orders of this person; of a visitor those of all visitors, which hold what is public."""
    return LargeFile.person_id.is_not_distinct_from(viewer.person_id)


def orders_of(session: Session, viewer: Viewer) -> Sequence[LargeFile]:
    """What a person ordered within the last week, the newest first."""
    query = select(LargeFile).where(own(viewer)).order_by(LargeFile.id.desc()).limit(60)
    return session.scalars(query).all()


def order_for(session: Session, viewer: Viewer, address: str, language: str) -> LargeFile | None:
    """The newest order of this person for an address."""
    query = select(LargeFile).where(
        own(viewer), LargeFile.address == address, LargeFile.language == language
    )
    return session.scalars(query.order_by(LargeFile.id.desc()).limit(1)).first()


def waiting(session: Session, viewer: Viewer, at: datetime, network: str | None = None) -> int:
    """How many files of this person, or of the visitors from a network, are still to be made, or
    were asked for moments ago and could not be made or were cancelled: the worker has something to
    do with each.
    """
    unmade = LargeFile.key.is_(None) & (LargeFile.asked_at > at - MOMENTS)
    query = select(func.count()).where(own(viewer), LargeFile.ended_at.is_(None) | unmade)
    if network is not None:
        query = query.where(LargeFile.network == network)
    return session.scalar(query) or 0


def place_of(number: int) -> str:
    """Where in the store a large file lies: under the number of its order."""
    return f"{FOLDER}/{number}"


def kept_file(session: Session, key: str) -> KeptFile | None:
    """The file made from what has this digest, if it still lies there."""
    query = select(LargeFile).where(LargeFile.key == key).order_by(LargeFile.id.desc()).limit(2)
    for made in session.scalars(query):
        try:
            content = store().open(place_of(made.id))
        except FileNotFoundError:
            continue
        return KeptFile(str(made.name), str(made.media_type), made.size or 0, content)
    return None
