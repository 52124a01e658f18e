"""The page of one application's decision, its approval and its rejection."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.asked import asked_period
from grants.applying.applications.models import Application
from grants.applying.applications.queries import steps_of
from grants.applying.applications.workflow import APPLICATION, REFUSED, SCORED, ApplicationState
from grants.books.ledger.queries import balances
from grants.books.ledger.spending import with_support_cost
from grants.core.kernel.formats import plain_money
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.deciding.awards import service
from grants.deciding.awards.case import frame_of, ranked_as
from grants.deciding.awards.forms import ApproveForm
from grants.deciding.awards.models import Award
from grants.deciding.awards.period import proposed_terms
from grants.deciding.awards.queries import award_of, cancelled_awards_of
from grants.deciding.awards.workflow import AWARD
from grants.deciding.board import queries
from grants.deciding.board.forms import ReasonForm
from grants.deciding.board.views import application_for, done, reason_page
from grants.deciding.reviews.queries import score_summary, visible_reviews
from grants.deciding.reviews.scoring import spread
from grants.integrity.diligence.grantees import gate_of
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.beside import beside
from grants.platform.web.database import session
from grants.platform.web.steps import buttons

pages = Blueprint("decisions", __name__, url_prefix="/decisions")

P, S = Permission, ApplicationState


@pages.get("/<reference>")
@beside("application", _l("Scores and decision"), 30, lambda a: a.state in SCORED)
@needs(P.REVIEW_SEE)
def show(reference: str) -> ResponseReturnValue:
    """One application: scores, recommendation, the Board's advice, the decision, and what may be
    done next.
    """
    application = application_for(reference)
    frame = frame_of(application)
    if frame["part"]:
        return _part(application, frame)
    reviews = visible_reviews(session(), application, viewer())
    totals = [review.total for review in reviews if review.total is not None]
    return render_template(
        "deciding/awards/decision.html",
        application=application,
        state=APPLICATION.names[application.state],
        reviews=reviews,
        summary=score_summary(session(), application),
        spread=spread(totals) if totals else None,
        recommendation=queries.recommendation_for(session(), application),
        advice=queries.advice_on(session(), application),
        minutes_url=_minutes(application),
        award=_award(application),
        cancelled=_cancelled(application),
        refused=application.state in REFUSED,
        letter=application.state in REFUSED and viewer().may(P.APPLICATION_SEE, application.scope),
        steps=buttons(application, APPLICATION, reference=application.reference),
        events=_events(application),
        **frame,
    )


def _part(application: Application, frame: Mapping[str, Any]) -> ResponseReturnValue:
    """Another part of the case, with what may be done next beside it."""
    return render_template(
        "deciding/awards/case.html",
        application=application,
        state=APPLICATION.names[application.state],
        names=AWARD.names,
        summary=score_summary(session(), application),
        rank=ranked_as(application),
        steps=buttons(application, APPLICATION, reference=application.reference),
        **frame,
    )


def _minutes(application: Application) -> str:
    if not viewer().may(P.APPLICATION_SEE, application.scope):
        return ""
    return url_for("board.minutes", reference=application.reference)


def _award(application: Application) -> Award | None:
    if application.state != S.APPROVED or not viewer().may(P.AWARD_SEE, application.scope):
        return None
    return award_of(session(), application)


def _cancelled(application: Application) -> Sequence[Award]:
    if not viewer().may(P.AWARD_SEE, application.scope):
        return ()
    return cancelled_awards_of(session(), application)


HAPPENED = {
    "create": _l("Begun"),
    "submit": _p("application", "Received"),
    "find_eligible": _l("Found eligible"),
    "find_ineligible": _l("Found not eligible"),
    "assign_reviewers": _l("Reviewers invited"),
    "complete_review": _l("Reviews complete"),
    "recommend": _l("Recommended"),
    "revise": _l("Recommendation changed"),
    "keep_in_reserve": _l("Placed on the reserve list"),
    "not_recommend": _l("Not recommended"),
    "record_advice": _l("Advice of the Board recorded"),
    "approve": _l("Approved"),
    "cancel_award": _l("Award cancelled"),
    "reject": _l("Rejected"),
    "withdraw": _l("Withdrawn"),
}


def _events(application: Application) -> list[dict[str, object]]:
    """Each step with who took it and why, the amount where it is about one."""
    events: list[dict[str, object]] = []
    for row in steps_of(session(), application):
        amount = row.facts.get("amount")
        amount_text = plain_money(Money.parse(amount, "USD")) if amount else ""
        said = " · ".join(filter(None, (amount_text, row.reason)))
        title = str(HAPPENED[row.action])
        events.append({"title": title, "at": row.at, "by": row.actor, "text": said})
    return events


@pages.route("/<reference>/reject", methods=["GET", "POST"])
@needs(P.AWARD_APPROVE)
def reject(reference: str) -> ResponseReturnValue:
    """Decide against an award; the reason goes into the letter."""
    application = application_for(reference, P.AWARD_APPROVE)
    form = ReasonForm(data={"reason": _reason_not_recommended(application)})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.reject(opened, application, this_act(form.reason.data))
        if outcome:
            return done(
                application,
                _("The application has been rejected and the applicant has been notified."),
            )
    return reason_page(application, form, "reject")


def _reason_not_recommended(application: Application) -> str:
    reasons = [
        row.reason or ""
        for row in steps_of(session(), application)
        if row.action == "not_recommend"
    ]
    return reasons[-1] if reasons else ""


@pages.route("/<reference>/approve", methods=["GET", "POST"])
@needs(P.AWARD_APPROVE)
def approve(reference: str) -> ResponseReturnValue:
    """Approve the recommended amount for a period, within the money available."""
    application = application_for(reference, P.AWARD_APPROVE)
    known = queries.recommendation_for(session(), application)
    asked = asked_period(session(), application)
    proposed = proposed_terms(asked, application.call)
    form = ApproveForm(data=proposed | {"amount": str(known.amount) if known else ""})
    if form.validate_on_submit():
        terms = form.terms()
        with attempt(form) as (opened, outcome):
            award = service.approve(opened, application, terms, this_act(form.reason.data))
        if outcome:
            return done(
                application, _("Award %(reference)s is approved.", reference=award.reference)
            )
    fund = application.call.fund
    return render_template(
        "deciding/awards/approve.html",
        application=application,
        form=form,
        refused=refusal(lambda: service.require_ready(session(), application, this_act())),
        asked_period=asked,
        proposed=proposed,
        recommendation=known,
        advice=queries.advice_on(session(), application),
        needed=with_support_cost([known.amount], fund.psc_percent) if known else None,
        available=balances(session(), fund).available,
        psc=fund.psc_percent / 100,
        summary=score_summary(session(), application),
        rank=ranked_as(application),
        gate=gate_of(session(), application.organisation, viewer()),
    )
