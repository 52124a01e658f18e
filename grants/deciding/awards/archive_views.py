"""The pages on which a call goes to the archive and comes back."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.call_pages.forms import ConfirmForm
from grants.applying.calls.models import Call
from grants.applying.calls.queries import call_for_viewer
from grants.applying.calls.workflow import CALL
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.deciding.awards import archiving
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.steps import possible

pages = Blueprint("archiving", __name__)


def _call(reference: str) -> Call:
    return possible(call_for_viewer(session(), reference, viewer()), CALL)


@pages.route("/calls/<reference>/archive", methods=["GET", "POST"])
@needs(Permission.CALL_OPEN)
def archive(reference: str) -> ResponseReturnValue:
    """What becomes of an archived call, or what keeps this one from it."""
    call = _call(reference)
    form = ConfirmForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            archiving.archive(opened, call, this_act())
        if outcome:
            flash(_("The call is in the archive."), "success")
            return redirect(url_for("calls.show", reference=reference))
    left = archiving.still_open(session(), call)
    return render_template("deciding/awards/archive.html", call=call, form=form, left=left)


@pages.route("/calls/<reference>/bring-back", methods=["GET", "POST"])
@needs(Permission.CALL_OPEN)
def bring_back(reference: str) -> ResponseReturnValue:
    """The call returns to the lists as what it was."""
    call = _call(reference)
    form = ConfirmForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            archiving.bring_back(opened, call, this_act())
        if outcome:
            flash(_("The call is back in the lists."), "success")
            return redirect(url_for("calls.show", reference=reference))
    return render_template("deciding/awards/bring_back.html", call=call, form=form)
