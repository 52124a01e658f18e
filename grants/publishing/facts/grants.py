"""Grants as the public reads of them: in all standing ones, without a name that is withheld."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.applying.calls.workflow import CallState
from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.models import Entry, Posting
from grants.core.countries.countries import countries_in, regional_group
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import RegionalGroup
from grants.core.people.models import Organisation
from grants.deciding.announcements.public_names import (
    SHOWS_COUNTRY,
    general_name,
    is_named,
    named,
    public_country,
    published,
)
from grants.deciding.announcements.public_references import public_reference, withheld_number
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.granting.summaries.measured import MeasuredResult
from grants.granting.summaries.queries import released_summaries, with_results
from grants.publishing.facts.grant_people import planned_people, reached_people

PAID = (Event.INSTALMENT_PAID, Event.INSTALMENT_RETURNED)
MOVED = (*PAID, Event.GRANTEE_REFUNDED)
"""What moves money between the fund and a grantee."""
RESULTS_OF_GRANT = 100
"""More than one grant has (`MOST_RESULTS` of its reports)."""
STATUS: Mapping[AwardState, str] = {
    AwardState.APPROVED: "approved",
    AwardState.AGREED: "active",
    AwardState.CLOSED: "closed",
}
"""How the public reads the state of a grant; a cancelled award is none."""


@dataclass(frozen=True, slots=True)
class PublishedGrant:
    """A grant in public. USD; paid less what banks sent back, returned by the organisation."""

    fund: str
    number: int
    reference: str
    organisation: str | None
    """None where the name is withheld."""
    grantee: str
    """Tells grants of one organisation; of one that is not named, the grant alone."""
    called: str
    """The organisation, or what it is in general ("An organisation in Kenya")."""
    title: str | None
    """What the grant is for; None where it could tell the name."""
    country: str | None
    region: RegionalGroup | None
    window: str | None
    call: str | None
    approved_on: date
    starts_on: date
    ends_on: date
    awarded: Money
    paid: Money
    returned: Money
    status: str
    planned: int | None = None
    """People that the project planned to reach; None where too few, or the name is withheld."""
    reached: int | None = None
    """People counted for it in published results, under the same rule."""
    summary: str | None = None
    """What the organisation says of the project, once the fund has released it."""
    results: tuple[MeasuredResult, ...] = ()
    """What its indicators were to reach and have reached, where the fund has released them."""


@dataclass(frozen=True, slots=True)
class GrantResult:
    """A published result, and the grant that it belongs to by its public reference."""

    fund: str
    reference: str
    number: int
    """In the order of all results of all grants."""
    result: MeasuredResult


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that went to the grantee, or came back (below zero), by the books. USD."""

    number: int
    """Of the entry in the books."""
    on: date
    event: Event
    amount: Money


@dataclass(frozen=True, slots=True)
class GrantPayment:
    """A movement, and the grant that it belongs to by its public reference."""

    fund: str
    reference: str
    movement: Movement


@dataclass(frozen=True, slots=True)
class GrantFilter:
    """Which grants are looked for; nothing set means all."""

    text: str = ""
    country: str = ""
    region: str = ""
    call: str = ""
    window: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class GrantTotals:
    """What grants add up to, in USD."""

    grants: int
    withheld: int
    """How many of them are not named."""
    awarded: Money
    paid: Money
    returned: Money


def public_awards(fund: Fund, filters: GrantFilter | None = None) -> Select[Award]:
    """The awards of a fund that the public reads of, with all that their facts need."""
    application = joinedload(Award.application)
    query = (
        select(Award)
        .join(Award.organisation)
        .join(Award.fund)
        .outerjoin(Application, Application.id == Award.application_id)
        .outerjoin(Call, Call.id == Application.call_id)
        .where(Award.fund_id == fund.id, published())
        .options(contains_eager(Award.organisation), contains_eager(Award.fund))
        .options(
            application.load_only(Application.call_id), application.joinedload(Application.call)
        )
    )
    return query.where(*_conditions_of(filters)) if filters else query


