"""The grants of a fund taken together: for the Board, and for Member States that observe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, and_, cast, func, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.books.ledger.models import GrantSpending
from grants.core.countries.countries import regional_group
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, total, usd
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.deciding.board.models import Advice, Endorsement
from grants.deciding.sessions.models import AgendaItem, BoardSession
from grants.deciding.sessions.workflow import HELD, STANDING


class AwardsAlike(NamedTuple):
    """Awards of one country, window and state: how many, awarded and paid in USD."""

    country: str
    """ISO 3166 code; empty: in several countries, or not given."""
    window: str
    """Empty for grants from before this system."""
    state: AwardState
    awards: int
    awarded: Money
    paid: Money
    """To grantees, less what they sent back."""


class Sum(NamedTuple):
    """Some awards of the portfolio together."""

    awards: int
    awarded: Money
    paid: Money


def portfolio_of(session: Session, fund: Fund) -> list[AwardsAlike]:
    """Every award of a fund that was not cancelled, in one query."""
    paid = (
        select(GrantSpending.subject, func.sum(GrantSpending.usd_minor).label("cents"))
        .where(GrantSpending.fund_id == fund.id)
        .group_by(GrantSpending.subject)
        .subquery()
    )
    by = func.coalesce(Award.country, ""), func.coalesce(Call.window, ""), Award.state
    rows = session.execute(
        select(
            *by,
            func.count(),
            func.sum(Award.amount_minor),
            cast(func.coalesce(func.sum(paid.c.cents), 0), BigInteger),
        )
        .outerjoin(Application, Application.id == Award.application_id)
        .outerjoin(Call, Call.id == Application.call_id)
        .outerjoin(paid, paid.c.subject == func.concat("award:", Award.id))
        .where(Award.fund_id == fund.id, ~Award.is_cancelled)
        .group_by(*by)
    )
    return [
        AwardsAlike(country, window, state, int(count), usd(int(awarded)), usd(int(cents)))
        for country, window, state, count, awarded, cents in rows
    ]


def summed_by(lines: Sequence[AwardsAlike], fact: str) -> Mapping[str, Sum]:
    """The awards by "country", "window", "state" or "region", the largest sums first."""
    groups: dict[str, list[AwardsAlike]] = {}
    for line in lines:
        groups.setdefault(_fact_of(line, fact), []).append(line)
    sums = {code: sum_of(alike) for code, alike in groups.items()}
    return dict(sorted(sums.items(), key=lambda group: (-group[1].awarded.minor, group[0])))


def sum_of(lines: Sequence[AwardsAlike]) -> Sum:
    """All of these awards."""
    return Sum(
        sum(line.awards for line in lines),
        total(line.awarded for line in lines),
        total(line.paid for line in lines),
    )


def _fact_of(line: AwardsAlike, fact: str) -> str:
    if fact == "region":
        region = regional_group(line.country) if line.country else None
        return region.value if region else ""
    return str(getattr(line, fact))


@dataclass(frozen=True, slots=True)
class HeldSession:
    """What is public of a session of the Board: nothing of who applied, or who voted how."""

    reference: str
    held_on: date
    considered: int
    """Recommendations on the agenda that were not put off."""
    endorsed: int


def held_sessions(session: Session, fund: Fund) -> list[HeldSession]:
    """The sessions of the Board that were held, the newest first."""
    heard = AgendaItem.put_off == ""
    endorsed = Advice.endorsement != Endorsement.NOT_ENDORSED
    rows = session.execute(
        select(
            *(BoardSession.reference, BoardSession.held_on),
            func.count(AgendaItem.id).filter(heard),
            func.count(AgendaItem.id).filter(heard, endorsed),
        )
        .outerjoin(AgendaItem, AgendaItem.meeting_id == BoardSession.id)
        .outerjoin(
            Advice,
            and_(
                Advice.application_id == AgendaItem.application_id,
                Advice.session_on == BoardSession.held_on,
            ),
        )
        .where(BoardSession.fund_id == fund.id, BoardSession.state.in_(HELD))
        .group_by(BoardSession.id)
        .order_by(BoardSession.held_on.desc(), BoardSession.id.desc())
    )
    return [HeldSession(*row) for row in rows]


def sessions_to_come(session: Session, fund: Fund) -> Sequence[BoardSession]:
    """The sessions that are prepared, invited to or open, the next one first."""
    query = select(BoardSession).where(
        BoardSession.fund_id == fund.id, BoardSession.state.in_(STANDING)
    )
    return session.scalars(query.order_by(BoardSession.held_on, BoardSession.id)).all()
