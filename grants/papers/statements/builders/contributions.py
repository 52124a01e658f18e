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
    return _paper(session, "contributions", code, span, public=False)


def public_contributions(session: Session, code: str, span: Span) -> Paper:
    """The same for anybody: donors that do not want to be named are summed in one line."""
    return _paper(session, "public-contributions", code, span, public=True)


def _paper(session: Session, document: str, code: str, span: Span, *, public: bool) -> Paper:
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
    received = _received(session, fund, span)
    named, unnamed = _parted(session, received, public=public)
    groups = [_group(kind, rows, years) for kind, rows in _by_kind(named)]
    if unnamed:
        groups.append(_unnamed(unnamed, years))
    return ContributionsByDonor(
        fund=fund.code,
        from_=span.since,
        to=span.until,
        currency=FUNCTIONAL_CURRENCY,
        years=years,
        groups=tuple(groups),
        donors=sum(row.donors for group in groups for row in group.donors),
        amounts=tuple(total(group.amounts[place] for group in groups) for place in _places(years)),
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


def _received(session: Session, fund: Fund, span: Span) -> list[_Of]:
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
    found: dict[tuple[int | None, bool], dict[int, int]] = defaultdict(dict)
    for donor_id, named, of_year, cents in rows:
        found[donor_id, bool(named)][int(of_year)] = int(cents)
    return [_Of(donor_id, named, cents) for (donor_id, named), cents in found.items()]


def _parted(
    session: Session, received: Sequence[_Of], *, public: bool
) -> tuple[dict[Organisation, list[Cents]], list[_Of]]:
    """Those listed by name, and those summed in one line."""
    ids = {of.donor_id for of in received}
    one = Organisation
    known = {
        donor.id: donor
        for donor in session.scalars(
            select(one)
            .where(one.id == any_(bindparam("ids", [*ids - {None}], ARRAY(BigInteger))))
            .options(load_only(one.code, one.name, one.kind, one.country, one.public_name))
        )
    }
    named: dict[Organisation, list[Cents]] = defaultdict(list)
    unnamed = []
    for of in received:
        donor = known.get(of.donor_id or 0)
        if donor is None or (public and not (of.named and donor.public_name)):
            unnamed.append(of)
        else:
            named[donor].append(of.cents)
    return named, unnamed


def _by_kind(
    named: Mapping[Organisation, list[Cents]],
) -> Iterable[tuple[DonorKind, list[tuple[Organisation, list[Cents]]]]]:
    for kind in DonorKind:
        of_kind = [(donor, cents) for donor, cents in named.items() if donor.kind is kind]
        if of_kind:
            yield kind, sorted(of_kind, key=lambda pair: (pair[0].name.casefold(), pair[0].id))


def _group(
    kind: DonorKind, rows: Iterable[tuple[Organisation, list[Cents]]], years: Sequence[int]
) -> DonorGroup:
    donors = tuple(
        _row(donor.code, donor.name, donor.country, 1, cents, years) for donor, cents in rows
    )
    return _summed(kind, donors, years)


def _unnamed(unnamed: Sequence[_Of], years: Sequence[int]) -> DonorGroup:
    count = len({of.donor_id for of in unnamed})
    name = _("Anonymous donors (%(count)s)", count=count)
    cents = [of.cents for of in unnamed]
    return _summed(None, (_row(None, name, None, count, cents, years),), years)


def _row(
    code: str | None,
    name: str,
    country: str | None,
    count: int,
    cents: Sequence[Cents],
    years: Sequence[int],
) -> DonorRow:
    amounts = tuple(usd(sum(part.get(year, 0) for part in cents)) for year in years)
    return DonorRow(code, name, country, count, amounts, total(amounts))


def _summed(
    kind: DonorKind | None, donors: tuple[DonorRow, ...], years: Sequence[int]
) -> DonorGroup:
    amounts = tuple(total(row.amounts[place] for row in donors) for place in _places(years))
    return DonorGroup(kind, donors, amounts, total(amounts))


def _places(years: Sequence[int]) -> range:
    return range(len(years))
