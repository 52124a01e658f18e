"""What is needed: awards approved and not paid yet, and eligible demand without an award.

docs/decisions/outreach.md gives the definition, which every page and letter uses.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, Select, cast, extract, func, literal_column, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application, CallFigure
from grants.applying.applications.workflow import ASKED, NEED, ApplicationState
from grants.applying.calls.models import Call
from grants.books.ledger.models import GrantHeld
from grants.core.audit.models import TrailRow
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, usd
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.deciding.board.models import Recommendation
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import PAID

S = ApplicationState


@dataclass(frozen=True, slots=True)
class PlannedUses:
    """A need of a window in a year, in USD cents."""

    window: str
    year: int
    cents: int


def awards_to_pay(session: Session, fund: Fund, this_year: int) -> list[PlannedUses]:
    """What the books hold reserved or committed for each grant, in the years of its instalments
    that are not paid; all of it this year where none is planned yet, or they are late.
    """
    held = _held(session, fund)
    plans = _planned(session, fund, this_year)
    return [
        PlannedUses(window, year, part.minor)
        for award_id, window, cents in held
        for year, part in _spread(cents, plans.get(award_id, {this_year: 1}))
    ]


def _held(session: Session, fund: Fund) -> Sequence[tuple[int, str, int]]:
    """(award, window, USD cents) of every grant that still is to be paid."""
    subject = func.concat("award:", Award.id)
    rows = session.execute(
        select(Award.id, func.coalesce(Call.window, ""), GrantHeld.usd_minor)
        .join(GrantHeld, (GrantHeld.fund_id == Award.fund_id) & (GrantHeld.subject == subject))
        .outerjoin(Application, Application.id == Award.application_id)
        .outerjoin(Call, Call.id == Application.call_id)
        .where(Award.fund_id == fund.id, GrantHeld.usd_minor != 0)
    )
    return [(award_id, window, cents) for award_id, window, cents in rows]


def _planned(session: Session, fund: Fund, this_year: int) -> dict[int, dict[int, int]]:
    """Award → year → cents of its unpaid instalments due then."""
    year = func.greatest(cast(extract("year", Instalment.due_on), Integer), this_year)
    rows = session.execute(
        select(Instalment.award_id, year, func.sum(Instalment.amount_minor))
        .join(Instalment.award)
        .where(Award.fund_id == fund.id, Instalment.state.not_in(PAID))
        .group_by(Instalment.award_id, year)
        .order_by(Instalment.award_id, year)
    )
    plans: dict[int, dict[int, int]] = {}
    for award_id, due, cents in rows:
        plans.setdefault(award_id, {})[int(due)] = int(cents)
    return plans


def _spread(cents: int, plan: dict[int, int]) -> list[tuple[int, Money]]:
    return list(zip(plan, usd(cents).allocate(list(plan.values())), strict=True))


def asked_for(session: Session, fund: Fund, this_year: int) -> list[PlannedUses]:
    """What eligible applications without a decision, and those refused for lack of money this year,
    ask for or were recommended for, with the fund's PSC on it (rounded once for each window and
    year), in the year of the call's deadline or this one.
    """
    asked = Counter[tuple[str, int]]()
    for query in (_undecided(fund), _lacked_money(fund, this_year)):
        for window, due, cents in session.execute(query):
            asked[window, max(int(due), this_year)] += int(cents)
    return [
        PlannedUses(window, due, cents + usd(cents).share(fund.psc_percent).minor)
        for (window, due), cents in asked.items()
        if cents
    ]


_DEADLINE = cast(extract("year", Call.deadline_at), Integer)


def _undecided(fund: Fund) -> Select[str, int, int]:
    """Window, year of the deadline and USD cents of what is eligible and not decided."""
    return (
        select(Call.window, _DEADLINE, func.sum(CallFigure.needed_minor))
        .join(Call, Call.id == CallFigure.call_id)
        .where(Call.fund_id == fund.id, CallFigure.state.in_(NEED))
        .group_by(Call.window, _DEADLINE)
    )


def _lacked_money(fund: Fund, this_year: int) -> Select[str, int, int]:
    """The same of what was rejected this year from the reserve list, where only money lacked."""
    turned_down = select(TrailRow.subject_id).where(
        TrailRow.subject == literal_column("'application'"),
        TrailRow.action == literal_column("'reject'"),
        TrailRow.source == literal_column("'reserve'"),
        TrailRow.at >= datetime(this_year, 1, 1, tzinfo=fund.zone),
    )
    asked = func.coalesce(Recommendation.amount_minor, Application.requested_minor, 0)
    return (
        select(Call.window, _DEADLINE, func.sum(asked))
        .select_from(Application)
        .join(Call, Call.id == Application.call_id)
        .outerjoin(Recommendation, Recommendation.application_id == Application.id)
        .where(
            Application.id.in_(turned_down),
            Application.fund_id == fund.id,
            Application.state == S.REJECTED,
        )
        .group_by(Call.window, _DEADLINE)
    )


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
    """Each year with a call's deadline or an award, the oldest first."""
    asked, given = _asked(session, fund), _given(session, fund)
    none = (0, usd(0))
    return [
        Past(year, *asked.get(year, none), *given.get(year, none))
        for year in sorted({*asked, *given})
    ]


def _asked(session: Session, fund: Fund) -> dict[int, tuple[int, Money]]:
    """Year of the deadline → applications and what they asked for; ineligible or withdrawn ones do
    not count.
    """
    count, cents = func.sum(CallFigure.applications), func.sum(CallFigure.requested_minor)
    rows = session.execute(
        select(_DEADLINE, count, cents)
        .join(Call, Call.id == CallFigure.call_id)
        .where(Call.fund_id == fund.id, CallFigure.state.in_(ASKED))
        .group_by(_DEADLINE)
        .having(count > 0)
    )
    return {int(of): (int(many), usd(int(asked))) for of, many, asked in rows}


def _given(session: Session, fund: Fund) -> dict[int, tuple[int, Money]]:
    """Year of approval → awards that were not cancelled, and their sum with PSC."""
    year = cast(extract("year", Award.approved_on), Integer)
    rows = session.execute(
        select(year, Award.psc_percent, func.count(), func.sum(Award.amount_minor))
        .where(Award.fund_id == fund.id, Award.state != AwardState.CANCELLED)
        .group_by(year, Award.psc_percent)
    )
    found: dict[int, tuple[int, Money]] = {}
    for of, percent, count, cents in rows:
        awards, so_far = found.get(int(of), (0, usd(0)))
        given = usd(int(cents or 0))
        found[int(of)] = (awards + int(count), so_far + given + given.share(percent))
    return found
