"""Recommending, approving and turning down several applications at once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.applying.calls.models import Call
from grants.core.audit.act import Act
from grants.core.funds.queries import lock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.people.permissions import Permission
from grants.core.texts.formats import plain_day
from grants.deciding.awards import service
from grants.deciding.awards.forms import ApproveManyForm, RecommendManyForm, ask_why
from grants.deciding.awards.order import awaiting_with
from grants.deciding.awards.queries import approval_queue, rejection_queue
from grants.deciding.board import service as board
from grants.deciding.board.forms import ReasonForm
from grants.deciding.board.order import Placed, passed_over, references_of
from grants.deciding.board.queries import recommendation_queue
from grants.deciding.decisions.decision_views import pages
from grants.deciding.decisions.prospects import (
    Prospect,
    approvable,
    can,
    recommendable,
    rejectable,
    turned_down,
)
from grants.deciding.feedback.beside import FEEDBACK, Written
from grants.deciding.screening.queries import in_states
from grants.platform.forms.forms import Form
from grants.platform.tables.bulk import Bulk, Outlook
from grants.platform.web.access import needs, viewer

P = Permission


def _submitted_for(permission: Permission) -> Callable[[], Select[Application]]:
    """Everything submitted on which this person may act, whatever came of it."""
    states = [state for state in ApplicationState if state is not ApplicationState.DRAFT]

    def query() -> Select[Application]:
        return in_states(viewer(), permission, *states).options(
            joinedload(Application.organisation),
            selectinload(Application.call).joinedload(Call.fund),
        )

    return query


def _in_queue(queue: Callable[..., Select[Application]]) -> Callable[[], Select[Application]]:
    """A queue of this person's, of the call that the address names."""

    def query() -> Select[Application]:
        applications = queue(viewer())
        call = request.args.get("call")
        return (
            applications.where(Application.call.has(Call.reference == call))
            if call
            else applications
        )

    return query


def outlook_on(
    prospect: Prospect, *cells: Any, basis: object = "", above: Sequence[Placed] = ()
) -> Outlook:
    application = prospect.application
    columns = (prospect.score, application.organisation.name, *cells)
    note = _("Ranked above it: %(applications)s.", applications=references_of(above))
    digested = f"{prospect.score} {basis}"
    return Outlook(application, columns, prospect.why_not, digested, note if above else "")


def _ready_ids(prospects: Sequence[Prospect]) -> set[int]:
    return {prospect.application.id for prospect in prospects if not prospect.why_not}


SCORE = {"text": _l("Score"), "kind": "number"}
NAMED = (SCORE, _l("Organisation"))
REQUESTED = {"text": _l("Requested"), "kind": "money"}


def _money_cell(text: Any) -> dict[str, Any]:
    return {"text": text, "kind": "money"}


def _share_requested(form: Any) -> Decimal:
    return Decimal(form.share.data if form.share.data is not None else 100)


def _foresee_recommending(
    opened: Session, applications: Sequence[Application], form: Any, act: Act
) -> list[Outlook]:
    prospects = recommendable(opened, applications, _share_requested(form))
    above = passed_over(opened, applications, act.actor, _ready_ids(prospects))
    return [
        _recommendation_outlook(prospect, above[prospect.application.id]) for prospect in prospects
    ]


def _recommendation_outlook(prospect: Prospect, above: Sequence[Placed]) -> Outlook:
    requested, amount = prospect.application.requested, prospect.amount
    return outlook_on(prospect, requested, amount, basis=amount, above=above)


def _recommend_amount(opened: Session, application: Application, form: Any, act: Act) -> None:
    (prospect,) = recommendable(opened, [application], _share_requested(form))
    departure = form.departure.data or ""
    proposal = board.Proposal(prospect.amount, form.rationale.data, departure=departure)
    board.recommend(opened, application, proposal, act)


def _foresee_approving(
    opened: Session, applications: Sequence[Application], _form: Any, act: Act
) -> list[Outlook]:
    prospects = approvable(opened, applications, act.actor)
    above = awaiting_with(opened, applications, act.actor, _ready_ids(prospects))
    return [_approval_outlook(prospect, above[prospect.application.id]) for prospect in prospects]


def _approval_outlook(prospect: Prospect, above: Sequence[Placed]) -> Outlook:
    terms = prospect.terms
    assert terms is not None
    period = f"{plain_day(terms.starts_on)} – {plain_day(terms.ends_on)}"
    requested = prospect.application.requested
    cells = (requested, terms.amount, period, prospect.approval, prospect.running)
    basis = f"{terms.amount} {terms.starts_on} {terms.ends_on}"
    return outlook_on(prospect, *cells, basis=basis, above=above)


def _approve_award(opened: Session, application: Application, form: Any, act: Act) -> None:
    (prospect,) = approvable(opened, [application], act.actor)
    assert prospect.terms is not None
    departs = awaiting_with(opened, [application], act.actor)[application.id]
    reason = (form.departure.data or None) if departs else None
    service.give_approval(opened, application, prospect.terms, replace(act, reason=reason))


def _lock_funds(opened: Session, ids: Sequence[int]) -> None:
    """The funds first, as an approval of one application does."""
    funds = select(Application.fund_id).where(Application.id.in_(ids)).distinct()
    for fund_id in sorted(opened.scalars(funds)):
        lock(opened, fund_id)


