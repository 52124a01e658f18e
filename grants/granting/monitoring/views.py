"""Pages on which grants are monitored: the plan, and each visit, spot check and audit."""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel.errors import Forbidden, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import SIGNED
from grants.granting.findings import forms as finding_forms
from grants.granting.findings.queries import grant_for_viewer, owners_of
from grants.granting.monitoring import assurance, forms, queries, service
from grants.granting.monitoring.models import Activity
from grants.granting.monitoring.workflow import ACTIVITY, AHEAD, DONE, ActivityState
from grants.platform.forms.step_pages import StepPages
from grants.platform.forms.typed import counted
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.bulk import Bulk, acts
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.beside import beside
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document
from grants.platform.web.steps import buttons, possible

pages = Blueprint("monitoring", __name__)

P = Permission
ONE = "/monitoring/<reference>"


ACTIVITIES = Listing(
    columns=(
        Column(
            _l("Number"),
            lambda a: a.reference,
            kind="code",
            link=lambda a: url_for("monitoring.show", reference=a.reference),
        ),
        Column(_l("Kind"), lambda a: a.kind.label),
        Column(_l("Grant"), lambda a: a.award.reference, kind="code"),
        Column(_l("Organisation"), lambda a: a.award.organisation.name, worth="name"),
        Column(_l("Led by"), lambda a: a.lead.name),
        Column(_l("Due"), lambda a: a.due_on, kind="date", order="due"),
        Column(_l("Carried out on"), lambda a: a.held_on, kind="date"),
        Column(_l("Status"), lambda a: a.name.staff, tone=lambda a: a.name.tone),
        Column(_l("Purpose"), lambda a: a.purpose, shown=False),
    ),
    orders={
        "due": Order(Activity.due_on, Activity.id),
        "newest": Order(Activity.id, descending=True),
    },
)

NOT_PLANNED = Listing(
    columns=(
        Column(
            _l("Grant"),
            lambda a: a.reference,
            kind="code",
            link=lambda a: url_for("monitoring.of_grant", reference=a.reference),
        ),
        Column(_l("Organisation"), lambda a: a.organisation.name, worth="name"),
        Column(_l("Amount"), lambda a: a.amount, kind="money"),
        Column(_l("Ends"), lambda a: a.ends_on, kind="date", order="end"),
    ),
    orders={"end": Order(Award.ends_on, Award.id)},
)
TOGETHER: list[Bulk] = []
"""What the list of grants without a plan offers for the ticked rows."""


@pages.get("/monitoring")
@in_menu(_l("Monitoring"), 61, count=queries.late_count)
@needs(P.REPORT_SEE)
def index() -> ResponseReturnValue:
    """Every visit, spot check and audit of the funds one works for."""
    form = forms.ActivitiesFilter()
    form.validate()
    criteria = queries.Criteria(form.q.data, form.state.data, form.kind.data)
    listed = ACTIVITIES.of(session(), queries.listed(at_work(), criteria), "monitoring")
    return listed.file or render_template(
        "granting/monitoring/index.html", form=form, listed=listed, fund=_own_fund()
    )


def _own_fund() -> Fund | None:
    """A fund whose rules this person may change."""
    funds = (f for f in all_funds(session()) if at_work().may(P.FINDING_OVERSEE, Scope(f.id)))
    return next(funds, None)


@pages.get("/monitoring/to-plan")
@needs(P.REPORT_SEE)
def to_plan() -> ResponseReturnValue:
    """Running grants without an assurance plan."""
    listed = NOT_PLANNED.of(session(), queries.without_plan(at_work()), "grants-not-planned")
    return listed.file or render_template(
        "granting/monitoring/to_plan.html", listed=listed, acts=acts(*TOGETHER)
    )


def _find_grant(reference: str) -> Award:
    return grant_for_viewer(session(), reference, viewer())


def grant_url(award: Award) -> str:
    return url_for("monitoring.of_grant", reference=award.reference)


def _grant_caption(award: Award) -> tuple[str, str]:
    return award.reference, award.organisation.name


def _is_monitored(award: Award) -> bool:
    return award.state in SIGNED and viewer().may(P.REPORT_SEE, award.scope)


