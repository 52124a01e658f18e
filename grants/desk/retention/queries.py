"""What is due, what was purged, and who is on hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.viewer import Viewer
from grants.desk.retention.models import LegalHold, Purge, RetentionRule
from grants.desk.retention.models import RetentionClass as Kind
from grants.desk.retention.periods import PROPOSED, due_of
from grants.desk.retention.workflow import PurgeState


@dataclass(frozen=True, slots=True)
class Due:
    """What of one kind of data is due to go."""

    kind: Kind
    years: int
    proposed: int
    before: date
    count: int
    since: date | None
    """Day of the oldest."""


def years_of(session: Session, kind: Kind) -> int:
    """For how many years a kind of data is kept here."""
    years = session.scalar(select(RetentionRule.years).where(RetentionRule.kind == kind))
    return years or PROPOSED[kind]


def last_day_kept(session: Session, kind: Kind) -> date:
    """What is older than this day is due."""
    return _day_before(years_of(session, kind))


def _day_before(years: int) -> date:
    return clock.months_after(clock.today(), -12 * years)


def due(session: Session) -> list[Due]:
    """Each kind of data with what is due of it."""
    lines = []
    for kind in Kind:
        years = years_of(session, kind)
        before = _day_before(years)
        count, since = due_of(session, kind, before)
        lines.append(Due(kind, years, PROPOSED[kind], before, count, since))
    return lines


def kind_called(code: str) -> Kind:
    """The kind of data in an address, or Missing."""
    if code not in set(Kind):
        raise Missing(_("Page not found."))
    return Kind(code)


def purges() -> Select[Purge]:
    """Every purge."""
    return select(Purge).options(selectinload(Purge.proposed_by), selectinload(Purge.confirmed_by))


def purge_of(session: Session, number: int) -> Purge:
    """One purge, or Missing."""
    purge = session.scalar(purges().where(Purge.id == number))
    if purge is None:
        raise Missing(_("Purge not found."))
    return purge


def to_confirm_count(viewer: Viewer) -> Select[int]:
    """How many purges wait for a second person who is not the one who proposed them."""
    waits = Purge.state == PurgeState.PROPOSED, Purge.proposed_by_id != viewer.person_id
    return select(func.count(Purge.id)).where(*waits)


def confirmed_purges(session: Session) -> Sequence[int]:
    """The numbers of purges that the worker has still to carry out."""
    query = select(Purge.id).where(Purge.state == PurgeState.CONFIRMED).order_by(Purge.id)
    return session.scalars(query).all()


def holds(session: Session) -> Sequence[LegalHold]:
    """The legal holds that stand, the newest first."""
    query = select(LegalHold).where(LegalHold.lifted_at.is_(None))
    return session.scalars(
        query.options(joinedload(LegalHold.person)).order_by(LegalHold.id.desc())
    ).all()


def hold_of(session: Session, number: int) -> LegalHold:
    """One hold that stands, or Missing."""
    hold = session.get(LegalHold, number)
    if hold is None or hold.lifted_at:
        raise Missing(_("Legal hold not found."))
    return hold


def wait_for_holds(session: Session) -> None:
    """Let no hold be placed while something is purged or erased, nor the other way round."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("retention", 20))))


def is_on_hold(session: Session, person_id: int) -> bool:
    """Is nothing about this person to be purged or erased now?"""
    standing = LegalHold.person_id == person_id, LegalHold.lifted_at.is_(None)
    return session.scalar(select(LegalHold.id).where(*standing)) is not None
