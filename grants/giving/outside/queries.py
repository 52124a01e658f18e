"""Finding contributions outside the fund, and what is reported of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from grants.core.database.seals import text_in
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.giving.outside.models import PAPER, OutsideContribution, Purpose
from grants.giving.outside.workflow import REPORTED, OutsideState


def contribution_of_paper(session: Session, code: str) -> OutsideContribution:
    """The contribution whose paper a link opens today; Missing once the link has ended."""
    number = text_in(PAPER, code) or ""
    contribution = session.get(OutsideContribution, int(number)) if number.isdecimal() else None
    if contribution is None or (contribution.paper_until or date.min) < clock.today():
        raise Missing(_("This link is no longer valid. Ask the fund for the document."))
    return contribution


def outside_for_viewer(
    viewer: Viewer, fund: str = "", state: OutsideState | None = None
) -> Select[OutsideContribution]:
    """What was announced to the funds whose outreach this person sees."""
    query = select(OutsideContribution).where(
        in_funds_with(viewer, Permission.OUTREACH_SEE, OutsideContribution.fund_id)
    )
    if fund:
        query = query.where(OutsideContribution.fund.has(Fund.code == fund))
    if state:
        query = query.where(OutsideContribution.state == state)
    return query.options(joinedload(OutsideContribution.fund))


def outside_by_reference(session: Session, reference: str, viewer: Viewer) -> OutsideContribution:
    """A contribution of the register, or Missing."""
    query = outside_for_viewer(viewer).where(OutsideContribution.reference == reference)
    contribution = session.scalar(query)
    if contribution is None:
        raise Missing(_("Contribution not found."))
    return contribution


def count_in_state(viewer: Viewer, state: OutsideState) -> Select[int]:
    """How many stand in a state, of the funds whose outreach this person records."""
    return select(func.count()).where(
        OutsideContribution.state == state,
        in_funds_with(viewer, Permission.OUTREACH_RECORD, OutsideContribution.fund_id),
    )


@dataclass(frozen=True, slots=True)
class PurposeTotal:
    """What the office was told of money for one purpose."""

    purpose: Purpose
    number: int
    amount: Money
    """In USD, at the rate of the day on which each was told."""


def totals_by_purpose(
    session: Session, fund: Fund, since: date, until: date
) -> Sequence[PurposeTotal]:
    """What donors told the fund in these days, both included, and the office has; by purpose."""
    in_days = OutsideContribution.announced_on.between(since, until)
    rows = session.execute(
        select(
            OutsideContribution.purpose,
            func.count(),
            func.coalesce(func.sum(OutsideContribution.usd_minor), 0),
        )
        .where(
            OutsideContribution.fund_id == fund.id, in_days, OutsideContribution.state.in_(REPORTED)
        )
        .group_by(OutsideContribution.purpose)
        .order_by(OutsideContribution.purpose)
    )
    return [PurposeTotal(purpose, number, usd(int(cents or 0))) for purpose, number, cents in rows]