def _foresee_rejecting(
    opened: Session, applications: Sequence[Application], _form: Any, act: Act
) -> list[Outlook]:
    prospects = rejectable(opened, applications, act.actor)
    written = Written.of(opened, applications)
    return [_rejection_outlook(prospect, written) for prospect in prospects]


def _rejection_outlook(prospect: Prospect, written: Written) -> Outlook:
    application, reason = prospect.application, prospect.reason
    basis = f"{reason} {written.basis(application)}"
    return outlook_on(prospect, reason, written.cell(application), basis=basis)


def _reject_application(opened: Session, application: Application, _form: Any, act: Act) -> None:
    (prospect,) = rejectable(opened, [application], act.actor)
    service.reject(opened, application, replace(act, reason=prospect.reason))


def of_applications(permission: Permission, queue: Any, action: str, **more: Any) -> Bulk:
    return Bulk(
        takes=lambda application: can(application, action),
        model=Application,
        seen=_submitted_for(permission),
        queue=_in_queue(queue),
        name=lambda application: str(application.reference),
        status=lambda application: str(APPLICATION.names[application.state].staff),
        **more,
    )


def set_aside(
    queue: Any, action: str, do: Callable[[Session, Application, Act], object], **more: Any
) -> Bulk:
    """A step of the programme on several reviewed applications, for one reason or none."""

    def foresee(
        opened: Session, applications: Sequence[Application], _form: Any, _act: Act
    ) -> list[Outlook]:
        return [outlook_on(p, p.amount) for p in turned_down(opened, applications, action)]

    return of_applications(
        P.AWARD_RECOMMEND,
        queue,
        action,
        heads=(*NAMED, REQUESTED),
        foresee=foresee,
        do=lambda opened, application, _form, act: do(opened, application, act),
        **{"form": ReasonForm, **more},
    )


RECOMMEND = of_applications(
    P.AWARD_RECOMMEND,
    recommendation_queue,
    "recommend",
    text=_l("Recommend"),
    endpoint="decisions.recommend_many",
    heads=(*NAMED, REQUESTED, _money_cell(_l("Recommended"))),
    form=lambda: RecommendManyForm.of(request.args),
    foresee=_foresee_recommending,
    ask=ask_why,
    do=_recommend_amount,
)
RESERVE = set_aside(
    recommendation_queue,
    "keep_in_reserve",
    board.keep_in_reserve,
    text=_p("act", "Place on the reserve list"),
    endpoint="decisions.reserve_many",
)
NOT_RECOMMEND = set_aside(
    recommendation_queue,
    "not_recommend",
    board.not_recommend,
    text=_l("Do not recommend"),
    endpoint="decisions.not_recommend_many",
)
APPROVE = of_applications(
    P.AWARD_APPROVE,
    approval_queue,
    "give_approval",
    text=_l("Approve"),
    endpoint="decisions.approve_many",
    heads=(
        *NAMED,
        REQUESTED,
        _money_cell(_l("Award")),
        _l("Period of the grant"),
        _l("Approval"),
        _money_cell(_l("Running total with programme support costs")),
    ),
    form=ApproveManyForm,
    foresee=_foresee_approving,
    ask=ask_why,
    do=_approve_award,
    before=_lock_funds,
)
REJECT = of_applications(
    P.AWARD_APPROVE,
    rejection_queue,
    "reject",
    text=_l("Reject"),
    endpoint="decisions.reject_many",
    heads=(*NAMED, _l("Reason in the letter"), FEEDBACK),
    form=Form,
    foresee=_foresee_rejecting,
    do=_reject_application,
)
BY_STAGE: dict[str, tuple[Bulk, ...]] = {
    "recommend": (RECOMMEND, RESERVE, NOT_RECOMMEND),
    "promote": (RECOMMEND,),
    "approve": (APPROVE,),
    "reject": (REJECT,),
}
"""What the list of each stage offers."""


def page_of(bulk: Bulk, template: str, stage: str) -> ResponseReturnValue:
    back = url_for("decisions.index", stage=stage, call=request.args.get("call"))
    return bulk.page(f"deciding/decisions/{template}.html", back)


@pages.route("/several/recommend", methods=["GET", "POST"])
@needs(P.AWARD_RECOMMEND)
def recommend_many() -> ResponseReturnValue:
    """Recommend awards on several applications, at the same share of what they request."""
    return page_of(RECOMMEND, "recommend_many", "recommend")


@pages.route("/several/reserve", methods=["GET", "POST"])
@needs(P.AWARD_RECOMMEND)
def reserve_many() -> ResponseReturnValue:
    """Place several applications on the reserve list, for the same reason."""
    return page_of(RESERVE, "reserve_many", "recommend")


@pages.route("/several/not-recommend", methods=["GET", "POST"])
@needs(P.AWARD_RECOMMEND)
def not_recommend_many() -> ResponseReturnValue:
    """Recommend no award on several applications, for the same reason."""
    return page_of(NOT_RECOMMEND, "not_recommend_many", "recommend")


@pages.route("/several/approve", methods=["GET", "POST"])
@needs(P.AWARD_APPROVE)
def approve_many() -> ResponseReturnValue:
    """Approve a list of recommended awards, as far down the ranking as the money goes."""
    return page_of(APPROVE, "approve_many", "approve")


@pages.route("/several/reject", methods=["GET", "POST"])
@needs(P.AWARD_APPROVE)
def reject_many() -> ResponseReturnValue:
    """Reject several applications; each gets its letter with its own reason."""
    return page_of(REJECT, "reject_many", "reject")
