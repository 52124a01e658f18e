"""Runs of statements: order one, see how far it is, fetch what it printed."""

from flask import Blueprint, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from grants.core.audit.queries import trail_of
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.papers.printing import jobs, service
from grants.papers.printing.forms import EVERY, OWN, RunForm
from grants.papers.printing.models import StatementRun
from grants.papers.printing.queries import run_for, runs_for
from grants.papers.printing.workflow import RUN, RunState
from grants.platform.documents.store import store
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session, transaction
from grants.platform.web.funds import funds_for_viewer
from grants.platform.web.steps import buttons

pages = Blueprint("printing", __name__, url_prefix="/statements/runs")
P = Permission

RUNS = Listing(
    columns=(
        Column(_l("Number"), lambda r: r.id, link=lambda r: url_for("printing.show", number=r.id)),
        Column(_l("Fund"), lambda r: r.fund.code if r.fund else _("All funds")),
        Column(_l("First day"), lambda r: r.first_on),
        Column(_l("Last day"), lambda r: r.last_on),
        Column(
            _l("Status"),
            lambda r: RUN.names[r.state].staff,
            tone=lambda r: RUN.names[r.state].tone,
        ),
        Column(_l("Statements"), lambda r: r.total - len(r.failures), kind="number"),
        Column(_l("Ordered by"), lambda r: r.ordered_by.name, worth="name"),
        Column(_l("Ordered at"), lambda r: r.ordered_at, kind="moment"),
    ),
    orders={"newest": Order(StatementRun.id, StatementRun.id, descending=True)},
)


def _new_form() -> RunForm:
    person, year = viewer(), clock.today().year - 1
    funds = funds_for_viewer(P.STATEMENT_ISSUE)
    last_year = clock.today().replace(year=year, month=1, day=1)
    return RunForm(
        funds,
        every=person.may(P.STATEMENT_ISSUE, Scope()),
        data={
            "fund": EVERY if person.may(P.STATEMENT_ISSUE, Scope()) else None,
            "since": last_year,
            "until": last_year.replace(month=12, day=31),
            "language": OWN,
        },
    )


@pages.get("")
@needs(P.STATEMENT_ISSUE)
def index() -> ResponseReturnValue:
    """Every run, the newest first."""
    listed = RUNS.of(session(), runs_for(at_work()), "statement-runs")
    return listed.file or render_template("papers/printing/index.html", listed=listed)


@pages.route("/new", methods=["GET", "POST"])
@needs(P.STATEMENT_ISSUE)
def new() -> ResponseReturnValue:
    """Order every donor's statement of a period."""
    form = _new_form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            fund = None if form.fund.data == EVERY else fund_by_code(opened, form.fund.data)
            run = service.order(opened, fund, form.span, form.spoken, this_act())
            jobs.begin(opened, run)
        if outcome:
            return redirect(url_for("printing.show", number=run.id), 303)
    return render_template("papers/printing/new.html", form=form)


@pages.get("/<int:number>")
@needs(P.STATEMENT_ISSUE)
def show(number: int) -> ResponseReturnValue:
    """How far a run is, what could not be made, and what it printed."""
    run = run_for(session(), viewer(), number)
    return render_template(
        "papers/printing/show.html",
        run=run,
        state=RUN.names[run.state],
        at_work=run.state is RunState.ORDERED,
        there=store().has(jobs.bundle_of(number)),
        steps=buttons(run, RUN, number=run.id),
        trail=trail_of(session(), "statement_run", run.id),
    )


@pages.post("/<int:number>/cancel")
@needs(P.STATEMENT_ISSUE)
def cancel(number: int) -> ResponseReturnValue:
    """Stop it; what is printed stays."""
    with transaction() as opened:
        service.cancel(opened, run_for(opened, viewer(), number), this_act())
    return redirect(url_for("printing.show", number=number), 303)


@pages.post("/<int:number>/resume")
@needs(P.STATEMENT_ISSUE)
def resume(number: int) -> ResponseReturnValue:
    """Let it go on."""
    with transaction() as opened:
        run = run_for(opened, viewer(), number)
        service.resume(opened, run, this_act())
        jobs.begin(opened, run)
    return redirect(url_for("printing.show", number=number), 303)


@pages.get("/<int:number>/statements.zip")
@needs(P.STATEMENT_ISSUE)
def download(number: int) -> ResponseReturnValue:
    """Everything it printed, with the manifest."""
    run = run_for(session(), viewer(), number)
    try:
        content = store().open(jobs.bundle_of(run.id))
    except FileNotFoundError:
        raise Missing(_("The statements of this batch are not ready yet.")) from None
    name = f"statements-{run.id}.zip"
    answer = send_file(content, "application/zip", as_attachment=True, download_name=name)
    answer.call_on_close(content.close)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
