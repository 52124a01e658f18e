"""Which rows of the trail a person may see, and which a filter leaves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from grants.core.audit import binding
from grants.core.audit.models import TrailLink, TrailRow
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.platform.trail.records import of_funds, records_called


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a filter asks for: a person's name or e-mail address, a record's reference or number,
    a kind of record, the first and the last day.
    """

    person: str = ""
    record: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    acts_only: bool = False
    """Without the hashes of records, which no person writes, unless they are the kind wanted."""


def rows_for(viewer: Viewer, filters: Criteria) -> Select[TrailRow]:
    """The acts on records of the funds whose trail this person may see."""
    query = select(TrailRow).where(*_filter_conditions(filters))
    funds = viewer.funds_with(Permission.TRAIL_SEE)
    return query if funds is None else query.where(of_funds(funds))


def row_for_viewer(session: Session, number: int, viewer: Viewer) -> TrailRow:
    """One act, or Missing."""
    row = session.scalar(rows_for(viewer, Criteria()).where(TrailRow.id == number))
    if row is None:
        raise Missing(_("Entry in the audit trail not found."))
    return row


def link_of(session: Session, row: TrailRow) -> TrailLink | None:
    """The place of an act in the chain."""
    return session.scalar(select(TrailLink).where(TrailLink.row_id == row.id))


def _filter_conditions(filters: Criteria) -> Iterator[ColumnElement[bool]]:
    if text := filters.person.strip():
        is_called = Person.name.icontains(text, autoescape=True) | (Person.email == text.lower())
        people = select(Person.id).where(is_called).limit(100)
        yield or_(
            TrailRow.person_id.in_(people),
            TrailRow.person_id.is_(None) & (TrailRow.mark == text),
        )
    if text := filters.record.strip():
        yield records_called(text)
    if filters.kind:
        yield TrailRow.subject == filters.kind
    elif filters.acts_only:
        yield TrailRow.subject != binding.SUBJECT
    if filters.since:
        yield TrailRow.at >= _begin_of(filters.since)
    if filters.until:
        yield TrailRow.at < _begin_of(filters.until + timedelta(1))


def _begin_of(day: date) -> datetime:
    """The moment at which a day begins where this installation is."""
    return datetime.combine(day, time(), clock.zone())
