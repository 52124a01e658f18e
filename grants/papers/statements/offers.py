"""Which statements over time a person is offered, and for which usual periods."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, cast, extract, func, select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, Viewer
from grants.giving.contributions.models import Deposit
from grants.giving.pledges.models import Pledge
from grants.papers.statements.builders.donors.donor_pledges import donor_and_funds
from grants.papers.statements.catalogue import CATALOGUE, About, Row
from grants.papers.typesetting.paper import Span

P = Permission


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind of statement of one fund or donor."""

    row: Row
    label: str
    reference: str
    """By which it is asked for: a fund, a donor, or a donor and the fund it gave to."""
    years: tuple[int, ...] = ()
    """Of a statement about calendar years: those with something to report."""
    since: date = date.min
    """Before this day there is nothing to state."""

    def covers(self, usual: "Usual") -> bool:
        """Is it offered for this period?"""
        if not self.row.calendar_year:
            return usual.span.until >= self.since
        return usual.is_calendar_year and usual.span.since.year in self.years


@dataclass(frozen=True, slots=True)
class Subject:
    """A fund or a donor, and the kinds of statement there are of it."""

    name: str
    offers: tuple[Offer, ...]
    donor: Organisation | None = None


def subjects(session: Session, who: Viewer, today: date) -> Iterator[Subject]:
    """The funds this person issues statements of, and the donors this person acts for."""
    for fund in all_funds(session):
        if who.may(P.STATEMENT_ISSUE, Scope(fund.id)):
            offers = (Offer(row, row.label, fund.code) for row in _rows_about(About.FUND))
            yield Subject(fund.title, tuple(offers))
    donor_ids = who.organisations_with(P.PLEDGE_READ)
    donors = select(Organisation).where(Organisation.id.in_(donor_ids)).order_by(Organisation.name)
    for donor in session.scalars(donors):
        yield Subject(donor.name, tuple(offers_of_donor(session, donor, today)), donor)


def offers_of_donor(session: Session, donor: Organisation, today: date) -> Iterator[Offer]:
    """A donor's own: its statement, and for each fund it gave to the reports of the years."""
    years = years_given(session, donor.code, today)
    first = session.scalar(select(func.min(Pledge.pledged_on)).where(Pledge.donor_id == donor.id))
    for row in _rows_about(About.DONOR):
        if not row.calendar_year:
            yield Offer(row, row.label, donor.code, since=first or today)
            continue
        for (code, title), over in years.items():
            label = f"{row.label} · {title}" if len(years) > 1 else row.label
            yield Offer(row, label, f"{donor.code}/{code}", over)


def years_given(
    session: Session, reference: str, today: date
) -> dict[tuple[str, str], tuple[int, ...]]:
    """The years that are over in which a donor's money came, the latest first, by the fund's code
    and title. "AUT/UNVTF" limits them to that fund.
    """
    donor, funds = donor_and_funds(session, reference)
    year = cast(extract("year", Deposit.value_on), Integer)
    query = (
        select(Fund, year)
        .join(Pledge, Pledge.fund_id == Fund.id)
        .join(Deposit, Deposit.pledge_id == Pledge.id)
        .where(Pledge.donor_id == donor.id, Deposit.reversed_on.is_(None), year < today.year)
        .distinct()
        .order_by(Fund.id, year.desc())
    )
    years: dict[tuple[str, str], tuple[int, ...]] = {}
    for fund, of in session.execute(query):
        if not funds or fund.code in funds:
            key = (fund.code, fund.title)
            years[key] = (*years.get(key, ()), int(of))
    return years


def _rows_about(what: About) -> tuple[Row, ...]:
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
