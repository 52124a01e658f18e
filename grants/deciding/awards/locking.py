"""Whose turn it is where several act on grants at once: the fund’s money first, then the grant.

Everything that spends, commits or gives back locks the fund. An act that locked a grant before it
would wait for another that holds the fund and waits for that grant: nothing else locks a grant.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.queries import lock
from grants.deciding.awards.models import Award


def lock_award(session: Session, award_id: int) -> Award:
    """The grant and its fund, locked until the transaction ends: what is paid and owed on it
    changes in line.
    """
    (award,) = lock_awards(session, (award_id,))
    return award


def lock_awards(session: Session, ids: Collection[int]) -> list[Award]:
    """Several grants and their funds, always locked in one order."""
    funds = select(Award.fund_id).where(Award.id.in_(ids)).distinct().order_by(Award.fund_id)
    for fund_id in session.scalars(funds).all():
        lock(session, fund_id)
    awards = select(Award).where(Award.id.in_(ids)).order_by(Award.id).with_for_update()
    fresh = awards.execution_options(populate_existing=True)
    return list(session.scalars(fresh).all())
