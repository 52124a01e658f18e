"""What is needed: awards approved and not paid yet, and eligible demand without an award.

docs/decisions/outreach.md gives the definition, which every page and letter uses.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Numeric,
    Select,
    Subquery,
    bindparam,
    cast,
    extract,
    false,
    func,
    literal_column,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ASKED, NEED, ApplicationState
from grants.applying.calls.models import Call
from grants.books.ledger.models import RecordHeld
from grants.core.audit.models import TrailRow
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, usd
from grants.deciding.awards.models import Award
from grants.deciding.board.models import Recommendation
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import UNPAID

S = ApplicationState


@dataclass(frozen=True, slots=True)
class PlannedUses:
    """A need of a window in a year, in USD cents."""

    window: str
    year: int
    cents: int


@dataclass(frozen=True, slots=True)
class Planned:
    """What a fund plans to use, by window and year."""

    awards: Sequence[PlannedUses]
    """What the books hold reserved or committed for each grant, in the years of its instalments
    that are not paid; all of it this year where none is planned yet, or they are late.
    """
    requested: Sequence[PlannedUses]
    """What eligible applications without a decision, and those refused for lack of money this year,
    ask for or were recommended for, with the fund's PSC on it (rounded once for each window and
    year), in the year of the call's deadline or this one.
    """


def planned(session: Session, fund: Fund, this_year: int) -> Planned:
    """What a fund plans to use for awards and for requests, in one query."""
    since = datetime(this_year, 1, 1, tzinfo=fund.zone)
    asked = {"fund_id": fund.id, "this_year": this_year, "since": since}
    sums = {True: Counter[tuple[str, int]](), False: Counter[tuple[str, int]]()}
    for is_award, window, due, cents in session.execute(_PLANNED, asked):
        sums[is_award][window, max(int(due), this_year)] += int(cents)
    awards, requested = (
        [(key, cents) for key, cents in of.items() if cents] for of in sums.values()
    )
    return Planned(
        [PlannedUses(window, due, cents) for (window, due), cents in awards],
        [
            PlannedUses(window, due, cents + usd(cents).share(fund.psc_percent).minor)
            for (window, due), cents in requested
        ],
    )


Rows = Select[bool, str, int, int]
"""Whether of an award, window, year and USD cents."""
_FUND_ID, _THIS_YEAR = bindparam("fund_id", type_=BigInteger), bindparam("this_year", type_=Integer)
_SINCE = bindparam("since", type_=DateTime(timezone=True))


def _to_pay() -> tuple[Rows, Rows]:
    """What is held for grants whose unpaid instalments are due in one year, or not planned, is
    needed then; of the others it is split.
    """
    balances = _grant_balances()
    simple = select(true(), balances.c.window, balances.c.first, func.sum(balances.c.cents))
    simple = simple.where(balances.c.first == balances.c.last).group_by(
        balances.c.window, balances.c.first
    )
    several = select(balances).where(balances.c.first < balances.c.last).subquery("several")
    return simple, split_over_years(several, _unpaid_instalments(several))


def split_over_years(balances: FromClause, plan: FromClause) -> Rows:
    """What is held for each grant (award_id, window, cents), split over its years by what is to be
    paid in each (award_id, year, cents), exactly as `Money.allocate` splits: the earlier years take
    the odd cents.
    """
    award = balances.c.award_id
    weight = func.coalesce(plan.c.cents, 1)
    of_all = func.sum(weight).over(partition_by=award)
    product = balances.c.cents * cast(weight, Numeric)
    years = (
        select(
            *(award, balances.c.window, balances.c.cents),
            func.coalesce(plan.c.year, _THIS_YEAR).label("year"),
            (func.div(product, of_all) - cast(func.mod(product, of_all) < 0, Integer)).label(
                "part"
            ),
            func.row_number().over(partition_by=award, order_by=plan.c.year).label("place"),
        )
        .select_from(balances.outerjoin(plan, plan.c.award_id == award))
        .subquery("years")
    )
    parts = select(
        *(years.c.window, years.c.year, years.c.part, years.c.place),
        (years.c.cents - func.sum(years.c.part).over(partition_by=years.c.award_id)).label("odd"),
    ).subquery("parts")
    share = parts.c.part + cast(parts.c.place <= parts.c.odd, Integer)
    return select(true(), parts.c.window, parts.c.year, func.sum(share)).group_by(
        parts.c.window, parts.c.year
    )


def _grant_balances() -> CTE:
    """Every grant that still is to be paid: its window, what the books hold for it, and the first
    and the last year of its unpaid instalments.
    """
    subject = func.concat("award:", Award.id)
    year = _due_in()
    due = (
        select(Instalment.award_id, func.min(year).label("first"), func.max(year).label("last"))
        .where(Instalment.state.in_(UNPAID))
        .group_by(Instalment.award_id)
        .subquery("due")
    )
    return (
        select(
            Award.id.label("award_id"),
            func.coalesce(Call.window, "").label("window"),
            RecordHeld.usd_minor.label("cents"),
            func.coalesce(due.c.first, _THIS_YEAR).label("first"),
            func.coalesce(due.c.last, _THIS_YEAR).label("last"),
        )
        .join(RecordHeld, (RecordHeld.fund_id == Award.fund_id) & (RecordHeld.subject == subject))
        .outerjoin(Application, Application.id == Award.application_id)
        .outerjoin(Call, Call.id == Application.call_id)
        .outerjoin(due, due.c.award_id == Award.id)
        .where(Award.fund_id == _FUND_ID, RecordHeld.usd_minor != 0)
        .cte("held")
    )


def _due_in() -> ColumnElement[int]:
    return func.greatest(cast(extract("year", Instalment.due_on), Integer), _THIS_YEAR)


def _unpaid_instalments(balances: FromClause) -> Subquery:
    """The year and cents of what is unpaid and due then, of these awards."""
    return (
        select(
            Instalment.award_id,
            _due_in().label("year"),
            func.sum(Instalment.amount_minor).label("cents"),
        )
        .where(Instalment.award_id.in_(select(balances.c.award_id)), Instalment.state.in_(UNPAID))
        .group_by(Instalment.award_id, text("2"))
        .subquery("plan")
    )


_DEADLINE = cast(extract("year", func.timezone(Call.time_zone, Call.deadline_at)), Integer)
"""The year of the deadline on the call's own calendar, as applicants read it."""


