"""Pages of receivables: who owes the fund since when, and the allowance for what is doubtful."""

from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.core.texts.formats import day
from grants.giving.receivables import queries, service
from grants.giving.receivables.ageing import AgedPledge
from grants.giving.receivables.forms import ProposeForm
from grants.giving.receivables.models import AllowanceRun
from grants.giving.receivables.workflow import ALLOWANCE, Band
from grants.platform.forms.periods import DayForm
from grants.platform.forms.step_pages import StepPages
from grants.platform.tables.exports import FORMATS, download
from grants.platform.tables.large import as_of_order, reporting
from grants.platform.tables.lists import most_at_once, numbered_page
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.database import session
from grants.platform.web.funds import fund_for_viewer
from grants.platform.web.steps import buttons, possible

pages = Blueprint("receivables", __name__, url_prefix="/receivables")

YEARS_BACK = 5


@pages.get("")
@needs(Permission.LEDGER_SEE)
def allowances() -> ResponseReturnValue:
    """The allowances of every fund whose books the person sees, those that wait first."""
    return render_template(
        "giving/receivables/allowances.html",
        runs=queries.runs_for_viewer(session(), viewer()),
        states=ALLOWANCE.names,
    )


@pages.get("/<code>")
@needs(Permission.LEDGER_SEE)
def index(code: str) -> ResponseReturnValue:
    """Receivables by age at the end of a day; as a file too."""
    fund = fund_for_viewer(code, Permission.LEDGER_SEE)
    form = DayForm()
    form.validate()
    on = form.on.data or clock.today()
    ending = request.args.get("format", "")
    if ending in FORMATS:
        return _ageing_file(fund, on, ending)
    ageing = queries.ageing(session(), fund, on)
    on_page, previous, following = numbered_page(ageing.pledges)
    return render_template(
        "giving/receivables/index.html",
        fund=fund,
        form=form,
        ageing=ageing,
        shown=on_page,
        previous=previous,
        following=following,
        bands=list(Band),
        runs=queries.runs_of(session(), fund),
        states=ALLOWANCE.names,
        may_propose=viewer().may(Permission.RECEIVABLE_PROPOSE, Scope(fund_id=fund.id)),
    )


def _ageing_file(fund: Fund, on: date, ending: str) -> Response:
    """All of them, as they are when the file is made; a long file is made by the worker."""
    heads = [
        _("Pledge"),
        _("Donor"),
        _("Due since"),
        _("Currency"),
        _("Owed"),
        _("Owed, USD"),
        *(str(band.label) for band in Band),
        _("Doubtful, USD"),
    ]
    pledges = queries.ageing(session(), fund, on).pledges

    def written() -> Response:
        rows = (_cells_of(pledge) for pledge in pledges)
        name = f"receivables-{fund.code}-{on.isoformat()}"
        return download(name, ending, heads, reporting(rows, len(pledges)))

    if len(pledges) <= most_at_once(ending, heads):
        return written()
    return as_of_order(written, "receivables", fund.code, on, ending, **DayForm.pinned(on))


def _cells_of(aged: AgedPledge) -> list[object]:
    bands = (aged.usd_in(band) for band in Band)
    owed = aged.owed
    start = (aged.pledge, aged.donor, aged.due_since, owed.currency, owed, aged.usd)
    return [*start, *bands, aged.doubtful_usd]


@pages.route("/<code>/allowance", methods=["GET", "POST"])
@needs(Permission.RECEIVABLE_PROPOSE)
def propose(code: str) -> ResponseReturnValue:
    """Reckon the allowance for a year's end, for another person to approve."""
    fund = fund_for_viewer(code, Permission.LEDGER_SEE)
    this_year = clock.today().year
    form = ProposeForm.of(range(this_year - YEARS_BACK, this_year))
    if form.validate_on_submit():
        as_of = date(int(form.year.data), 12, 31)
        with attempt(form) as (opened, outcome):
            run = service.propose_allowance(opened, fund, as_of, this_act())
        if outcome:
            flash(_("Proposed. Another person must approve it."), "success")
            return redirect(url_for("receivables.show", number=run.id))
    return render_template("giving/receivables/propose.html", fund=fund, form=form)


@pages.get("/allowance/<int:number>")
@needs(Permission.LEDGER_SEE)
def show(number: int) -> ResponseReturnValue:
    """One proposed allowance: what it says, and what can be done with it."""
    run = possible(queries.run_for_viewer(session(), number, viewer()), ALLOWANCE)
    steps = buttons(run, ALLOWANCE, number=run.id)
    used = _why_final(run) if any(step.action == "undo" for step in steps) else ""
    return render_template(
        "giving/receivables/show.html",
        run=run,
        used=used,
        state=ALLOWANCE.names[run.state],
        lines=service.doubtful_of(run.lines),
        bands=list(Band),
        trail=trail_of(session(), "allowance_run", run.id),
        labels={step.action: step.label for step in ALLOWANCE.steps},
        steps=[step for step in steps if not (used and step.action == "undo")],
    )


def _why_final(run: AllowanceRun) -> str:
    """Why a posted allowance can no longer be reversed; empty if it can."""
    return refusal(lambda: service.require_unused(session(), run))


def _find_run(number: int) -> AllowanceRun:
    return queries.run_for_viewer(session(), number, viewer())


run_pages = StepPages(
    pages,
    ALLOWANCE,
    _find_run,
    lambda run: url_for("receivables.show", number=run.id),
    lambda run: (run.fund.code, day(run.as_of)),
)

run_pages.step(
    "approve",
    "/allowance/<int:number>/approve",
    title=_l("Approve and post the allowance"),
    done=_l("The allowance has been posted."),
    template="giving/receivables/decide.html",
)
run_pages.step(
    "reject",
    "/allowance/<int:number>/reject",
    title=_l("Reject the allowance"),
    template="giving/receivables/decide.html",
)
run_pages.step(
    "undo",
    "/allowance/<int:number>/undo",
    check=lambda session, run, _act: service.require_unused(session, run),
    title=_l("Reverse the allowance"),
    template="giving/receivables/decide.html",
)
