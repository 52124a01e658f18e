"""Reading the trail."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import Session

from grants.core.audit.models import TrailHead, TrailRow
from grants.core.database.db import Base
from grants.core.people.viewer import Viewer


def trail_of(session: Session, subject: str, subject_id: int) -> Sequence[TrailRow]:
    """Everything that happened to a record, the oldest first."""
    return session.scalars(_ABOUT, {"subject": subject, "id": subject_id}).all()


def newest_of(session: Session, record: Base, action: str) -> TrailRow | None:
    """When this was done to a record last, by whom and why."""
    rows = select(TrailRow).where(
        TrailRow.subject == record.__tablename__,
        TrailRow.subject_id == record.id,  # type: ignore[attr-defined]
        TrailRow.action == action,
    )
    return session.scalars(rows.order_by(TrailRow.id.desc()).limit(1)).first()


_ABOUT = (
    select(TrailRow)
    .where(TrailRow.subject == bindparam("subject"), TrailRow.subject_id == bindparam("id"))
    .order_by(TrailRow.id)
)


def end_of_trail(session: Session) -> tuple[int, str]:
    """How many rows the chain has, and the hash of its last: another one after each act."""
    position, last = session.execute(_END).one_or_none() or (0, "")
    return position, last


def last_moment(session: Session) -> datetime | None:
    """When anything happened last; None before the first act."""
    return session.scalar(select(TrailRow.at).order_by(TrailRow.id.desc()).limit(1))


_END = select(TrailHead.position, TrailHead.hash)


def has_acted(
    session: Session,
    subject: str,
    subject_id: int,
    actions: Iterable[str],
    actor: Viewer,
) -> bool:
    """Did this person take one of these acts on the record?

    An act of the system never counts as the first of two persons.
    """
    if actor.person_id is None:
        return False
    return bool(
        session.scalar(
            select(
                exists().where(
                    TrailRow.subject == subject,
                    TrailRow.subject_id == subject_id,
                    TrailRow.person_id == actor.person_id,
                    TrailRow.action.in_(list(actions)),
                )
            )
        )
    )


def handled_by(viewer: Viewer, model: type[Base], *actions: str) -> Select[int]:
    """The ids of the records of which this person took one of these acts: what two people do does
    not wait for the person who did the first part.
    """
    return select(TrailRow.subject_id).where(
        TrailRow.subject == model.__tablename__,
        TrailRow.action.in_(actions),
        TrailRow.person_id == viewer.person_id,
    )
