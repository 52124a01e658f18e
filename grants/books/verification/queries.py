"""Reading what the nights have found."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.verification.models import Verification
from grants.core.people.viewer import Viewer

NIGHTS = 60
"""How many the page shows."""


def newest(session: Session) -> Verification | None:
    return session.scalar(select(Verification).order_by(Verification.id.desc()).limit(1))


def recent(session: Session) -> Sequence[Verification]:
    """The newest first."""
    query = select(Verification).order_by(Verification.id.desc()).limit(NIGHTS)
    return session.scalars(query).all()


def breaches_found(session: Session, _viewer: Viewer) -> int:
    """How many breaches the last verification found."""
    last = newest(session)
    return len(last.breaches) if last else 0
