"""The reserve list, once there is money for it again."""

from typing import Any

from sqlalchemy import Select, Subquery, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import steps_of
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.books.ledger.queries import available_of
from grants.core.audit.models import TrailRow
from grants.core.funds.models import Fund
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.core.texts.counting import counting
from grants.deciding.awards.models import Award
from grants.deciding.awards.queries import proposed_by
from grants.deciding.board.models import Recommendation
from grants.deciding.board.queries import with_names
from grants.deciding.reviews.adjusting import scored, that_ranks
from grants.deciding.screening.queries import in_states

S = ApplicationState


def promotion_queue(viewer: Viewer) -> Select[Application]:
    """Applications on the reserve list that could be recommended in full now: what they ask for
    is within what is left of their call's envelope and of the fund's money, after everything
    awarded and everything recommended.
    """
    return with_names(_select_fundable(in_states(viewer, Permission.AWARD_RECOMMEND, S.RESERVE)))


def fundable(session: Session) -> set[int]:
    """The ids of all such applications, of every fund."""
    waiting = select(Application).where(Application.is_on_reserve)
    return {application.id for application in session.scalars(_select_fundable(waiting))}


def _select_fundable(query: Select[Application]) -> Select[Application]:
    of_call, of_fund = _LEFT_OF_CALLS.c, _LEFT_OF_FUNDS.c
    requested = func.greatest(Application.requested_minor, 1) + of_fund.pending
    enough = query.join(of_call.id.table, of_call.id == Application.call_id)
    enough = enough.join(of_fund.id.table, of_fund.id == Application.fund_id)
    # with the support cost, and without a division: to the cent
    affordable = requested * (100 + of_fund.psc_percent) <= 100 * of_fund.available
    return enough.where(affordable, Application.requested_minor <= of_call.minor)


def _left_of_funds() -> Subquery:
    """What may still be awarded and what is recommended, of each fund that has a reserve list."""
    # asked of each call: of the applications themselves, PostgreSQL would read the whole list
    listed = exists().where(Application.call_id == Call.id, Application.is_on_reserve)
    listed_call = select(Call.id).where(Call.fund_id == Fund.id, listed).limit(1).correlate(Fund)
    pending = (
        select(func.coalesce(func.sum(Recommendation.amount_minor), 0))
        .join(Application, Application.id == Recommendation.application_id)
        .where(Application.fund_id == Fund.id, Application.is_recommended)
        .correlate(Fund)
    )
    query = select(
        *(Fund.id, Fund.psc_percent, pending.label("pending")),
        available_of(Fund).label("available"),
    ).where(listed_call.scalar_subquery().is_not(None))
    return query.offset(0).subquery()  # else PostgreSQL reckons it for each application


def letter_confirmed(session: Session, application: Application) -> TrailRow | None:
    """The confirmation of which an application's newest letter on the reserve list tells, whatever
    became of the application since.
    """
    rows = [row for row in steps_of(session, application) if row.action == "confirm_reserve"]
    return rows[-1] if rows else None


STEPS_OF_THE_LIST = ("keep_in_reserve", "confirm_reserve")


def unconfirmed(viewer: Viewer) -> Select[Application]:
    """Applications on the reserve list whose applicants have not been told, for an officer who did
    not propose them.
    """
    last = (
        select(TrailRow.action)
        .where(
            TrailRow.subject == "application",
            TrailRow.subject_id == Application.id,
            TrailRow.action.in_(STEPS_OF_THE_LIST),
        )
        .order_by(TrailRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    waiting = in_states(viewer, Permission.AWARD_APPROVE, S.RESERVE)
    return with_names(waiting.where(last == "keep_in_reserve", ~proposed_by(viewer)))


def places_on_list(session: Session, call_id: int) -> dict[int, int]:
    """The place of each application on the reserve list of a call: the best score first, equal
    scores in the order of their numbers.
    """
    scores = scored(call_id).subquery().c
    score = that_ranks(session.get_one(Call, call_id), scores.given, scores.adjusted)
    rows = session.scalars(
        select(Application.id)
        .outerjoin(scores.id.table, scores.id == Application.id)
        .where(Application.call_id == call_id, Application.is_on_reserve)
        .order_by(score.desc().nulls_last(), Application.id)
    )
    return {number: place for place, number in enumerate(rows, 1)}


def _left_of_calls() -> Subquery:
    """The envelope of each call less its awards and what is recommended, USD cents. Reckoned
    once for a call, not for each application of its reserve list.
    """
    awarded = _sum_by_call(Award.amount_minor, Application.call_id)
    awarded = awarded.join(Application, Application.id == Award.application_id)
    awarded = awarded.where(~Award.is_cancelled)
    recommended = _sum_by_call(Recommendation.amount_minor, Application.call_id)
    recommended = recommended.join(Application, Application.id == Recommendation.application_id)
    recommended = recommended.where(Application.is_recommended)
    awarded_sums, going = awarded.subquery().c, recommended.subquery().c
    committed = func.coalesce(awarded_sums.minor, 0) + func.coalesce(going.minor, 0)
    query = (
        select(Call.id, (Call.envelope_minor - committed).label("minor"))
        .outerjoin(awarded_sums.call_id.table, awarded_sums.call_id == Call.id)
        .outerjoin(going.call_id.table, going.call_id == Call.id)
    )
    return query.offset(0).subquery()  # else PostgreSQL takes it apart and sums for each row


def _sum_by_call(amount: InstrumentedAttribute[int], call_id: Any) -> Select[int, int]:
    """A sum for each call."""
    sums = select(call_id, func.sum(amount).label("minor"))
    return sums.select_from(amount.class_).group_by(call_id)


# worded once: the start pages of all who recommend count with them
_LEFT_OF_CALLS, _LEFT_OF_FUNDS = _left_of_calls(), _left_of_funds()


def to_confirm(viewer: Viewer) -> Select[int]:
    """How many places on the reserve list wait for this person to confirm them."""
    return counting(unconfirmed(viewer))


def to_promote(viewer: Viewer) -> Select[int]:
    """How many applications of the reserve list this person could recommend now."""
    return counting(promotion_queue(viewer))
