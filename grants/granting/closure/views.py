"""The page on which a grant is closed."""

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AWARD
from grants.granting.agreements.queries import grant_for_viewer, progress_of
from grants.granting.agreements.views import seen_version, to_grant
from grants.granting.closure import service
from grants.granting.closure.forms import CloseForm
from grants.granting.closure.queries import finished
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.lists import Column, Listing, Order
from grants.platform.web.steps import possible

pages = Blueprint("closure", __name__)


FINISHED = Listing(
    columns=(
        Column(
            _l("Number"),
            lambda a: a.reference,
            link=lambda a: url_for("closure.close", reference=a.reference),
        ),
        Column(_l("Organisation"), lambda a: a.organisation.name),
        Column(_l("Project"), lambda a: a.title),
        Column(_l("Amount"), lambda a: a.amount, kind="money"),
        Column(_l("Ends"), lambda a: a.ends_on, kind="date", order="end"),
    ),
    orders={"end": Order(Award.ends_on, Award.id)},
)


@pages.get("/grants/to-close")
@needs(Permission.REPORT_ACCEPT)
def index() -> ResponseReturnValue:
    """Grants that are finished and wait only to be closed."""
    listed = FINISHED.of(session(), finished(at_work()), "grants-to-close")
    return listed.file or render_template("granting/closure/index.html", listed=listed)


@pages.route("/grants/<reference>/close", methods=["GET", "POST"])
@needs(Permission.REPORT_ACCEPT)
def close(reference: str) -> ResponseReturnValue:
    """The grant is done, or what is still open."""
    award = possible(grant_for_viewer(session(), reference, viewer()), AWARD)
    form = CloseForm(data={"version": award.version})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.close_grant(opened, award, this_act(), seen=seen_version(form))
        if outcome:
            flash(_("The grant has been closed."), "success")
            return to_grant(award)
    return render_template(
        "granting/closure/close.html",
        award=award,
        form=form,
        open=service.to_close(session(), award),
        standing=progress_of(session(), award),
    )
