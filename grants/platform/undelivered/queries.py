"""To which addresses nothing can be delivered."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from grants.core.database.moments import NOW
from grants.platform.undelivered.models import UndeliveredEmail

MOST = 200
LIMIT, WITHIN = 3, timedelta(days=30)
"""So many e-mails that came back for a passing reason, in so long, count as one that came back for
good.
"""


def is_undeliverable(email: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    """Do e-mails to the address of a query come back: one for good, or several for a while?"""
    address, row = func.lower(UndeliveredEmail.email), UndeliveredEmail
    passing = func.count().filter(~row.permanent, row.came_back_at > NOW - WITHIN)
    addresses = (
        select(address)
        .where(row.lifted_at.is_(None))
        .group_by(address)
        .having(or_(func.bool_or(row.permanent), passing >= LIMIT))
    )
    return func.lower(email).in_(addresses)


def undeliverable_addresses(session: Session, *emails: str) -> frozenset[str]:
    """The addresses among these to which e-mails come back, in small letters."""
    addresses = {email.strip().lower() for email in emails}
    rows = session.scalars(
        select(func.lower(UndeliveredEmail.email))
        .where(
            func.lower(UndeliveredEmail.email).in_(addresses),
            UndeliveredEmail.lifted_at.is_(None),
            is_undeliverable(UndeliveredEmail.email),
        )
        .distinct()
    )
    return frozenset(rows)


def undelivered_now(session: Session) -> Sequence[UndeliveredEmail]:
    """The newest e-mails that came back from addresses of which nobody has said that they work
    again.
    """
    query = select(UndeliveredEmail).where(UndeliveredEmail.lifted_at.is_(None))
    loaded = query.options(joinedload(UndeliveredEmail.message))
    return session.scalars(loaded.order_by(UndeliveredEmail.id.desc()).limit(MOST)).all()
