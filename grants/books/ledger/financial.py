"""The statements of financial performance and of financial position, on an accrual basis, in USD.

They are sums over the chart of accounts by kind, so an account that is new has its line by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account, Kind
from grants.books.ledger.queries import account_sums
from grants.books.ledger.turnover import BEGINNING
from grants.core.audit.models import TrailRow
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total, usd

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Section:
    """The accounts of one part of a statement, by their codes, and their sum."""

    lines: Mapping[str, Money]
    total: Money


@dataclass(frozen=True, slots=True)
class Performance:
    """What the fund earned and what it spent over a period, whenever the money moved."""

    revenue: Section
    expense: Section
    surplus: Money
    """Revenue less expense; below zero it is a deficit."""


@dataclass(frozen=True, slots=True)
class Position:
    """What the fund owns and owes at the end of a day."""

    assets: Section
    liabilities: Section
    net_assets: Money
    operating_reserve: Money
    """The part of the net assets that is set aside."""
    accumulated_surplus: Money
    """The rest of the net assets."""
    commitments: Money
    """Memorandum: signed grant agreements not yet paid, with their support cost. No liability."""
    reserved: Money
    """Memorandum: awards approved and not signed."""


@dataclass(frozen=True, slots=True)
class FinancialYear:
    """Both statements of one period, and how the net assets came from its beginning to its end."""

    since: date
    until: date
    performance: Performance
    position: Position
    opening_net_assets: Money
    """At the end of the day before, with what was brought in as opening balance since."""


def financial_year(session: Session, fund: Fund, since: date, until: date) -> FinancialYear:
    """Both statements from `since` to `until`, both days included.

    DomainError if the period ends before it begins, or if revenue less expense is not the change
    of the net assets: statements that do not tie are not issued.
    """
    if until < since:
        raise DomainError(_("The period ends before it begins."))
    opening = account_sums(session, fund.id, BEGINNING, since - DAY)
    closing = account_sums(session, fund.id, BEGINNING, until)
    moved = account_sums(session, fund.id, since, until)
    year = FinancialYear(
        since,
        until,
        _performance_of(moved),
        _position_at(closing, operating_reserve_on(session, fund, until)),
        _net_assets(opening) + usd(-moved.get(Account.OPENING_BALANCE, 0)),
    )
    if year.opening_net_assets + year.performance.surplus != year.position.net_assets:
        raise DomainError(
            _(
                "The financial statements do not reconcile: the surplus is %(surplus)s USD, "
                "but net assets changed from %(opening)s USD to %(closing)s USD. They have not "
                "been issued.",
                surplus=year.performance.surplus,
                opening=year.opening_net_assets,
                closing=year.position.net_assets,
            )
        )
    return year


def year_before(day: date) -> date:
    """This day a year earlier; the end of February for the 29th."""
    return clock.months_after(day, -12)


def operating_reserve_on(session: Session, fund: Fund, day: date) -> Money:
    """The operating reserve that was set at the end of a day where the fund is."""
    after = datetime.combine(day + DAY, time(), fund.zone)
    rows = session.scalars(
        select(TrailRow)
        .where(
            TrailRow.subject == "fund",
            TrailRow.subject_id == fund.id,
            TrailRow.action == "set_operating_reserve",
            TrailRow.at >= after,
        )
        .order_by(TrailRow.id)
        .limit(1)
    )
    later = rows.first()
    minor = int(later.facts["before"]) if later else fund.operating_reserve_minor
    return usd(minor)


Sums = Mapping[Account, int]


def _section_of(sums: Sums, sign: int, *kinds: Kind) -> Section:
    """Every account of these kinds in the order of the chart; `sign` is 1 where a debit adds."""
    lines = {
        account.value: usd(sign * sums.get(account, 0))
        for account in sorted(Account, key=lambda item: item.number)
        if account.kind in kinds
    }
    return Section(lines, total(lines.values()))


def _performance_of(moved: Sums) -> Performance:
    revenue = _section_of(moved, -1, Kind.REVENUE)
    expense = _section_of(moved, 1, Kind.EXPENSE)
    return Performance(revenue, expense, revenue.total - expense.total)


def _sides_of(sums: Sums) -> Iterator[Section]:
    yield _section_of(sums, 1, Kind.ASSET, Kind.CONTRA_ASSET)
    yield _section_of(sums, -1, Kind.LIABILITY)


def _net_assets(sums: Sums) -> Money:
    assets, liabilities = _sides_of(sums)
    return assets.total - liabilities.total


def _position_at(closing: Sums, reserve: Money) -> Position:
    assets, liabilities = _sides_of(closing)
    net_assets = assets.total - liabilities.total
    reserved = min(reserve, max(net_assets, usd(0)))
    return Position(
        assets=assets,
        liabilities=liabilities,
        net_assets=net_assets,
        operating_reserve=reserved,
        accumulated_surplus=net_assets - reserved,
        commitments=usd(closing.get(Account.COMMITMENTS, 0)),
        reserved=usd(closing.get(Account.RESERVED, 0)),
    )
