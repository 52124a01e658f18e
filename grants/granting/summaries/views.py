"""The pages on which the fund releases what grantees wrote for the public."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.announcements.public_names import is_named
from grants.deciding.awards.models import Award
from grants.granting.agreements.queries import grant_for_viewer
from grants.granting.reporting.public_summary import summary_in
from grants.granting.summaries import queries, service
from grants.granting.summaries.forms import SummaryForm
from grants.granting.summaries.measured import publishable_results
from grants.granting.summaries.models import PublicSummary, SummaryDecision
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

pages = Blueprint("summaries", __name__)

WAITING = Listing(
    columns=(
        Column(
            _l("Grant"),
            lambda award: award.reference,
            kind="code",
            link=lambda award: url_for("summaries.decide", reference=award.reference),
        ),
        Column(_l("Organisation"), lambda award: award.organisation.name, worth="name"),
        Column(_l("Project"), lambda award: award.title, worth="title"),
    ),
    orders={"oldest": Order(Award.id)},
)


@pages.get("/public-summaries")
@needs(Permission.SUMMARY_RELEASE)
def index() -> ResponseReturnValue:
    """Summaries that wait for a decision."""
    listed = WAITING.of(session(), queries.to_decide(at_work()), "public-summaries")
    return listed.file or render_template("granting/summaries/index.html", listed=listed)


@pages.route("/grants/<reference>/public-summary", methods=["GET", "POST"])
@needs(Permission.SUMMARY_RELEASE)
def decide(reference: str) -> ResponseReturnValue:
    """Publish what the organisation wrote for the public, or do not."""
    award = grant_for_viewer(session(), reference, viewer())
    report = queries.report_with_summary(session(), award)
    if report is None:
        raise Missing(_("The final report of this grant has no summary for the public."))
    decided = queries.decision_on(session(), award)
    form = SummaryForm(publishable_results(report).values(), data=_decided(decided))
    if form.validate_on_submit():
        released = form.decision.data == SummaryDecision.RELEASED
        with attempt(form) as (opened, outcome):
            if released:
                service.release_summary(opened, award, this_act(), form.chosen)
            else:
                service.withhold_summary(opened, award, this_act(form.reason.data))
        if outcome:
            flash(_("Saved. The public pages and files are up to date."), "success")
            return redirect(url_for("agreements.show", reference=reference))
    return render_template(
        "granting/summaries/decide.html",
        award=award,
        report=report,
        text=summary_in(report),
        is_named=is_named(award),
        form=form,
    )


def _decided(summary: PublicSummary | None) -> dict[str, Any]:
    """What was decided before, as the form shows it."""
    if summary is None:
        return {"decision": ""}
    chosen = [str(row["number"]) for row in summary.results]
    return {"decision": summary.decision.value, "results": chosen}
