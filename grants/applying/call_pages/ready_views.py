"""Saying that a draft call is ready to be opened."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from grants.applying.call_pages.views import pages
from grants.applying.calls import queries
from grants.applying.calls.ready import say_ready
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.database import session, transaction


@pages.post("/calls/<reference>/ready")
@needs(Permission.CALL_EDIT)
def ready(reference: str) -> ResponseReturnValue:
    """Put the call among the tasks of those who open calls."""
    call = queries.call_for_viewer(session(), reference, viewer())
    try:
        with transaction() as opened:
            say_ready(opened, call, this_act())
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Staff who can open calls now have this call among their tasks."), "success")
    return redirect(url_for("calls.show", reference=reference))
