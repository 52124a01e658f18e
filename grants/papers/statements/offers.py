"""Which statements over time somebody is offered, and for which usual periods."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.queries import all_funds
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, Viewer
from grants.papers.statements.builders.whose import canonical
from grants.papers.statements.catalogue import CATALOGUE, About, Row
from grants.papers.statements.paper import Span

P = Permission


@dataclass(frozen=True, slots=True)
class Subject:
    """A fund or a donor, and the kinds of statement there are of it."""

    reference: str
    name: str
    rows: tuple[Row, ...]


def subjects(session: Session, who: Viewer) -> Iterator[Subject]:
    """The funds this person issues statements of, and the donors this person acts for."""
    for fund in all_funds(session):
        if who.may(P.STATEMENT_ISSUE, Scope(fund.id)):
            yield Subject(fund.code, fund.title, _about(About.FUND))
    own = who.organisations_with(P.PLEDGE_MAKE)
    donors = select(Organisation).where(Organisation.id.in_(own)).order_by(Organisation.name)
    for donor in session.scalars(donors):
        yield from _of_donor(session, donor)


def _of_donor(session: Session, donor: Organisation) -> Iterator[Subject]:
    """A donor's own: its statement, and where it gave to one fund the report of that fund too."""
    rows, one = _about(About.DONOR), canonical(session, donor.code, Span(date.min, date.max))
    if "/" not in one:
        rows = tuple(row for row in rows if not row.calendar_year)
    yield Subject(donor.code, donor.name, rows)


def _about(what: About) -> tuple[Row, ...]:
    return tuple(row for row in CATALOGUE.values() if row.about is what and row.periodic)


@dataclass(frozen=True, slots=True)
class Usual:
    """A period that people ask for."""

    name: str
    span: Span
    is_calendar_year: bool


def usual_periods(today: date) -> Sequence[Usual]:
    """This year so far, the two before it, and all four years."""
    year = today.year
    return [
        Usual(_("%(year)s so far", year=year), Span(date(year, 1, 1), today), False),
        *(Usual(str(y), Span(date(y, 1, 1), date(y, 12, 31)), True) for y in (year - 1, year - 2)),
        Usual(_("%(year)s to today", year=year - 3), Span(date(year - 3, 1, 1), today), False),
    ]
