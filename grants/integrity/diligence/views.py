"""Pages of due diligence: examining a donor, recommending, deciding, and a fund's rules."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import require
from grants.core.audit.queries import trail_of
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.people.permissions import Permission
from grants.core.people.queries import organisation_by_code
from grants.core.people.viewer import Scope
from grants.integrity.diligence import service
from grants.integrity.diligence.forms import (
    CaseFilter,
    DecideForm,
    EvidenceForm,
    OpenForm,
    Questions,
    ReasonForm,
    RecommendForm,
    RulesForm,
    questions_form,
)
from grants.integrity.diligence.models import DueDiligence
from grants.integrity.diligence.queries import (
    case_for_viewer,
    cases_for_viewer,
    criteria_of,
    evidence_of,
    rules_of,
)
from grants.integrity.diligence.rules import set_rules
from grants.integrity.diligence.workflow import DILIGENCE, DONE, DiligenceState
from grants.integrity.sanctions.queries import hits_of
from grants.integrity.sanctions.workflow import HIT
from grants.platform.forms.step_pages import StepPages
from grants.platform.tables.cases import from_list
from grants.platform.tables.columns import age, next_step, waits_in
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.tables.next_steps import next_pages
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.again import files_ask_first
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document
from grants.platform.web.funds import funds_for_viewer
from grants.platform.web.steps import buttons

pages = Blueprint("diligence", __name__, url_prefix="/due-diligence")


def _page_of(examination: DueDiligence) -> str:
    return url_for("diligence.show", case_id=examination.id)


def _in_list(examination: DueDiligence) -> str:
    return from_list("diligence.show", case_id=examination.id)


CASES = Listing(
    columns=(
        Column(_l("Organisation"), lambda c: c.organisation.name, link=_in_list),
        Column(_l("Type of organisation"), lambda c: c.organisation.kind.label, shown=False),
        Column(_l("Fund"), lambda c: c.fund.code),
        Column(_l("Started on"), lambda c: clock.day_of(c.begun_at), kind="date", shown=False),
        Column(_l("Decided on"), lambda c: c.decided_on, kind="date"),
        Column(_l("Valid until"), lambda c: c.valid_until, kind="date"),
        Column(
            _l("Status"),
            lambda c: DILIGENCE.names[c.state].staff,
            tone=lambda c: DILIGENCE.names[c.state].tone,
        ),
        next_step(DILIGENCE),
        age(lambda c: c.begun_at, waits_in(DILIGENCE)),
        Column(
            _p("act", "Recommended"), lambda c: c.proposal.label if c.proposal else "", shown=False
        ),
        Column(_l("Conditions or reason"), lambda c: c.decision, shown=False),
        Column(_l("Imported from earlier records"), lambda c: c.taken_over, shown=False),
    ),
    orders={"newest": Order(DueDiligence.id, descending=True)},
)


def _wanted_by(form: CaseFilter) -> Select[DueDiligence]:
    """The examinations that the address asks for."""
    form.validate()
    return cases_for_viewer(at_work(), DiligenceState(form.state.data) if form.state.data else None)


@pages.get("")
@needs(Permission.DUE_DILIGENCE_SEE)
@files_ask_first
def index() -> ResponseReturnValue:
    """Every examination; as a file too."""
    form = CaseFilter()
    listed = CASES.of(session(), _wanted_by(form), "due-diligence")
    listed = listed.linked("next-step", next_pages(DILIGENCE, lambda c: {"case_id": c.id}))
    return listed.file or render_template(
        "integrity/diligence/index.html", listed=listed, form=form, funds=funds_for_viewer(_DECIDE)
    )


_RECOMMEND = Permission.DUE_DILIGENCE_RECOMMEND
_DECIDE = Permission.DUE_DILIGENCE_DECIDE


@pages.route("/new/<code>", methods=["GET", "POST"])
@needs(Permission.DUE_DILIGENCE_RECOMMEND)
def new(code: str) -> ResponseReturnValue:
    """Begin to examine a donor."""
    organisation = organisation_by_code(session(), code)
    form = OpenForm(funds=funds_for_viewer(_RECOMMEND))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            fund = fund_by_code(opened, form.code)
            examination = service.open_case(opened, organisation, fund, this_act())
        if outcome:
            return redirect(url_for("diligence.answers", case_id=examination.id))
    refused = refusal(lambda: service.require_none_open(session(), organisation))
    return render_template(
        "integrity/diligence/new.html", form=form, organisation=organisation, refused=refused
    )


@pages.get("/<int:case_id>")
@needs(Permission.DUE_DILIGENCE_SEE)
def show(case_id: int) -> ResponseReturnValue:
    """One examination: what was asked and found, the screening, who decided what."""
    examination = case_for_viewer(session(), case_id, viewer())
    hits = hits_of(session(), examination.organisation_id)
    return render_template(
        "integrity/diligence/show.html",
        case=examination,
        in_list=CASES.beside(session(), _wanted_by(CaseFilter()), examination, "diligence.index"),
        name=DILIGENCE.names[examination.state],
        criteria=criteria_of(examination),
        hits=hits,
        hit_names=HIT.names,
        trail=trail_of(session(), "due_diligence", examination.id),
        done=DONE,
        acts=buttons(examination, DILIGENCE, case_id=examination.id),
    )


def _find_case(case_id: int) -> DueDiligence:
    return case_for_viewer(session(), case_id, viewer())


case_pages = StepPages(
    pages, DILIGENCE, _find_case, _page_of, lambda examination: (examination.organisation.name,)
)


def _answer_criteria(opened: Session, examination: DueDiligence, form: Questions, act: Act) -> None:
    """Each criterion: was something found, and where did one look?"""
    if "rest" in request.form:
        form.find_nothing_else()
    service.answer(opened, examination, form.answers(), form.names(), act)


case_pages.step(
    "answer",
    "/<int:case_id>/answers",
    questions_form,
    _answer_criteria,
    title=_l("Criteria for refusing an organisation"),
    done=_l("Saved."),
    template="integrity/diligence/answers.html",
)
case_pages.act(
    "attach",
    _RECOMMEND,
    "/<int:case_id>/evidence",
    EvidenceForm,
    lambda opened, examination, form, act: service.attach(
        opened, examination, received(form.file.data), form.about.data or "", act
    ),
    check=lambda session, examination, act: require(session, examination, DILIGENCE, "answer", act),
    title=_l("Add a file"),
    button=_l("Save the file"),
    done=_l("The file has been saved."),
)


@pages.get("/<int:case_id>/evidence/<int:evidence_id>")
@needs(Permission.DUE_DILIGENCE_SEE)
def evidence(case_id: int, evidence_id: int) -> ResponseReturnValue:
    """A file of an examination, as a download."""
    examination = case_for_viewer(session(), case_id, viewer())
    return send_document(evidence_of(examination, evidence_id).document, examination.scope)


case_pages.step(
    "recommend",
    "/<int:case_id>/recommend",
    RecommendForm,
    lambda opened, examination, form, act: service.recommend(
        opened, examination, form.outcome.data, act
    ),
    check=lambda _session, examination, _act: service.require_complete(examination),
    lead=_l(
        "Every criterion must be answered, and every possible match with the sanctions list "
        "decided."
    ),
    done=_l("Recommended. Another person must now decide."),
)
case_pages.step(
    "clear",
    "/<int:case_id>/decide",
    DecideForm,
    lambda opened, examination, form, act: service.decide(
        opened, examination, form.outcome.data, act
    ),
    title=_l("Decide"),
    lead=lambda examination: _(
        "Recommended: %(outcome)s",
        outcome=examination.proposal.label if examination.proposal else "",
    ),
    done=_l("The decision has been recorded."),
)
case_pages.step("send_back", "/<int:case_id>/send-back", ReasonForm, done=_l("Returned."))
case_pages.step(
    "revoke", "/<int:case_id>/revoke", ReasonForm, done=_l("The clearance has been revoked.")
)


@pages.route("/rules/<code>", methods=["GET", "POST"])
@needs(Permission.DUE_DILIGENCE_DECIDE)
def rules(code: str) -> ResponseReturnValue:
    """How a fund examines."""
    fund = fund_by_code(session(), code)
    if not viewer().may(_DECIDE, Scope(fund_id=fund.id)):
        raise Forbidden(_("Your role does not allow this."))
    form = RulesForm.of(rules_of(session(), fund))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            set_rules(opened, fund, form.rules(), this_act())
        if outcome:
            flash(_("Saved."), "success")
            return redirect(url_for("diligence.index"))
    return render_template("integrity/diligence/rules.html", form=form, fund=fund)
