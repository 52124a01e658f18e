"""Pages on which the secretariat proposes a decision and the Board's advice is recorded."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.core.audit.act import Act
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.deciding.board import queries, service
from grants.deciding.board.forms import (
    AdviceForm,
    ReasonForm,
    RecommendForm,
    ReviseForm,
    shown_amount,
)
from grants.deciding.board.order import neighbours, passed_over
from grants.deciding.board.service import BoardAdvice
from grants.deciding.reviews.beside import matrix_of
from grants.deciding.screening.beside import beside_form, go_on, of_call, place_among
from grants.deciding.screening.queries import application_of
from grants.platform.documents.service import keep
from grants.platform.tables.cases import Place
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document
from grants.platform.web.once import once
from grants.platform.web.steps import possible

pages = Blueprint("board", __name__, url_prefix="/decisions")

P, S = Permission, ApplicationState


def application_for(reference: str, permission: Permission = P.REVIEW_SEE) -> Application:
    """One application of the list of decisions; Missing without the permission in its fund."""
    return possible(application_of(session(), reference, viewer(), permission), APPLICATION)


def done(application: Application, message: str, place: Place | None = None) -> ResponseReturnValue:
    """Say what was done: on the page of the decision, or on that of the next one in the queue."""
    flash(message, "success")
    return go_on(place, url_for("decisions.show", reference=application.reference))


def decided(
    application: Application,
    form: Any,
    act: Callable[[Session, Application, Act], object],
    message: str,
    place: Place | None,
) -> ResponseReturnValue | None:
    """Take a step for the reason that a form gives, if one was sent; None: show the form."""
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            act(opened, application, this_act(form.reason.data or None))
        if outcome:
            return done(application, message, place)
    return None


def reason_page(
    application: Application, form: ReasonForm, action: str, place: Place | None
) -> ResponseReturnValue:
    """The page that asks for nothing but the reason of a step."""
    return render_template(
        "deciding/board/reason.html",
        form=form,
        step=APPLICATION.step(action),
        ends=action == "reject",
        **beside_form(application, place),
    )


def _to_recommend(application: Application) -> Place | None:
    """The place of an application among those that wait for a recommendation."""
    return place_by_rank(queries.recommendation_queue(viewer()), application)


def place_by_rank(queue: Select[Application], application: Application) -> Place | None:
    """The place of an application in a queue in which the best of a call comes first."""
    call = request.args.get("call")
    neighbouring = neighbours(session(), of_call(queue, call), application)
    return (
        Place(
            neighbouring.number, neighbouring.count, neighbouring.previous, neighbouring.following
        )
        if neighbouring
        else None
    )


@pages.route("/<reference>/recommend", methods=["GET", "POST"])
@needs(P.AWARD_RECOMMEND)
def recommend(reference: str) -> ResponseReturnValue:
    """Recommend an amount, or change the recommendation."""
    application = application_for(reference, P.AWARD_RECOMMEND)
    place = _to_recommend(application)
    changes = application.state == S.RECOMMENDED
    above = passed_over(session(), [application], viewer())[application.id]
    form = (ReviseForm if changes else RecommendForm).of(above, _proposed_data(application))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            if isinstance(form, ReviseForm):
                act = this_act(form.reason.data)
                service.revise(opened, application, form.proposal(), act)
            else:
                service.recommend(opened, application, form.proposal(), this_act())
        if outcome:
            return done(application, _("The recommendation has been recorded."), place)
    return render_template(
        "deciding/board/recommend.html",
        form=form,
        changes=changes,
        summary=once(matrix_of, application, viewer()),
        **beside_form(application, place),
    )


def _proposed_data(application: Application) -> dict[str, object]:
    recommendation = once(queries.recommendation_for, session(), application)
    if recommendation is None:
        return {"amount": application.requested}
    return {
        "amount": recommendation.amount,
        "rationale": recommendation.rationale,
        "override": recommendation.override,
        "departure": recommendation.departure,
    }


@pages.route("/<reference>/reserve", methods=["GET", "POST"])
@needs(P.AWARD_RECOMMEND)
def reserve(reference: str) -> ResponseReturnValue:
    """Keep it on the reserve list, with the reason."""
    message = _("The application has been placed on the reserve list.")
    return _with_reason(reference, "keep_in_reserve", service.keep_in_reserve, message)


@pages.route("/<reference>/not-recommend", methods=["GET", "POST"])
@needs(P.AWARD_RECOMMEND)
def not_recommend(reference: str) -> ResponseReturnValue:
    """Do not recommend it, with the reason."""
    message = _("The application has not been recommended.")
    return _with_reason(reference, "not_recommend", service.not_recommend, message)


def _with_reason(
    reference: str,
    action: str,
    act: Callable[[Session, Application, Act], object],
    message: str,
) -> ResponseReturnValue:
    application = application_for(reference, P.AWARD_RECOMMEND)
    place, form = _to_recommend(application), ReasonForm()
    answer = decided(application, form, act, message, place)
    return answer or reason_page(application, form, action, place)


@pages.route("/<reference>/advice", methods=["GET", "POST"])
@needs(P.AWARD_ADVISE)
def advise(reference: str) -> ResponseReturnValue:
    """Record what the Board said in a session on paper, with its signed minutes."""
    application = application_for(reference, P.AWARD_ADVISE)
    place = place_among(queries.advice_queue(viewer()), application)
    recommendation = once(queries.recommendation_for, session(), application)
    form = AdviceForm(data={"amount": str(recommendation.amount) if recommendation else ""})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            minutes = keep(
                opened, received(form.minutes.data), this_act(), accept=(".pdf",), signed=True
            )
            advice = BoardAdvice(
                form.session_on.data,
                form.endorsement.data,
                shown_amount(form.amount),
                form.remarks.data or "",
                minutes=minutes,
            )
            service.record_advice(opened, application, advice, this_act())
        if outcome:
            return done(application, _("The Board’s advice has been recorded."), place)
    return render_template(
        "deciding/board/advice.html",
        form=form,
        recommendation=recommendation,
        **beside_form(application, place),
    )


@pages.get("/<reference>/minutes")
@needs(P.APPLICATION_SEE)
def minutes(reference: str) -> Response:
    """The signed minutes of a session on paper. They may speak of other applications too, so
    trustees and reviewers do not get them.
    """
    application = application_for(reference, P.APPLICATION_SEE)
    advice = queries.advice_on(session(), application)
    if advice is None or advice.minutes is None:
        raise Missing(_("File not found."))
    return send_document(advice.minutes, application.scope)
