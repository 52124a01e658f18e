"""Pages on which an organisation is rated and flags are raised, regraded and lifted."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import organisation_by_code
from grants.integrity.risk import queries, service
from grants.integrity.risk.forms import FlagForm, LiftForm, RateForm, RegradeForm
from grants.integrity.risk.models import Concern, Flag, Risk, Severity
from grants.integrity.risk.service import Raised
from grants.integrity.risk.workflow import FLAG
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.steps import possible

pages = Blueprint("risk", __name__, url_prefix="/due-diligence")

P = Permission


def _funds() -> Sequence[Fund]:
    """The funds for which this person examines organisations."""
    funds = viewer().funds_with(P.DUE_DILIGENCE_RECOMMEND)
    query = select(Fund).order_by(Fund.id)
    return session().scalars(query if funds is None else query.where(Fund.id.in_(funds))).all()


def _to(code: str) -> ResponseReturnValue:
    return redirect(url_for("diligence.organisation", code=code))


@pages.route("/organisations/<code>/risk", methods=["GET", "POST"])
@needs(P.DUE_DILIGENCE_RECOMMEND)
def rate(code: str) -> ResponseReturnValue:
    """Rate the risk of an organisation for the grants of a fund."""
    organisation = organisation_by_code(session(), code)
    form = RateForm(funds=_funds())
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            fund = fund_by_code(opened, form.code)
            level = Risk.of(form.level.data)
            service.rate_risk(opened, organisation, fund, level, this_act(form.reason.data))
        if outcome:
            flash(_("The risk rating has been recorded."), "success")
            return _to(code)
    return render_template(
        "integrity/form.html",
        organisation=organisation,
        form=form,
        heading=_("Rate the risk"),
        lead=_(
            "The rating sets how grants are paid and reported on: the first instalment, the number "
            "of instalments and of reports."
        ),
        verb=_("Record the rating"),
    )


def _suggested() -> dict[str, str]:
    """What another page suggests to raise a flag about: the address says it, a person checks it."""
    asked = {"concern": request.args.get("concern"), "text": request.args.get("text")}
    return {name: text[:1000] for name, text in asked.items() if text}


@pages.route("/organisations/<code>/flags/new", methods=["GET", "POST"])
@needs(P.DUE_DILIGENCE_RECOMMEND)
def raise_flag(code: str) -> ResponseReturnValue:
    """Raise a flag on an organisation."""
    organisation = organisation_by_code(session(), code)
    form = FlagForm(funds=_funds(), data=_suggested())
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            raised = Raised(
                Severity.of(form.severity.data), Concern.of(form.concern.data), form.text.data
            )
            fund = fund_by_code(opened, form.code)
            service.raise_flag(opened, organisation, fund, raised, this_act())
        if outcome:
            flash(_("The flag has been raised."), "success")
            return _to(code)
    return render_template(
        "integrity/form.html",
        organisation=organisation,
        form=form,
        heading=_("Raise a flag"),
        lead=_(
            "Everyone who decides on a grant to this organisation sees its flags, in every fund."
        ),
        verb=_("Raise the flag"),
    )


def _flag(number: int) -> Flag:
    return possible(queries.flag_for_viewer(session(), number, viewer()), FLAG)


@pages.route("/flags/<int:number>/severity", methods=["GET", "POST"])
@needs(P.DUE_DILIGENCE_RECOMMEND)
def regrade(number: int) -> ResponseReturnValue:
    """Change how much a flag weighs, with the reason."""
    flag = _flag(number)
    form = RegradeForm(data={"severity": flag.severity})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            severity = Severity.of(form.severity.data)
            service.regrade(opened, flag, severity, this_act(form.reason.data))
        if outcome:
            flash(_("The severity has been changed."), "success")
            return _to(flag.organisation.code)
    return _step_page(flag, form, "regrade")


@pages.route("/flags/<int:number>/lift", methods=["GET", "POST"])
@needs(P.DUE_DILIGENCE_DECIDE)
def lift(number: int) -> ResponseReturnValue:
    """Lift a flag that another person raised, with the reason."""
    flag, form = _flag(number), LiftForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.lift(opened, flag, this_act(form.reason.data))
        if outcome:
            flash(_("The flag has been lifted."), "success")
            return _to(flag.organisation.code)
    return _step_page(flag, form, "lift")


def _step_page(flag: Flag, form: RegradeForm | LiftForm, action: str) -> ResponseReturnValue:
    return render_template(
        "integrity/risk/step.html",
        flag=flag,
        form=form,
        step=FLAG.step(action),
        tone=queries.TONES[flag.severity],
    )