@pages.get("/grants/<reference>/monitoring")
@beside("award", _l("Monitoring"), 24, when=_is_monitored)
@signed_in
def of_grant(reference: str) -> ResponseReturnValue:
    """How one grant is monitored: for the fund with its plan, for the grantee what it expects."""
    award = _find_grant(reference)
    is_staff = viewer().may(P.REPORT_SEE, award.scope)
    runs = award.is_running
    return render_template(
        "granting/monitoring/of_grant.html",
        award=award,
        activities=queries.seen_of(session(), award.id, viewer()),
        plan=queries.plan_of(session(), award) if is_staff else None,
        proposals=assurance.proposal_of(session(), award) if is_staff and runs else (),
        is_staff=is_staff,
        may_plan=runs and viewer().may(P.MONITORING_PLAN, award.scope),
    )


grant_pages = StepPages(pages, None, _find_grant, grant_url, _grant_caption, _l("Monitoring"))

grant_pages.act(
    "plan",
    P.MONITORING_PLAN,
    "/grants/<reference>/assurance",
    lambda award: forms.plan_form(
        queries.plan_of(session(), award),
        [item.kind for item in assurance.proposal_of(session(), award)],
    ),
    lambda opened, award, form, act: assurance.decide_plan(opened, award, form.kinds.data, act),
    check=lambda _session, award, _act: assurance.require_running(award),
    title=_l("Assurance plan"),
    lead=_l(
        "The checks that you tick are planned immediately. Dates and people can "
        "be changed afterwards."
    ),
    button=_l("Decide the plan"),
    done=_l("The assurance plan has been decided."),
    template="granting/monitoring/plan.html",
    facts=lambda award: {"proposals": assurance.proposal_of(session(), award)},
)
grant_pages.act(
    "plan_one",
    P.MONITORING_PLAN,
    "/grants/<reference>/monitoring/new",
    lambda award: forms.activity_form(queries.leads_of(session(), award)),
    lambda opened, award, form, act: service.plan_activity(
        opened, award, form.facts(queries.leads_of(opened, award)), act
    ),
    check=lambda _session, award, _act: assurance.require_running(award),
    title=_l("Plan a visit, a spot check or an audit"),
    button=_l("Plan it"),
    done=_l("Planned. The person who leads it has been notified."),
)


def _fund_of_rules(code: str) -> Fund:
    fund = fund_by_code(session(), code)
    if not viewer().may(P.FINDING_OVERSEE, Scope(fund.id)):
        raise Forbidden(_("Your role does not allow this."))
    return fund


fund_pages = StepPages(
    pages,
    None,
    _fund_of_rules,
    lambda _fund: url_for("monitoring.index"),
    lambda fund: (fund.title,),
    _l("Monitoring"),
)


fund_pages.act(
    "rules",
    P.FINDING_OVERSEE,
    "/monitoring/rules/<code>",
    lambda fund: forms.rules_form(assurance.rules_of(session(), fund)),
    lambda opened, fund, form, act: assurance.set_rules(opened, fund, form.amounts(), act),
    title=_l("Rules for choosing grants"),
    lead=_l(
        "A high-risk grant is proposed for a visit and a spot check whatever its amount. Plans "
        "already decided do not change."
    ),
    button=_l("Save the amounts"),
    done=_l("The amounts have been saved."),
)


def _find_activity(reference: str) -> Activity:
    return possible(queries.activity_for_viewer(session(), reference, viewer()), ACTIVITY)


def _page_of(activity: Activity) -> str:
    return url_for("monitoring.show", reference=activity.reference)


@pages.get(ONE)
@signed_in
def show(reference: str) -> ResponseReturnValue:
    """One visit, spot check or audit: its plan, its report, what was found."""
    activity = _find_activity(reference)
    is_staff = viewer().may(P.REPORT_SEE, activity.scope)
    noted = not refusal(lambda: service.require_seen(activity))
    return render_template(
        "granting/monitoring/activity.html",
        activity=activity,
        is_staff=is_staff,
        prepares=not is_staff and activity.state in AHEAD,
        reads_report=is_staff or activity.state is ActivityState.CLOSED,
        has_report=activity.state in DONE,
        steps=buttons(activity, ACTIVITY, reference=activity.reference),
        may_change=activity.state in AHEAD and viewer().may(P.MONITORING_PLAN, activity.scope),
        may_note=noted and viewer().may(P.FINDING_NOTE, activity.scope),
        trail=trail_of(session(), "monitoring", activity.id),
    )


