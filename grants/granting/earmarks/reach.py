"""What of the earmarked money the applications of a call can have."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import RANKED
from grants.applying.calls.models import Call
from grants.books.ledger.earmarks import EarmarkedMoney
from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, usd
from grants.deciding.reviews.candidates import aid_by_application
from grants.granting.earmarks.holdings import Holding, holdings, purpose_of_application
from grants.granting.earmarks.rule import Purpose, fits


def _bound(session: Session, fund: Fund, on: date) -> list[Holding]:
    """The contributions with money that no grant has taken and that does not fit every grant."""
    of_fund = holdings(session, fund.id, on).values()
    return [holding for holding in of_fund if holding.terms.binds and holding.idle > 0]


def earmarked_beside(session: Session, application: Application) -> EarmarkedMoney:
    """What no grant has taken of earmarked money, and what of it an application cannot have."""
    today = clock.today()
    of_fund = holdings(session, application.call.fund.id, today).values()
    bound = [holding for holding in of_fund if holding.terms.binds and holding.idle > 0]
    purpose = Purpose(application.country, application.call.window, application.call_id)
    if any(holding.terms.theme for holding in bound):
        purpose = purpose_of_application(session, application)
    unfit = (holding.idle for holding in bound if not fits(holding.terms, purpose, today))
    return EarmarkedMoney(usd(sum(max(h.idle, 0) for h in of_fund)), usd(sum(unfit)))


def within_reach(session: Session, call: Call) -> Money:
    """What is available for the ranked applications of a call today: free money, and earmarked
    money that fits one of them or more.
    """
    fund, today = call.fund, clock.today()
    available = balances(session, fund).available
    if not (bound := _bound(session, fund, today)):
        return available
    purposes = _purposes_of(session, call)
    unfit = sum(
        holding.idle
        for holding in bound
        if not any(fits(holding.terms, purpose, today) for purpose in purposes)
    )
    return available - usd(unfit)


MOST_GROUPS = 8
"""Of applications that the same earmarks fit: with more, only each of them and all are bounded."""


def kept_from(
    session: Session, call: Call, applications: Sequence[Application]
) -> list[tuple[frozenset[int], Money]]:
    """Groups of a call's applications, by their ids, with the earmarked money that fits none of the
    group: however the money is shared out, they cannot have it.
    """
    today = clock.today()
    if not (bound := _bound(session, call.fund, today)):
        return []
    services = aid_by_application(session, applications)
    groups: dict[frozenset[int], set[int]] = {}
    for one in applications:
        purpose = Purpose(one.country, call.window, call.id, services=frozenset(services[one.id]))
        fit = frozenset(h.pledge_id for h in bound if fits(h.terms, purpose, today))
        groups.setdefault(fit, set()).add(one.id)
    return [
        (frozenset().union(*(groups[fit] for fit in together)), usd(unfit))
        for together in _together(list(groups))
        if (unfit := sum(h.idle for h in bound if not any(h.pledge_id in fit for fit in together)))
    ]


def _together(groups: Sequence[frozenset[int]]) -> Iterator[Sequence[frozenset[int]]]:
    """Each choice of groups; of many only each alone, and all."""
    few = len(groups) <= MOST_GROUPS
    for size in range(1, len(groups) + 1) if few else (1, len(groups)):
        yield from combinations(groups, size)


def _purposes_of(session: Session, call: Call) -> set[Purpose]:
    """What the ranked applications of a call are for."""
    ranked = session.scalars(
        select(Application).where(Application.call_id == call.id, Application.state.in_(RANKED))
    ).all()
    services = aid_by_application(session, ranked)
    return {
        Purpose(one.country, call.window, call.id, services=frozenset(services[one.id]))
        for one in ranked
    }
