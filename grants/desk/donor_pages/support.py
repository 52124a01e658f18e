"""What a donor's money came to, for its start page: what it gave, and what the fund did with it."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, total, usd
from grants.giving.contributions.models import Receipt
from grants.giving.contributions.queries import YearOfGiving, given_by_year, newest_receipts
from grants.giving.totals.figures import received_in_all
from grants.granting.results.queries import Results, results_of, years_with_results

RECEIPTS, REPORTS = 3, 4
"""On the start page; the page of statements has all of them."""


@dataclass(frozen=True, slots=True)
class Yearly:
    """The annual report to a donor that may be downloaded."""

    donor: str
    fund: str
    year: int

    @property
    def reference(self) -> str:
        return f"{self.donor}/{self.fund}"


@dataclass(frozen=True, slots=True)
class Support:
    """What donors that one person acts for gave in all, USD. The money of a fund is pooled: beside
    it stands what the whole fund did, in the last year that has ended.
    """

    given: Money
    since: int
    share: Decimal
    """Of all that the funds it gave to have received, 0 to 1."""
    years: tuple[tuple[int, Money], ...]
    """From the first gift to this year, none left out."""
    fund: Fund
    """To which most was given."""
    results: Results | None
    earmarked: bool
    """Was any of it given for a purpose?"""
    reports: tuple[Yearly, ...]
    receipts: Sequence[Receipt]


@dataclass(frozen=True, slots=True)
class OfFunds:
    """What a donor's gifts are compared with: the same for every donor to these funds."""

    received: Money
    """By all of them, from every donor."""
    results: Results | None
    """Of the first, in the last year that has ended."""


Work = Callable[[], OfFunds]


def support_of(
    session: Session,
    donor_ids: Iterable[int],
    once: Callable[[Hashable, Work], OfFunds] = lambda _key, work: work(),
) -> Support | None:
    """What donors have given and what became of it; None before the first payment has come.
    `once` keeps what is worked out under a key, while it holds.
    """
    donors = list(donor_ids)
    gifts = given_by_year(session, donors)
    if not gifts:
        return None
    funds = _funds_of(gifts)
    given_in_all = total(gift.amount for gift in gifts)
    key = "support", *(fund.id for fund in funds)
    of_funds = once(key, lambda: _of_funds(session, funds))
    whole = of_funds.received
    return Support(
        given=given_in_all,
        since=gifts[0].year,
        share=Decimal(given_in_all.minor) / whole.minor if whole else Decimal(0),
        years=_by_year(gifts),
        fund=funds[0],
        results=_not_before(gifts[0].year, of_funds.results),
        earmarked=any(gift.earmarked for gift in gifts),
        reports=_yearly_reports(gifts),
        receipts=newest_receipts(session, donors, RECEIPTS),
    )


def _funds_of(gifts: Sequence[YearOfGiving]) -> list[Fund]:
    """The funds that were given to, the one that got most first."""
    to = Counter[Fund]()
    for gift in gifts:
        to[gift.fund] += gift.amount.minor
    return sorted(to, key=lambda fund: (-to[fund], fund.id))


def _of_funds(session: Session, funds: Sequence[Fund]) -> OfFunds:
    return OfFunds(received_in_all(session, funds), _last_year(session, funds[0]))


def _by_year(gifts: Sequence[YearOfGiving]) -> tuple[tuple[int, Money], ...]:
    came = Counter[int]()
    for gift in gifts:
        came[gift.year] += gift.amount.minor
    return tuple((year, usd(came[year])) for year in range(min(came), clock.today().year + 1))


def _last_year(session: Session, fund: Fund) -> Results | None:
    ended = (year for year in years_with_results(session, fund) if year < clock.today().year)
    year = next(ended, None)
    return results_of(session, fund, year) if year else None


def _not_before(first: int, results: Results | None) -> Results | None:
    """Results of a year before the first gift are not the donor's."""
    return results if results and results.year >= first else None


def _yearly_reports(gifts: Sequence[YearOfGiving]) -> tuple[Yearly, ...]:
    """The report of each year that has ended and in which something came, the newest first."""
    ended = [gift for gift in gifts if gift.year < clock.today().year and gift.amount]
    newest = sorted(ended, key=lambda gift: -gift.year)[:REPORTS]
    return tuple(Yearly(gift.donor, gift.fund.code, gift.year) for gift in newest)
