"""Finding awards: the fund's for its people, their own for grantees."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Exists, Select, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.queries import LISTED, open_to, steps_of
from grants.applying.applications.workflow import PROPOSALS, ApplicationState
from grants.applying.calls.models import Call
from grants.core.audit.models import TrailRow
from grants.core.database.typed import Typed, typed
from grants.core.database.words import Numbers, among
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Permission
from grants.core.people.queries import organisations_called
from grants.core.people.viewer import Viewer
from grants.core.texts.counting import counting
from grants.deciding.awards.approvals import unchanged
from grants.deciding.awards.models import Approval, Award
from grants.deciding.awards.workflow import SIGNED, STANDING, AwardState
from grants.deciding.board.models import Advice, Recommendation
from grants.deciding.reviews.adjusting import standings
from grants.deciding.screening.queries import in_states


def is_open(viewer: Viewer) -> ColumnElement[bool]:
    """An award is shut like its application: a conflict of interest, declared or not yet denied."""
    # asked of each award: a list of all open applications would be written out first
    its_own = select(Application.id).where(Application.id == Award.application_id, open_to(viewer))
    return or_(Award.application_id.is_(None), its_own.correlate(Award).exists())


def for_viewer(viewer: Viewer) -> Select[Award]:
    """Awards this person may see: those of the funds they work for that are open to them, and of
    their organisations.
    """
    query = select(Award).options(joinedload(Award.organisation))
    funds = viewer.funds_with(Permission.AWARD_SEE)
    if funds is None:
        return query.where(is_open(viewer))
    reach: list[ColumnElement[bool]] = []
    if funds:
        reach.append(Award.fund_id.in_(funds) & is_open(viewer))
    if organisations := viewer.organisations_with(Permission.APPLICATION_READ):
        reach.append(Award.organisation_id.in_(organisations))
    return query.where(or_(*reach)) if reach else query.where(false())


_WITHOUT_FUND = re.compile(r"(G-)?\d{4}-\d{3,}", re.IGNORECASE)
"""The number of an award as people say it: G-2026-014."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a list of awards is filtered by; nothing means all."""

    text: str = ""
    state: str = ""
    """One state; any other word: those that are not finished."""
    country: str = ""
    call: str = ""
    """The reference of the call that the grants were applied for in."""


def listed(viewer: Viewer, filters: Criteria) -> Select[Award]:
    """The fund's awards that fit."""
    query = for_viewer(viewer).join(Award.organisation)
    if filters.state in set(AwardState):
        query = query.where(Award.state == AwardState(filters.state))
    elif filters.state:
        query = query.where(Award.state.in_(STANDING))
    if filters.country:
        query = query.where(Award.country == filters.country)
    if filters.call:
        of_call = select(Application.id).join(Application.call)
        query = query.where(Award.application_id.in_(of_call.where(Call.reference == filters.call)))
    if filters.text:
        fits = fitting(typed(filters.text), organisations_called(filters.text))
        if _WITHOUT_FUND.fullmatch(filters.text):
            fits |= Award.reference.endswith(f"-{filters.text.upper()}")
        query = query.where(fits)
    return query


def fitting(text: Typed, called: Numbers) -> ColumnElement[bool]:
    """Awards of that number, or of organisations `called` so."""
    return among(Award.organisation_id, called) | text.starts(Award.reference)


def award_for_viewer(session: Session, reference: str, viewer: Viewer) -> Award:
    """One award; Missing for a person who may not see it."""
    award = session.scalar(for_viewer(viewer).where(Award.reference == reference))
    if award is None:
        raise Missing(_("Award %(reference)s not found.", reference=reference))
    return award


def award_of(session: Session, application: Application) -> Award | None:
    """The award of an application that stands: approved, and not cancelled."""
    return session.scalar(
        select(Award).where(
            Award.application_id == application.id, Award.state != AwardState.CANCELLED
        )
    )


def cancelled_awards_of(session: Session, application: Application) -> Sequence[Award]:
    """The awards of an application that were cancelled, the oldest first."""
    return session.scalars(
        select(Award)
        .where(Award.application_id == application.id, Award.state == AwardState.CANCELLED)
        .order_by(Award.id)
    ).all()


def reason_not_recommended(session: Session, application: Application) -> str:
    """Why it was last not recommended, which its letter of regret says; empty if it never was."""
    reasons = [
        row.reason or "" for row in steps_of(session, application) if row.action == "not_recommend"
    ]
    return reasons[-1] if reasons else ""


def grant_years(session: Session, organisation_id: int, fund_id: int) -> set[int]:
    """The calendar years in which signed grants of a fund to an organisation run."""
    periods = session.execute(
        select(Award.starts_on, Award.ends_on).where(
            Award.organisation_id == organisation_id,
            Award.fund_id == fund_id,
            Award.state.in_(SIGNED),
        )
    )
    return {year for first, last in periods for year in range(first.year, last.year + 1)}


def rank_of(session: Session, application: Application) -> tuple[int, int]:
    """The rank of an application by score among the reviewed ones of its call, and their number.
    0 without a submitted review; equal scores share a rank.
    """
    ranking = standings(session, application.call, [application.id])
    place = ranking.by_id.get(application.id)
    return (place.rank, ranking.of) if place else (0, 0)


def awarded_in_call(session: Session, call: Call) -> Money:
    """The sum of a call's awards, the cancelled ones left out. USD."""
    minor = session.scalar(
        select(func.coalesce(func.sum(Award.amount_minor), 0))
        .join(Award.application)
        .where(Application.call_id == call.id, Award.state != AwardState.CANCELLED)
    )
    return usd(int(minor or 0))


def approval_queue(viewer: Viewer) -> Select[Application]:
    """Recommendations this person may decide on: advised on that amount if the Board advises on
    the call, proposed by others, and not approved by this person yet.
    """
    return (
        in_states(viewer, Permission.AWARD_APPROVE, ApplicationState.RECOMMENDED)
        .join(Recommendation, Recommendation.application_id == Application.id)
        .join(Call, Call.id == Application.call_id)
        .outerjoin(Advice, Advice.application_id == Application.id)
        .where(
            or_(~Call.board_advises, Advice.amount_minor == Recommendation.amount_minor),
            ~proposed_by(viewer),
            ~_approved_by(viewer),
        )
        .options(*LISTED)
    )


def rejection_queue(viewer: Viewer) -> Select[Application]:
    """Applications not recommended, which this person may reject: proposed by others."""
    return (
        in_states(viewer, Permission.AWARD_APPROVE, ApplicationState.NOT_RECOMMENDED)
        .where(~proposed_by(viewer))
        .options(*LISTED)
    )


def proposed_by(viewer: Viewer) -> Exists:
    """Whether this person proposed a decision on the application, or recorded the Board's advice on
    it.
    """
    return (
        select(TrailRow.subject_id)
        .where(
            TrailRow.subject == "application",
            TrailRow.subject_id == Application.id,
            TrailRow.person_id == viewer.person_id,
            TrailRow.action.in_(PROPOSALS),
        )
        .exists()
    )


def _approved_by(viewer: Viewer) -> Exists:
    """Whether this person has given their approval already, and it stands."""
    return (
        select(Approval.person_id)
        .where(
            Approval.application_id == Application.id,
            Approval.person_id == viewer.person_id,
            unchanged(),
        )
        .exists()
    )


def to_approve(viewer: Viewer) -> Select[int]:
    """How many recommendations wait for this person's decision."""
    return counting(approval_queue(viewer))


def to_reject(viewer: Viewer) -> Select[int]:
    """How many applications that are not recommended wait for this person's decision."""
    return counting(rejection_queue(viewer))
