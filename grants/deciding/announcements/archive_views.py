"""The pages on which a call goes to the archive and comes back."""

from flask import Blueprint, url_for

from grants.applying.calls.models import Call
from grants.applying.calls.queries import call_for_viewer
from grants.applying.calls.workflow import CALL
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.deciding.announcements import archiving
from grants.platform.forms.step_pages import StepPages
from grants.platform.web.access import viewer
from grants.platform.web.database import session

pages = Blueprint("archiving", __name__)


def _find_call(reference: str) -> Call:
    return call_for_viewer(session(), reference, viewer())


call_pages = StepPages(
    pages,
    CALL,
    _find_call,
    lambda call: url_for("calls.show", reference=call.reference),
    lambda call: (call.reference,),
)

call_pages.step(
    "archive",
    "/calls/<reference>/archive",
    check=lambda session, call, _act: archiving.require_nothing_open(session, call),
    title=lambda call: _("Archive the call “%(title)s”", title=call.name),
    lead=_l(
        "An archived call leaves the list of calls and the public list of closed calls. Its own "
        "page, its results, applications, grants and papers stay as they are. You can bring it "
        "back at any time."
    ),
    button=_l("Archive the call"),
    done=_l("The call has been archived."),
)
call_pages.step(
    "bring_back",
    "/calls/<reference>/bring-back",
    title=lambda call: _("Bring the call “%(title)s” back from the archive", title=call.name),
    lead=_l("The call will be in the list of calls and in the public list of closed calls again."),
    button=_l("Bring the call back from the archive"),
    done=_l("The call is back in the lists."),
)