activity_pages = StepPages(
    pages,
    ACTIVITY,
    _find_activity,
    _page_of,
    lambda activity: (
        activity.reference,
        activity.award.reference,
        activity.award.organisation.name,
    ),
    _l("Visit, spot check or audit"),
)


def _change_activity(
    opened: Session, activity: Activity, form: forms.ActivityForm, act: Act
) -> None:
    activity.seen_at(counted(form.version.data))
    leads = queries.leads_of(opened, activity.award)
    service.change_activity(opened, activity, form.facts(leads, activity.kind), act)


activity_pages.act(
    "change",
    P.MONITORING_PLAN,
    f"{ONE}/change",
    lambda activity: forms.activity_form(queries.leads_of(session(), activity.award), activity),
    _change_activity,
    check=lambda _session, activity, _act: service.require_ahead(activity),
    title=_l("Change the plan"),
    done=_l("The plan has been changed."),
)
activity_pages.step(
    "announce",
    f"{ONE}/announce",
    forms.AnnounceForm,
    lambda opened, activity, form, act: service.announce(
        opened, activity, form.day.data, form.place.data, act
    ),
    lead=_l(
        "The organisation will receive an e-mail with the day, the place, the purpose"
        " and the names of those who will take part."
    ),
    done=_l("Announced. The organisation has been notified."),
)
activity_pages.step(
    "hold",
    f"{ONE}/hold",
    forms.HoldForm,
    lambda opened, activity, form, act: service.hold(opened, activity, form.day.data, act),
    done=_l("Recorded. Write the report, and note the findings."),
)


def _write_report(opened: Session, activity: Activity, form: forms.ReportForm, act: Act) -> None:
    activity.seen_at(counted(form.version.data))
    upload = received(form.file.data) if form.file.data else None
    text, recommendation = form.text.data, form.recommendation.data
    service.report(opened, activity, text, recommendation, act, upload)


activity_pages.step(
    "report",
    f"{ONE}/report",
    forms.report_form,
    _write_report,
    lead=_l("Another person must close it. The organisation can then read it."),
    button=_l("Save the report"),
    done=_l("The report has been saved. Another person can now close it."),
)
activity_pages.step(
    "close",
    f"{ONE}/close",
    forms.CloseForm,
    lambda opened, activity, form, act: service.close(opened, activity, form.conclusion.data, act),
    lead=_l("The organisation will read the report, the recommendation and your conclusion."),
    done=_l("Closed. The organisation has been notified."),
)
activity_pages.step(
    "cancel",
    f"{ONE}/cancel",
    tone="warning",
    done=_l("Cancelled."),
)


@pages.route(f"{ONE}/findings/new", methods=["GET", "POST"])
@needs(P.FINDING_NOTE)
def note(reference: str) -> ResponseReturnValue:
    """Note a finding from what was seen."""
    activity = queries.activity_for_viewer(session(), reference, viewer())
    people = owners_of(session(), activity.award)
    form = finding_forms.observation_form(people, ())
    del form["origin"]
    if form.validate_on_submit():
        observation = form.observed(people, (), activity.kind.source)
        with attempt(form) as (opened, outcome):
            service.note_finding(opened, activity, observation, this_act())
        if outcome:
            flash(
                _("The finding has been noted. The person who answers it has been notified."),
                "success",
            )
            return redirect(_page_of(activity))
    return render_template(
        "layout/step.html",
        form=form,
        to=_page_of(activity),
        caption=_note_caption(activity),
        title=_("Note a finding"),
        lead=_("One finding for each thing that must be put right."),
        button=_("Note the finding"),
        refused=refusal(lambda: service.require_seen(activity)),
    )


def _note_caption(activity: Activity) -> Sequence[str]:
    return activity.reference, activity.award.reference, activity.award.organisation.name


@pages.get(f"{ONE}/files/<int:number>")
@signed_in
def file(reference: str, number: int) -> Response:
    """A file of a report, for those who read the report."""
    activity = queries.activity_for_viewer(session(), reference, viewer())
    reads = activity.state is ActivityState.CLOSED or viewer().may(P.REPORT_SEE, activity.scope)
    for item in activity.files if reads else ():
        if item.id == number:
            return send_document(item.document, activity.scope)
    raise Missing(_("File not found."))
