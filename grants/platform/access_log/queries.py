"""Which lines of the access log a person may see, and which a filter leaves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.platform.documents.models import Document, Opening


@dataclass(frozen=True, slots=True)
class Search:
    """What a filter asks for: a person's name or e-mail address, a part of a file's name or of its
    address, the first and the last day.
    """

    person: str = ""
    file: str = ""
    since: date | None = None
    until: date | None = None


def openings_for(viewer: Viewer, search: Search) -> Select[Opening]:
    """The openings of files of the funds whose log this person may see."""
    query = select(Opening).options(joinedload(Opening.person)).where(*_conditions_of(search))
    return query.where(in_funds_with(viewer, Permission.ACCESS_LOG_SEE, Opening.fund_id))


def openings_of(viewer: Viewer, document_id: int) -> Select[Opening]:
    """The openings of one uploaded file."""
    return openings_for(viewer, Search()).where(Opening.document_id == document_id)


def name_of_file(session: Session, viewer: Viewer, document_id: int) -> str:
    """The name of an uploaded file that was opened for a record of this person's funds; empty where
    it was not. Missing if there is no such file.
    """
    if session.get(Document, document_id) is None:
        raise Missing(_("File not found."))
    names = openings_of(viewer, document_id).order_by(Opening.id.desc()).limit(1)
    last = session.scalar(names)
    return last.name if last else ""


def _conditions_of(search: Search) -> Iterator[ColumnElement[bool]]:
    if text := search.person.strip():
        is_called = Person.name.icontains(text, autoescape=True) | (
            func.lower(Person.email) == text.lower()
        )
        yield Opening.person_id.in_(select(Person.id).where(is_called).limit(100))
    if text := search.file.strip():
        yield or_(
            Opening.name.icontains(text, autoescape=True),
            Opening.address.icontains(text, autoescape=True),
        )
    if search.since:
        yield Opening.opened_at >= _begin_of(search.since)
    if search.until:
        yield Opening.opened_at < _begin_of(search.until + timedelta(1))


def _begin_of(day: date) -> datetime:
    """The moment at which a day begins where this installation is."""
    return datetime.combine(day, time(), clock.zone())
