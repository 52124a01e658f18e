"""The page on which a call that was never published is deleted."""

from flask import url_for

from grants.applying.call_changes import deleting
from grants.applying.call_pages.forms import ReasonForm
from grants.applying.call_pages.views import call_pages
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.platform.web.database import session

call_pages.act(
    "delete",
    Permission.CALL_EDIT,
    "/calls/<reference>/delete",
    ReasonForm,
    lambda opened, call, _form, act: deleting.delete_call(opened, call, act),
    check=lambda _session, call, act: deleting.require_deletable(call, act),
    title=lambda call: _("Delete the draft “%(title)s”", title=call.name),
    button=_l("Delete the draft"),
    tone="warning",
    done=lambda call: _("The call %(reference)s has been deleted.", reference=call.reference),
    after=lambda _call: url_for("calls.manage"),
    template="applying/call_pages/delete.html",
    facts=lambda call: {"call": call, "trials": deleting.deleted_with(session(), call)},
)