def _conditions_of(filters: GrantFilter) -> Iterable[ColumnElement[bool]]:
    if filters.text:
        found = [
            column.icontains(filters.text, autoescape=True)
            for column in (Organisation.name, Award.title, Award.reference)
        ]
        yield and_(named(), or_(*found))
    if filters.country:
        yield and_(Award.country == filters.country, SHOWS_COUNTRY)
    if filters.region:
        yield Award.country.in_(countries_in([RegionalGroup.of(filters.region)]))
    if filters.call:
        yield Call.reference == filters.call
    if filters.window:
        yield Call.window == filters.window
    if filters.status:
        yield Award.state.in_([state for state, code in STATUS.items() if code == filters.status])


def _moved_by_subject() -> Select[str, int, int]:
    """By the subject of a grant: cents paid, and cents that the grantee returned."""
    cents = func.coalesce(func.sum(Posting.usd_minor).filter(Entry.event.in_(PAID)), 0)
    back = func.coalesce(
        -func.sum(Posting.usd_minor).filter(Entry.event == Event.GRANTEE_REFUNDED), 0
    )
    return (
        select(Posting.subject, cents.label("paid"), back.label("back"))
        .join(Entry, Entry.id == Posting.entry_id)
        .where(Posting.account == Account.GRANT_EXPENSE, Entry.event.in_(MOVED))
        .group_by(Posting.subject)
    )


def grants_of(session: Session, awards: Sequence[Award]) -> list[PublishedGrant]:
    """Awards as the public reads of them, in their order; people and summaries are left out."""
    subjects = [award.account for award in awards]
    rows = session.execute(_moved_by_subject().where(Posting.subject.in_(subjects)))
    money = {subject: (usd(int(paid)), usd(int(back))) for subject, paid, back in rows}
    nothing = usd(0), usd(0)
    return [_published_grant(award, *money.get(award.account, nothing)) for award in awards]


def described_grants(session: Session, awards: Sequence[Award]) -> list[PublishedGrant]:
    """Awards with people planned and reached, and what the organisations say of them."""
    named_awards = [award for award in awards if is_named(award)]
    planned = planned_people(session, named_awards)
    reached = reached_people(session, named_awards)
    summaries = released_summaries(session, [award.id for award in named_awards])
    return [
        replace(
            grant,
            planned=planned.get(grant.number),
            reached=reached.get(grant.number),
            summary=summary.text if (summary := summaries.get(grant.number)) else None,
            results=summary.results if summary else (),
        )
        for grant in grants_of(session, awards)
    ]


def published_grants(
    session: Session, fund: Fund, filters: GrantFilter | None = None
) -> list[PublishedGrant]:
    """Every grant of a fund that the public reads of, the oldest first."""
    awards = session.scalars(public_awards(fund, filters).order_by(Award.id)).all()
    return described_grants(session, awards)


def grants_after(
    session: Session, fund: Fund | None, number: int = 0, most: int | None = None
) -> list[PublishedGrant]:
    """Grants in the order of their numbers; the next `most` after one."""
    assert fund is not None
    query = public_awards(fund).where(Award.id > number).order_by(Award.id).limit(most)
    return described_grants(session, session.scalars(query).all())


def results_after(
    session: Session, fund: Fund | None, number: int = 0, most: int | None = None
) -> list[GrantResult]:
    """Published results in the order of their grants; the next `most` after one."""
    assert fund is not None
    last_grant = number // RESULTS_OF_GRANT
    query = public_awards(fund).where(with_results(), Award.id >= last_grant).order_by(Award.id)
    rows = [
        GrantResult(
            grant.fund, grant.reference, grant.number * RESULTS_OF_GRANT + result.number, result
        )
        for grant in described_grants(session, session.scalars(query.limit(most)).all())
        for result in grant.results
    ]
    return [row for row in rows if row.number > number][:most]


def _published_grant(award: Award, paid: Money, returned: Money) -> PublishedGrant:
    is_open, call = is_named(award), award.application.call if award.application else None
    return PublishedGrant(
        fund=award.fund.code,
        number=award.id,
        reference=public_reference(award),
        organisation=award.organisation.name if is_open else None,
        grantee=str(award.organisation_id) if is_open else f"withheld-{award.id}",
        called=award.organisation.name if is_open else general_name(award),
        title=award.title if is_open else None,
        country=public_country(award),
        region=regional_group(award.country) if award.country else None,
        window=call.window if call else None,
        call=call.reference if call and call.state is not CallState.DRAFT else None,
        approved_on=award.approved_on,
        starts_on=award.starts_on,
        ends_on=award.ends_on,
        awarded=award.amount,
        paid=paid,
        returned=returned,
        status=STATUS[award.state],
    )


