"""Holds that stand on organisations, and what they stop."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.integrity.holds.models import APPLYING, PAYING, OrganisationHold
from grants.integrity.holds.workflow import HoldState

P = Permission
STANDS = OrganisationHold.state == HoldState.PLACED


def holds_of(session: Session, organisation_id: int, viewer: Viewer) -> Sequence[OrganisationHold]:
    """The holds of the viewer's funds on an organisation: first those that stand, the newest."""
    ours = in_funds_with(viewer, P.DUE_DILIGENCE_SEE, OrganisationHold.fund_id)
    query = select(OrganisationHold).where(
        OrganisationHold.organisation_id == organisation_id, ours
    )
    ordered = query.order_by(STANDS.desc(), OrganisationHold.id.desc())
    return session.scalars(ordered.options(joinedload(OrganisationHold.fund)).limit(60)).all()


def hold_for_viewer(session: Session, number: int, viewer: Viewer) -> OrganisationHold:
    """One hold, or Missing for a person who does not see due diligence in its fund."""
    hold = session.get(OrganisationHold, number)
    if hold is None or not viewer.may(P.DUE_DILIGENCE_SEE, hold.scope):
        raise Missing(_("Hold not found."))
    return hold


def standing_holds(viewer: Viewer) -> Select[OrganisationHold]:
    """The holds that stand in the viewer's funds, with their organisations."""
    ours = in_funds_with(viewer, P.DUE_DILIGENCE_SEE, OrganisationHold.fund_id)
    return (
        select(OrganisationHold)
        .join(OrganisationHold.organisation)
        .where(STANDS, ours)
        .options(contains_eager(OrganisationHold.organisation), joinedload(OrganisationHold.fund))
    )


def standing_on(session: Session, organisation_id: int, fund_id: int) -> Sequence[OrganisationHold]:
    """The holds of a fund that stand on an organisation, also those that it does not know of."""
    query = select(OrganisationHold).where(
        STANDS,
        OrganisationHold.organisation_id == organisation_id,
        OrganisationHold.fund_id == fund_id,
    )
    return session.scalars(query.order_by(OrganisationHold.id)).all()


def payments_held(
    session: Session, organisations: Collection[int]
) -> Mapping[tuple[int, int], Sequence[OrganisationHold]]:
    """The holds on payments to organisations, by the ids of fund and organisation."""
    found = defaultdict[tuple[int, int], list[OrganisationHold]](list)
    for hold in session.scalars(
        select(OrganisationHold)
        .where(
            STANDS,
            OrganisationHold.organisation_id.in_(organisations),
            OrganisationHold.coverage.in_(PAYING),
        )
        .order_by(OrganisationHold.id)
    ):
        found[hold.fund_id, hold.organisation_id].append(hold)
    return found


def applications_held(session: Session, organisation_id: int, fund_id: int) -> Sequence[str]:
    """What the organisation must do before the fund takes a new application from it."""
    holds = standing_on(session, organisation_id, fund_id)
    return [hold.remedy for hold in holds if hold.is_notified and hold.coverage in APPLYING]


def funds_holding(session: Session, organisations: Collection[int]) -> Collection[tuple[int, int]]:
    """Ids of the funds and organisations where any hold stands: no award, no agreement."""
    query = select(OrganisationHold.fund_id, OrganisationHold.organisation_id).where(
        STANDS, OrganisationHold.organisation_id.in_(organisations)
    )
    return {(fund_id, organisation_id) for fund_id, organisation_id in session.execute(query)}


def in_words(organisation: Organisation, fund: Fund) -> str:
    """Why nothing is awarded to an organisation while a hold stands."""
    return _(
        "%(fund)s has put %(name)s on hold. Lift the hold first.",
        fund=fund.code,
        name=organisation.name,
    )


def to_review(viewer: Viewer) -> Select[int]:
    """How many holds of the person's funds are to be looked at again."""
    ours = in_funds_with(viewer, P.DUE_DILIGENCE_DECIDE, OrganisationHold.fund_id)
    due = OrganisationHold.review_on <= clock.today()
    return select(func.count()).select_from(OrganisationHold).where(STANDS, due, ours)
