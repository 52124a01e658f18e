"""The page of one application's decision, its approval and its rejection."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.models import Application
from grants.applying.applications.requested_period import requested_period
from grants.applying.applications.workflow import APPLICATION, REFUSED, ApplicationState
from grants.books.ledger.spending import with_support_cost
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.deciding.awards import service
from grants.deciding.awards.approvals import decided_so_far, officers_for
from grants.deciding.awards.examined import Unknown, lacking
from grants.deciding.awards.forms import ApproveForm
from grants.deciding.awards.models import Approval, Award
from grants.deciding.awards.order import awaiting_with
from grants.deciding.awards.period import proposed_terms
from grants.deciding.awards.queries import (
    approval_queue,
    award_of,
    awarded_in_call,
    cancelled_awards_of,
    reason_not_recommended,
    rejection_queue,
)
from grants.deciding.board import queries
from grants.deciding.board.forms import ReasonForm
from grants.deciding.board.models import Advice, Endorsement
from grants.deciding.board.order import references_of
from grants.deciding.board.views import application_for, decided, done, place_by_rank, reason_page
from grants.deciding.decisions.case import events_of, frame_of, money_for, ranked_as
from grants.deciding.decisions.case_turn import turn_on
from grants.deciding.reviews.beside import earlier_of, matrix_of
from grants.deciding.reviews.queries import score_summary
from grants.deciding.screening.beside import beside_form, place_among
from grants.integrity.diligence.grantees import gate_of
from grants.integrity.enquiries.queries import answered_of, enquiries_of
from grants.integrity.holds.queries import standing_on
from grants.integrity.risk.queries import TONES, raised_on, rating_of
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.database import session
from grants.platform.web.once import once

pages = Blueprint("decisions", __name__, url_prefix="/decisions")

P, S = Permission, ApplicationState


@pages.get("/<reference>")
@needs(P.REVIEW_SEE)
def show(reference: str) -> ResponseReturnValue:
    """One application: scores, recommendation, the Board's advice, the decision, and what may be
    done next.
    """
    application = application_for(reference)
    frame = frame_of(application)
    if frame["part"]:
        return _show_part(application, frame)
    return render_template(
        "deciding/decisions/decision.html",
        application=application,
        state=APPLICATION.names[application.state],
        matrix=matrix_of(application, viewer()),
        earlier=earlier_of(application, viewer()),
        summary=score_summary(session(), application),
        recommendation=queries.recommendation_for(session(), application),
        advice=queries.advice_on(session(), application),
        minutes_url=_minutes_url(application),
        award=_award_made(application),
        cancelled=_cancelled_awards(application),
        refused=application.state in REFUSED,
        letter=application.state in REFUSED and viewer().may(P.APPLICATION_SEE, application.scope),
        turn=turn_on(application),
        events=events_of(application),
        **frame,
    )


def _show_part(application: Application, frame: Mapping[str, Any]) -> ResponseReturnValue:
    """A part of the case other than the decision, with what may be done next beside it."""
    return render_template(
        "deciding/decisions/case.html",
        application=application,
        state=APPLICATION.names[application.state],
        summary=score_summary(session(), application),
        rank=ranked_as(application),
        turn=turn_on(application),
        **frame,
    )


def _minutes_url(application: Application) -> str:
    if not viewer().may(P.APPLICATION_SEE, application.scope):
        return ""
    return url_for("board.minutes", reference=application.reference)


def _award_made(application: Application) -> Award | None:
    if application.state != S.APPROVED or not viewer().may(P.AWARD_SEE, application.scope):
        return None
    return award_of(session(), application)


def _cancelled_awards(application: Application) -> Sequence[Award]:
    if not viewer().may(P.AWARD_SEE, application.scope):
        return ()
    return cancelled_awards_of(session(), application)


@pages.route("/<reference>/reject", methods=["GET", "POST"])
@needs(P.AWARD_APPROVE)
def reject(reference: str) -> ResponseReturnValue:
    """Decide against an award; the reason goes into the letter."""
    application = application_for(reference, P.AWARD_APPROVE)
    place = place_among(rejection_queue(viewer()), application)
    form = ReasonForm(data={"reason": reason_not_recommended(session(), application)})
    message = _("The application has been rejected and the applicant has been notified.")
    answer = decided(application, form, service.reject, message, place)
    return answer or reason_page(application, form, "reject", place)


@pages.route("/<reference>/approve", methods=["GET", "POST"])
@needs(P.AWARD_APPROVE)
def approve(reference: str) -> ResponseReturnValue:
    """Approve the recommended amount for a period, within the money available."""
    application = application_for(reference, P.AWARD_APPROVE)
    place = place_by_rank(approval_queue(viewer()), application)
    recommendation, advice, approvals = decided_so_far(session(), application)
    period_requested = once(requested_period, application)
    proposed = proposed_terms(period_requested, application.call)
    agreed = _terms_of(approvals[0]) if approvals else proposed
    above = awaiting_with(session(), [application], viewer())[application.id]
    form = ApproveForm(
        data=agreed | {"amount": str(recommendation.amount) if recommendation else ""}
    )
    form.reason.required = bool(above) or _is_against(advice)
    if form.validate_on_submit():
        terms = form.terms()
        with attempt(form) as (opened, outcome):
            award = service.give_approval(opened, application, terms, this_act(form.reason.data))
        if outcome:
            return done(application, _approval_message(award), place)
    fund = application.call.fund
    gate = once(gate_of, session(), application.organisation, viewer())
    unknown = once(lacking, session(), application.organisation, application.call)
    facts = service.CaseFacts(
        gate.state,
        unknown,
        answered_of(once(enquiries_of, session(), application.organisation_id)),
        bool(once(standing_on, session(), application.organisation_id, fund.id)),
        once(awarded_in_call, session(), application.call),
    )
    return render_template(
        "deciding/decisions/approve.html",
        form=form,
        above=references_of(above),
        refused=refusal(lambda: service.require_ready(session(), application, this_act(), facts)),
        asked_period=period_requested,
        proposed=proposed,
        given=approvals,
        needed_approvals=officers_for(application.call, recommendation.amount)
        if recommendation
        else 1,
        recommendation=recommendation,
        advice=advice,
        needed=with_support_cost([recommendation.amount], fund.psc_percent)
        if recommendation
        else None,
        **money_for(application),
        psc=fund.psc_percent / 100,
        summary=once(matrix_of, application, viewer()),
        rank=ranked_as(application),
        gate=gate,
        unknown=unknown,
        rating=None
        if Unknown.RATING in unknown
        else once(rating_of, session(), application.organisation_id, application.fund_id),
        flags=once(raised_on, session(), application.organisation_id),
        tones=TONES,
        **beside_form(application, place),
    )


def _is_against(advice: Advice | None) -> bool:
    return advice is not None and advice.endorsement is Endorsement.NOT_ENDORSED


def _terms_of(approval: Approval) -> dict[str, Any]:
    """What the officer who approved first agreed to: another period would make that void."""
    return {"starts_on": approval.starts_on, "ends_on": approval.ends_on}


def _approval_message(award: Award | None) -> str:
    if award is None:
        return _("Your approval has been recorded. Another officer must approve the award too.")
    return _("Award %(reference)s has been approved.", reference=award.reference)
