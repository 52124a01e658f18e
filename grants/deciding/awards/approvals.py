"""Approvals of an award by several officers: which of them stand, and how many are missing.

An approval is for exact terms, and for the recommendation and the advice as they were. It is void
as soon as one of them is another: then it is not found here any more; the trail keeps it.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload

from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.core.audit.act import Act
from grants.core.funds.approvals import approvers_for
from grants.core.kernel.money import Money
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Approval, Approved
from grants.deciding.board.models import Advice, Recommendation


def unchanged() -> ColumnElement[bool]:
    """The recommendation and the Board's advice are those that were approved."""
    return and_(
        Approval.amount_minor == Recommendation.amount_minor,
        Approval.recommended_at == Recommendation.recommended_at,
        Approval.advised_at.is_not_distinct_from(Advice.recorded_at),
    )


def decided_so_far(
    session: Session, application: Application
) -> tuple[Recommendation | None, Advice | None, list[Approval]]:
    """What is recommended, what the Board advised, and the approvals that count today, the oldest
    first: in one question to the database.
    """
    query = (
        select(Recommendation, Advice, Approval)
        .outerjoin(Advice, Advice.application_id == Recommendation.application_id)
        .outerjoin(
            Approval,
            and_(Approval.application_id == Recommendation.application_id, unchanged()),
        )
        .where(Recommendation.application_id == application.id)
        .order_by(Approval.given_at)
        .options(joinedload(Approval.person))
    )
    recommendation: Recommendation | None = None
    advice: Advice | None = None
    approvals: list[Approval] = []
    approval: Approval | None
    for recommendation, advice, approval in session.execute(query):  # noqa: B007
        if approval is not None:
            approvals.append(approval)
    return recommendation, advice, approvals


def standing_approvals(session: Session, application: Application) -> list[Approval]:
    """The approvals that count today, the oldest first."""
    return decided_so_far(session, application)[2]


def standing_by_application(session: Session, ids: Sequence[int]) -> dict[int, list[Approval]]:
    """The approvals that count today of several applications, by their ids."""
    approvals: dict[int, list[Approval]] = {number: [] for number in ids}
    query = (
        select(Approval)
        .join(Recommendation, Recommendation.application_id == Approval.application_id)
        .outerjoin(Advice, Advice.application_id == Approval.application_id)
        .where(Approval.application_id.in_(ids), unchanged())
        .order_by(Approval.given_at)
    )
    for approval in session.scalars(query):
        approvals[approval.application_id].append(approval)
    return approvals


def officers_for(call: Call, amount: Money) -> int:
    """How many officers have to approve an award: by the fund's rules, and the call's if it asks
    for more.
    """
    return max(approvers_for(call.fund, amount), call.approvers or 1)


def missing(session: Session, application: Application, approved: Approved, actor: Viewer) -> int:
    """How many approvals an award on these terms needs, this person's included."""
    colleagues = {
        approval.person_id
        for approval in standing_approvals(session, application)
        if approval.approved == approved and approval.person_id != actor.person_id
    }
    return max(officers_for(application.call, approved.amount) - len(colleagues), 0)


def keep(session: Session, application: Application, approved: Approved, act: Act) -> None:
    """Keep this person's approval. Approvals of other terms are void, their own earlier one too."""
    person_id = act.actor.person_id
    assert person_id is not None
    for earlier in standing_approvals(session, application):
        if earlier.approved != approved:
            session.delete(earlier)
    session.flush()
    recommendation = session.get_one(Recommendation, application.id)
    advice = session.get(Advice, application.id)
    approval = session.get(Approval, (application.id, person_id))
    if approval is None:
        approval = Approval(application_id=application.id, person_id=person_id)
    approval.amount_minor, approval.psc_percent = approved.amount.minor, approved.psc_percent
    approval.starts_on, approval.ends_on = approved.starts_on, approved.ends_on
    approval.recommended_at = recommendation.recommended_at
    approval.advised_at = advice.recorded_at if advice else None
    approval.given_at = act.at
    session.add(approval)
    session.flush()


def void(session: Session, application: Application) -> None:
    """An award that was cancelled is approved again, by as many."""
    for approval in session.scalars(select(Approval).filter_by(application_id=application.id)):
        session.delete(approval)