def _undecided_applications() -> Rows:
    """What is eligible and not decided, by window and year of the deadline."""
    return _needed_amounts().where(Call.fund_id == _FUND_ID, Application.state.in_(NEED))


def _lacked_money() -> Rows:
    """What was rejected since then from the reserve list, where only money lacked, by window and
    year of the deadline.
    """
    turned_down = select(TrailRow.subject_id).where(
        TrailRow.subject == literal_column("'application'"),
        TrailRow.action == literal_column("'reject'"),
        TrailRow.source == literal_column("'reserve'"),
        TrailRow.at >= _SINCE,
    )
    return _needed_amounts().where(
        Application.id.in_(turned_down),
        Application.fund_id == _FUND_ID,
        Application.state == S.REJECTED,
    )


def _needed_amounts() -> Rows:
    """What applications were recommended for, or ask for, by window and year of the deadline."""
    cents = func.coalesce(Recommendation.amount_minor, Application.requested_minor, 0)
    return (
        select(false(), Call.window, _DEADLINE, func.sum(cents))
        .select_from(Application)
        .join(Call, Call.id == Application.call_id)
        .outerjoin(Recommendation, Recommendation.application_id == Application.id)
        .group_by(Call.window, _DEADLINE)
    )


_PLANNED = union_all(*_to_pay(), _undecided_applications(), _lacked_money())
"""Worded once: every dashboard asks it of its fund."""


@dataclass(frozen=True, slots=True)
class Past:
    """A year as it went: what organisations asked for, and what they were given."""

    year: int
    applications: int
    asked: Money
    awards: int
    awarded: Money
    """With PSC."""

    @classmethod
    def nothing(cls, year: int) -> "Past":
        """A year without any."""
        return cls(year, 0, usd(0), 0, usd(0))


def past_years(session: Session, fund: Fund) -> list[Past]:
    """Each year that has begun and has a call's deadline or an award, the oldest first."""
    requests, awards = _requests_by_year(session, fund), _awards_by_year(session, fund)
    none = (0, usd(0))
    return [
        Past(year, *requests.get(year, none), *awards.get(year, none))
        for year in sorted({*requests, *awards})
        if year <= clock.today().year
    ]


def _requests_by_year(session: Session, fund: Fund) -> dict[int, tuple[int, Money]]:
    """Year of the deadline → applications and what they asked for; ineligible or withdrawn ones do
    not count.
    """
    cents = func.sum(func.coalesce(Application.requested_minor, 0))
    rows = session.execute(
        select(_DEADLINE, func.count(), cents)
        .select_from(Application)
        .join(Call, Call.id == Application.call_id)
        .where(Call.fund_id == fund.id, Application.state.in_(ASKED))
        .group_by(_DEADLINE)
    )
    return {int(of): (int(many), usd(int(requested))) for of, many, requested in rows}


def _awards_by_year(session: Session, fund: Fund) -> dict[int, tuple[int, Money]]:
    """Year of approval → awards that were not cancelled, and their sum with PSC."""
    year = cast(extract("year", Award.approved_on), Integer)
    rows = session.execute(
        select(year, Award.psc_percent, func.count(), func.sum(Award.amount_minor))
        .where(Award.fund_id == fund.id, ~Award.is_cancelled)
        .group_by(year, Award.psc_percent)
    )
    awards_by_year: dict[int, tuple[int, Money]] = {}
    for of, percent, count, cents in rows:
        awards, so_far = awards_by_year.get(int(of), (0, usd(0)))
        awarded = usd(int(cents or 0))
        awards_by_year[int(of)] = (awards + int(count), so_far + awarded + awarded.share(percent))
    return awards_by_year
