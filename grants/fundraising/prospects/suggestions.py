"""Whom to ask next, and why: by what a donor gave before, when, and what its neighbours give.

Private persons are not among them: they are asked by campaigns, where they have consented.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import extract, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from grants.core.countries.countries import CODES, regional_group
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import DonorKind, RegionalGroup, Term
from grants.core.people.models import Organisation
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import STANDS
from grants.giving.donors.models import Donor
from grants.giving.donors.queries import NOT_MERGED
from grants.giving.outreach.models import Outcome, OutreachContact
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import STANDING
from grants.giving.totals.to_come import promises, receivables
from grants.integrity.diligence.queries import SHUT, clearances

QUIET = timedelta(days=30)
"""How long a donor is left in peace after a contact."""
AFTER_NO = timedelta(days=180)
"""The same after it said that it will not contribute this time."""
AHEAD = timedelta(days=75)
"""How long before the usual month of a donor one asks."""


class Reason(Term):
    """Why a donor is suggested."""

    LAST_YEAR = "last_year", _l("Gave last year, but not this year")
    USUAL_MONTH = "usual_month", _l("Gives every year at this time")
    LAPSED = "lapsed", _l("Gave before last year, and not since")
    REGION = "region", _l("A Member State that has never given, while others in its region do")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A donor to ask next."""

    donor: Organisation
    reason: Reason
    amount: Money | None = None
    """What it gave in the last year in which it gave, in USD."""
    last_year: int | None = None
    month: date | None = None
    """The first day of the month in which its answer may be expected: its usual one."""
    givers: int = 0
    """How many States of its regional group give."""
    contacted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Gifts:
    """What a donor gave, as year → USD cents, and in which months of how many years."""

    cents: Mapping[int, int]
    months: Mapping[int, int]

    @property
    def last(self) -> int:
        return max(self.cents)

    @property
    def usual_month(self) -> int:
        """The month in which it gave in most years; of several the later one."""
        return max(self.months, key=lambda month: (self.months[month], month))


def suggestions(session: Session, fund: Fund) -> list[Suggestion]:
    """Donors to ask next: those who gave most first, then States that never gave."""
    gifts = _gifts_of_donors(session, fund)
    debtors = _donors_with_open_pledges(session, fund)
    contacts = _last_contacts(session, fund)
    ids = _candidates(session) - debtors - _left_in_peace(contacts)
    barred = {key for key, state in clearances(session, ids).items() if state in SHUT}
    donors = session.scalars(select(Organisation).where(Organisation.id.in_(ids - barred))).all()
    givers = _giving_states(session, gifts)
    listed = [
        suggestion
        for donor in donors
        for suggestion in _reasons_for(donor, gifts.get(donor.id), givers, contacts)
    ]
    return sorted(listed, key=_rank_of)


def _rank_of(suggestion: Suggestion) -> tuple[int, int, str]:
    amount = suggestion.amount.minor if suggestion.amount else 0
    return (-amount, -suggestion.givers, suggestion.donor.name.casefold())


def _reasons_for(
    donor: Organisation,
    gifts: Gifts | None,
    givers: Mapping[RegionalGroup, int],
    contacts: Mapping[int, OutreachContact],
) -> Iterator[Suggestion]:
    """The one reason for asking this donor, if there is one."""
    contact = contacts.get(donor.id)
    contacted_on = contact.held_on if contact else None
    if gifts is None:
        group = regional_group(donor.country) if donor.country else None
        if donor.kind is DonorKind.MEMBER_STATE and group and givers.get(group):
            yield Suggestion(donor, Reason.REGION, givers=givers[group], contacted_on=contacted_on)
        return
    month = next_month(gifts.usual_month, clock.today())
    reason = _reason_by_gifts(gifts, month)
    if reason is not None:
        amount = usd(gifts.cents[gifts.last])
        yield Suggestion(donor, reason, amount, gifts.last, month, contacted_on=contacted_on)


def _reason_by_gifts(gifts: Gifts, month: date) -> Reason | None:
    today = clock.today()
    soon, regular = month - today <= AHEAD, gifts.months[gifts.usual_month] > 1
    if gifts.last >= month.year - 1 and soon and regular and gifts.last < month.year:
        return Reason.USUAL_MONTH
    if gifts.last == today.year - 1:
        return Reason.LAST_YEAR
    return Reason.LAPSED if gifts.last < today.year - 1 else None


