"""Contributions by donor and year: what each donor's money was worth, tied to the fund's books."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    BigInteger,
    and_,
    any_,
    bindparam,
    case,
    cast,
    extract,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, load_only

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.models import Entry, Posting
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, total, usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.giving.pledges.models import Pledge
from grants.papers.typesetting.paper import Issuer, Paper, Span

MOST_YEARS = 8
"""Columns that a page still holds."""

_CONTRIBUTED = or_(
    and_(
        Entry.event == Event.DEPOSIT_RECEIVED,
        Posting.account.in_([Account.CASH, Account.BANK_CHARGES]),
    ),
    and_(Entry.event == Event.SUSPENSE_ALLOCATED, Posting.account == Account.SUSPENSE),
)
"""What the statement of source and use calls contributions received, with what was reversed."""


@dataclass(frozen=True, slots=True)
class DonorRow:
    """A donor by years, in USD; without a code, all who are not named to the public."""

    donor: str | None
    name: str
    country: str | None
    donors: int
    amounts: tuple[Money, ...]
    total: Money


@dataclass(frozen=True, slots=True)
class DonorGroup:
    """Donors of one kind; no kind: those who are not named."""

    kind: DonorKind | None
    donors: tuple[DonorRow, ...]
    amounts: tuple[Money, ...]
    total: Money


@dataclass(frozen=True, slots=True)
class ContributionsByDonor:
    """Everything that was received from donors in a period, both days included."""

    fund: str
    from_: date
    to: date
    currency: str
    years: tuple[int, ...]
    groups: tuple[DonorGroup, ...]
    donors: int
    amounts: tuple[Money, ...]
    total: Money


def contributions_by_donor(session: Session, code: str, span: Span) -> Paper:
    """Every donor by its name: for the fund's own people."""
    return _paper_of(session, "contributions", code, span, public=False)


def public_contributions(session: Session, code: str, span: Span) -> Paper:
    """The public matrix: donors that do not want to be named are summed in one line."""
    return _paper_of(session, "public-contributions", code, span, public=True)


def _paper_of(session: Session, document: str, code: str, span: Span, *, public: bool) -> Paper:
    fund = fund_by_code(session, code)
    if span.until.year - span.since.year >= MOST_YEARS:
        raise DomainError(_("A page can show up to %(count)s years.", count=MOST_YEARS))
    return Paper(
        document=document,
        title=_("Contributions by donor and year"),
        reference=f"{fund.code} {span.code}",
        on=span.until,
        issuer=Issuer.of(fund),
        facts=by_donor(session, fund, span, public=public),
    )


def by_donor(session: Session, fund: Fund, span: Span, *, public: bool) -> ContributionsByDonor:
    """The matrix of donors and years."""
    years = tuple(range(span.since.year, span.until.year + 1))
    received = _received_by_donor(session, fund, span)
    listed, anonymous = _split_by_name(session, received, public=public)
    groups = [_group_of(kind, rows, years) for kind, rows in _by_kind(listed)]
    if anonymous:
        groups.append(_anonymous_group(anonymous, years))
    return ContributionsByDonor(
        fund=fund.code,
        from_=span.since,
        to=span.until,
        currency=FUNCTIONAL_CURRENCY,
        years=years,
        groups=tuple(groups),
        donors=sum(row.donors for group in groups for row in group.donors),
        amounts=tuple(
            total(group.amounts[place] for group in groups) for place in _places_of(years)
        ),
        total=total(group.total for group in groups),
    )


Cents = Mapping[int, int]
"""Year → USD cents."""


@dataclass(frozen=True, slots=True)
class _Of:
    """What came on pledges of a donor that are named alike."""

    donor_id: int | None
    named: bool
    cents: Cents


def _received_by_donor(session: Session, fund: Fund, span: Span) -> list[_Of]:
    """From the books, so that all of it together is what source and use of funds says."""
    year = extract("year", Entry.booked_on)
    pledge_id = cast(func.substr(Entry.subject, len("pledge:") + 1), BigInteger)
    rows = session.execute(
        select(Pledge.donor_id, Pledge.public_name, year, func.sum(Posting.usd_minor))
        .select_from(Posting)
        .join(Entry)
        .join(
            Pledge,
            Pledge.id == case((Entry.subject.startswith("pledge:"), pledge_id)),
            isouter=True,
        )
        .where(
            Entry.fund_id == fund.id,
            Entry.booked_on.between(span.since, span.until),
            _CONTRIBUTED,
        )
        .group_by(Pledge.donor_id, Pledge.public_name, year)
    )
    received: dict[tuple[int | None, bool], dict[int, int]] = defaultdict(dict)
    for donor_id, is_named, of_year, cents in rows:
        received[donor_id, bool(is_named)][int(of_year)] = int(cents)
    return [_Of(donor_id, is_named, cents) for (donor_id, is_named), cents in received.items()]


def _split_by_name(
    session: Session, received: Sequence[_Of], *, public: bool
) -> tuple[dict[Organisation, list[Cents]], list[_Of]]:
    """The donors listed by name, and those summed in one line."""
    ids = {of.donor_id for of in received}
    table = Organisation
    donors = {
        donor.id: donor
        for donor in session.scalars(
            select(table)
            .where(table.id == any_(bindparam("ids", [*ids - {None}], ARRAY(BigInteger))))
            .options(
                load_only(table.code, table.name, table.kind, table.country, table.public_name)
            )
        )
    }
    listed: dict[Organisation, list[Cents]] = defaultdict(list)
    anonymous = []
    for of in received:
        donor = donors.get(of.donor_id or 0)
        if donor is None or (public and not (of.named and donor.public_name)):
            anonymous.append(of)
        else:
            listed[donor].append(of.cents)
    return listed, anonymous


def _by_kind(
    listed: Mapping[Organisation, list[Cents]],
) -> Iterable[tuple[DonorKind, list[tuple[Organisation, list[Cents]]]]]:
    for kind in DonorKind:
        of_kind = [(donor, cents) for donor, cents in listed.items() if donor.kind is kind]
        if of_kind:
            yield kind, sorted(of_kind, key=lambda pair: (pair[0].name.casefold(), pair[0].id))


def _group_of(
    kind: DonorKind, rows: Iterable[tuple[Organisation, list[Cents]]], years: Sequence[int]
) -> DonorGroup:
    donors = tuple(
        _row_of(donor.code, donor.name, donor.country, 1, cents, years) for donor, cents in rows
    )
    return _summed_group(kind, donors, years)


def _anonymous_group(anonymous: Sequence[_Of], years: Sequence[int]) -> DonorGroup:
    count = len({of.donor_id for of in anonymous})
    name = _("Anonymous donors (%(count)s)", count=count)
    cents = [of.cents for of in anonymous]
    return _summed_group(None, (_row_of(None, name, None, count, cents, years),), years)


def _row_of(
    code: str | None,
    name: str,
    country: str | None,
    count: int,
    cents: Sequence[Cents],
    years: Sequence[int],
) -> DonorRow:
    amounts = tuple(usd(sum(part.get(year, 0) for part in cents)) for year in years)
    return DonorRow(code, name, country, count, amounts, total(amounts))


def _summed_group(
    kind: DonorKind | None, donors: tuple[DonorRow, ...], years: Sequence[int]
) -> DonorGroup:
    amounts = tuple(total(row.amounts[place] for row in donors) for place in _places_of(years))
    return DonorGroup(kind, donors, amounts, total(amounts))


def _places_of(years: Sequence[int]) -> range:
    return range(len(years))
