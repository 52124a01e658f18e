"""Reading what the nights have found."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from grants.books.verification.models import Verification

NIGHTS = 60
"""How many the page shows."""


def newest(session: Session) -> Verification | None:
    return session.scalar(select(Verification).order_by(Verification.id.desc()).limit(1))


def recent(session: Session) -> Sequence[Verification]:
    """The newest first."""
    query = select(Verification).order_by(Verification.id.desc()).limit(NIGHTS)
    return session.scalars(query).all()


def breaches_found() -> Select[int]:
    """How many breaches the last verification found."""
    last = select(func.jsonb_array_length(Verification.breaches)).order_by(Verification.id.desc())
    return select(func.coalesce(last.limit(1).scalar_subquery(), 0))