def next_month(month: int, today: date) -> date:
    """The first day of this month, this year or next year."""
    return date(today.year if month >= today.month else today.year + 1, month, 1)


def _candidates(session: Session) -> set[int]:
    return set(
        session.scalars(
            select(Donor.organisation_id)
            .join(Organisation, Organisation.id == Donor.organisation_id)
            .where(Organisation.kind != DonorKind.INDIVIDUAL, NOT_MERGED)
        )
    )


def _gifts_of_donors(session: Session, fund: Fund) -> Mapping[int, Gifts]:
    year, month = extract("year", Deposit.value_on), extract("month", Deposit.value_on)
    rows = session.execute(
        select(Pledge.donor_id, year, month, func.sum(Deposit.usd_minor))
        .join(Deposit, Deposit.pledge_id == Pledge.id)
        .join(Organisation, Organisation.id == Pledge.donor_id)
        .where(Pledge.fund_id == fund.id, STANDS, Organisation.kind != DonorKind.INDIVIDUAL)
        .group_by(Pledge.donor_id, year, month)
    )
    cents: dict[int, Counter[int]] = defaultdict(Counter)
    months: dict[int, Counter[int]] = defaultdict(Counter)
    for donor_id, in_year, in_month, amount in rows:
        assert donor_id is not None  # joined to its organisation
        cents[donor_id][int(in_year)] += int(amount)
        months[donor_id][int(in_month)] += 1
    return {donor_id: Gifts(cents[donor_id], months[donor_id]) for donor_id in cents}


def _donors_with_open_pledges(session: Session, fund: Fund) -> set[int | None]:
    """Donors who still are to pay what they promised: they are reminded, not asked again."""
    ids = {line.pledge_id for line in (*receivables(session, fund), *promises(session, fund))}
    query = select(Pledge.donor_id).where(Pledge.id.in_(ids), Pledge.state.in_(STANDING))
    return set(session.scalars(query))


def _last_contacts(session: Session, fund: Fund) -> Mapping[int, OutreachContact]:
    kind = OutreachContact
    rows = session.scalars(
        select(kind)
        .where(kind.fund_id == fund.id)
        .ext(distinct_on(kind.donor_id))
        .order_by(kind.donor_id, kind.held_on.desc(), kind.id.desc())
    )
    return {contact.donor_id: contact for contact in rows}


def _left_in_peace(contacts: Mapping[int, OutreachContact]) -> set[int]:
    """Donors with whom the fund was in contact lately, or has a next step."""
    today = clock.today()
    return {
        donor_id
        for donor_id, contact in contacts.items()
        if contact.held_on > today - (AFTER_NO if _declined(contact) else QUIET)
        or (contact.next_step and contact.done_at is None)
    }


def _declined(contact: OutreachContact) -> bool:
    return contact.outcome is Outcome.DECLINED


def _giving_states(session: Session, gifts: Collection[int]) -> Mapping[RegionalGroup, int]:
    """How many Member States of each regional group have given."""
    countries = _countries_of_states(session, gifts)
    return Counter(group for code in countries if (group := regional_group(code)))


def _countries_of_states(session: Session, ids: Collection[int]) -> set[str]:
    return {
        code
        for code in session.scalars(
            select(Organisation.country).where(
                Organisation.id.in_(ids), Organisation.kind == DonorKind.MEMBER_STATE
            )
        )
        if code
    }


@dataclass(frozen=True, slots=True)
class Region:
    """How many Member States of a regional group have given to the fund, and which have not."""

    group: RegionalGroup
    givers: int
    others: Sequence[str]
    """ISO codes of the others, on record with the fund or not."""


def regions_of(session: Session, fund: Fund) -> list[Region]:
    """Each regional group, the one with most givers first."""
    countries = _countries_of_states(session, _gifts_of_donors(session, fund))
    members: dict[RegionalGroup, list[str]] = defaultdict(list)
    for code in CODES:
        if group := regional_group(code):
            members[group].append(code)
    regions = [
        Region(group, len(countries & {*codes}), sorted({*codes} - countries))
        for group, codes in members.items()
    ]
    return sorted(regions, key=lambda region: -region.givers)
