"""The two stages of a call on its page: adding the second one, and taking it off again."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from grants.applying.calls import queries, stages
from grants.applying.calls.models import Call
from grants.applying.calls.views import pages
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.database import session, transaction


def _call(reference: str) -> Call:
    return queries.call_for_viewer(session(), reference, viewer())


@pages.post("/calls/<reference>/stages/add")
@needs(Permission.CALL_EDIT)
def add_stage(reference: str) -> ResponseReturnValue:
    """Concept notes first, then full proposals by invitation."""
    call = _call(reference)
    with transaction() as opened:
        second = stages.add_second_stage(opened, call, this_act())
    flash(
        _(
            "The call has two stages now. This is the second one, for full proposals: check its "
            "dates and its form."
        ),
        "success",
    )
    return redirect(url_for("calls.show", reference=second.reference))


@pages.post("/calls/<reference>/stages/remove")
@needs(Permission.CALL_EDIT)
def remove_stage(reference: str) -> ResponseReturnValue:
    """One stage again; what was the second stage is a draft call of its own."""
    call = _call(reference)
    with transaction() as opened:
        stages.separate_stages(opened, call, this_act())
    flash(_("The call has one stage now. The other draft is a call of its own."), "success")
    return redirect(url_for("calls.show", reference=reference))