def public_award(session: Session, fund: Fund, reference: str) -> Award:
    """The grant that a public reference means; Missing for a reference that would tell a name."""
    number = withheld_number(reference)
    is_meant = Award.id == number if number else Award.reference == reference
    award = session.scalar(public_awards(fund).where(is_meant))
    if award is None or public_reference(award) != reference:
        raise Missing(_("Grant not found."))
    return award


def _movements(fund: Fund) -> Select[str, int, date, Event, int]:
    """Postings to grantees and back, by the subject of the grant."""
    return (
        select(Posting.subject, Entry.id, Entry.booked_on, Entry.event, Posting.usd_minor)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(
            Entry.fund_id == fund.id,
            Posting.account == Account.GRANT_EXPENSE,
            Entry.event.in_(MOVED),
        )
    )


def movements_of(
    session: Session, fund: Fund, award: Award | None = None
) -> dict[str, list[Movement]]:
    """What moved between the fund and its grantees, by the subject of the grant, the oldest first;
    of one grant or of all.
    """
    query = _movements(fund).order_by(Entry.booked_on, Entry.id)
    if award is not None:
        query = query.where(Posting.subject == award.account)
    moved: dict[str, list[Movement]] = {}
    for subject, number, on, event, cents in session.execute(query):
        moved.setdefault(subject, []).append(Movement(number, on, event, usd(int(cents))))
    return moved


def payments_after(
    session: Session, fund: Fund | None, number: int = 0, most: int | None = None
) -> list[GrantPayment]:
    """Payments and returns in the order of the books; the next `most` after an entry."""
    assert fund is not None
    query = _movements(fund).where(Entry.id > number).order_by(Entry.id).limit(most)
    rows = session.execute(query).all()
    numbers = {int(subject.removeprefix("award:")) for subject, *_rest in rows}
    awards = session.scalars(public_awards(fund).where(Award.id.in_(numbers)))
    called = {award.account: public_reference(award) for award in awards}
    return [
        GrantPayment(fund.code, called[subject], Movement(entry, on, event, usd(int(cents))))
        for subject, entry, on, event, cents in rows
    ]


@dataclass(frozen=True, slots=True)
class InCountry:
    """What grants in one country add up to; without a country: in several, or withheld."""

    country: str | None
    grants: int
    awarded: Money
    paid: Money
    returned: Money


def by_country(session: Session, fund: Fund, filters: GrantFilter | None = None) -> list[InCountry]:
    """The grants that fit by country, those that received most first; together they are all."""
    money = _moved_by_subject().subquery()
    country = case((SHOWS_COUNTRY, Award.country))
    sums = (func.sum(Award.amount_minor), func.sum(money.c.paid), func.sum(money.c.back))
    query = (
        public_awards(fund, filters)
        .outerjoin(money, money.c.subject == func.concat("award:", Award.id))
        .with_only_columns(country, func.count(), *(func.coalesce(item, 0) for item in sums))
        .group_by(country)
    )
    rows = [
        InCountry(code, count, *(usd(int(minor)) for minor in cents))
        for code, count, *cents in session.execute(query)
    ]
    return sorted(rows, key=lambda row: (row.country is None, -row.paid.minor, row.country or ""))


def totals_of(session: Session, fund: Fund, filters: GrantFilter | None = None) -> GrantTotals:
    """What the grants that fit add up to; those without a name are counted like the others."""
    money = _moved_by_subject().subquery()
    hidden = func.count().filter(~named())
    sums = (func.sum(Award.amount_minor), func.sum(money.c.paid), func.sum(money.c.back))
    query = (
        public_awards(fund, filters)
        .outerjoin(money, money.c.subject == func.concat("award:", Award.id))
        .with_only_columns(func.count(), hidden, *(func.coalesce(item, 0) for item in sums))
        .order_by(None)
    )
    count, withheld, *cents = session.execute(query).one()
    return GrantTotals(count, withheld, *(usd(int(minor)) for minor in cents))


def calls_of_grants(session: Session, fund: Fund) -> Sequence[str]:
    """The calls from which public grants of a fund came, the newest first."""
    query = public_awards(fund).with_only_columns(Call.reference, Call.id).order_by(None)
    calls = query.where(Call.id.is_not(None)).distinct().order_by(Call.id.desc())
    return [reference for reference, _number in session.execute(calls)]
