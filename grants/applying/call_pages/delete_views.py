"""The page on which a call that was never published is deleted."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.call_changes import deleting
from grants.applying.call_pages.forms import ReasonForm
from grants.applying.call_pages.views import pages
from grants.applying.calls import queries
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import refusal, taken_with_reason
from grants.platform.web.database import session


@pages.route("/calls/<reference>/delete", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def delete(reference: str) -> ResponseReturnValue:
    """What is deleted with a draft call, or what keeps it."""
    call = queries.call_for_viewer(session(), reference, viewer())
    form = ReasonForm()
    message = _("The call %(reference)s has been deleted.", reference=reference)
    if taken_with_reason(
        form, lambda opened, act: deleting.delete_call(opened, call, act), message
    ):
        return redirect(url_for("calls.manage"))
    return render_template(
        "applying/call_pages/delete.html",
        call=call,
        form=form,
        refused=refusal(lambda: deleting.require_deletable(call, this_act())),
        trials=deleting.deleted_with(session(), call),
    )
