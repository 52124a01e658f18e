"""The two stages of a call on its page: adding the second one, and taking it off again."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.call_changes import stages
from grants.applying.call_pages.views import pages
from grants.applying.calls import queries
from grants.applying.calls.models import Call
from grants.applying.calls.service import require_draft
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.texts.formats import plain_day
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.database import session, transaction


def _call_of(reference: str) -> Call:
    return queries.call_for_viewer(session(), reference, viewer())


@pages.post("/calls/<reference>/stages/add")
@needs(Permission.CALL_EDIT)
def add_stage(reference: str) -> ResponseReturnValue:
    """Concept notes first, then full proposals by invitation."""
    call = _call_of(reference)
    with transaction() as opened:
        second = stages.add_second_stage(opened, call, this_act())
        moved = second.earliest_start_on != call.earliest_start_on
    flash(
        _(
            "The call now has two stages. This is the second one, for full proposals:"
            " check its dates and its form."
        ),
        "success",
    )
    if moved and second.earliest_start_on:
        message = _(
            "In this stage, projects can start on %(day)s or later: they cannot start"
            " before its deadline.",
            day=plain_day(second.earliest_start_on),
        )
        flash(message, "notice")
    return redirect(url_for("calls.show", reference=second.reference))


@pages.post("/calls/<reference>/stages/remove")
@needs(Permission.CALL_EDIT)
def remove_stage(reference: str) -> ResponseReturnValue:
    """One stage again; what was the second stage is a draft call of its own. Asks before."""
    call = _call_of(reference)
    if "sure" not in request.form and call.second_stage:
        this_act().demand(Permission.CALL_EDIT, call.scope)
        require_draft(call)
        return render_template(
            "applying/call_pages/remove_stage.html", call=call, second=call.second_stage
        )
    with transaction() as opened:
        stages.separate_stages(opened, call, this_act())
    flash(
        _(
            "The call has one stage now. The other draft is now a call of its own. "
            "You can make it the second stage again below."
        ),
        "success",
    )
    return redirect(url_for("calls.show", reference=reference))


@pages.post("/calls/<reference>/stages/put-back")
@needs(Permission.CALL_EDIT)
def put_stage_back(reference: str) -> ResponseReturnValue:
    """The second stage that was taken off is the second stage again."""
    call = _call_of(reference)
    with transaction() as opened:
        second = stages.removed_stage(opened, call)
        if second is None:
            raise Conflict(_("There is no second stage that can be put back."))
        stages.join_again(opened, call, second, this_act())
    flash(_("The second stage has been put back."), "success")
    return redirect(url_for("calls.show", reference=reference))
