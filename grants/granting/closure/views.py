"""The page on which a grant is closed."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.granting.agreements.queries import grant_for_viewer, standing_of
from grants.granting.agreements.views import seen_version, to_grant
from grants.granting.closure import service
from grants.granting.closure.forms import CloseForm
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

pages = Blueprint("closure", __name__)


@pages.route("/grants/<reference>/close", methods=["GET", "POST"])
@needs(Permission.REPORT_ACCEPT)
def close(reference: str) -> ResponseReturnValue:
    """The grant is done, or what is still open."""
    award = grant_for_viewer(session(), reference, viewer())
    form = CloseForm(data={"version": award.version})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.close_grant(opened, award, this_act(), seen=seen_version(form))
        if outcome:
            flash(_("The grant is closed."), "success")
            return to_grant(award)
    return render_template(
        "granting/closure/close.html",
        award=award,
        form=form,
        open=service.to_close(session(), award),
        standing=standing_of(session(), award),
    )
