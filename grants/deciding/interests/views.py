"""Pages on which a trustee declares interests and recuses themselves."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.calls.queries import call_for_viewer
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.deciding.interests import queries, service
from grants.deciding.interests.forms import RecuseForm, declare_form
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

pages = Blueprint("interests", __name__, url_prefix="/board")


@pages.route("/calls/<reference>/interests", methods=["GET", "POST"])
@needs(Permission.BOARD_SIT)
def declare(reference: str) -> ResponseReturnValue:
    """Title and country of a call's applications, and the declaration that opens them."""
    call = call_for_viewer(session(), reference, viewer())
    if not viewer().may(Permission.BOARD_SIT, call.scope):
        raise Missing(_("Call for proposals not found."))
    applications = queries.undeclared_in(session(), call, viewer())
    form = declare_form(applications)
    if form.validate_on_submit() and form.is_complete():
        with attempt(form) as (opened, outcome):
            service.declare(opened, call, form.declaration(), this_act())
        if outcome:
            flash(_("Your declaration has been recorded. Thank you."), "success")
            return redirect(url_for("dossiers.index"))
    return render_template(
        "deciding/interests/declare.html", call=call, form=form, applications=applications
    )


@pages.route("/applications/<reference>/recuse", methods=["GET", "POST"])
@needs(Permission.BOARD_SIT)
def recuse(reference: str) -> ResponseReturnValue:
    """Recuse oneself after having declared no conflict."""
    interest = queries.own_interest(session(), reference, viewer())
    if interest.conflict:
        return render_template("deciding/interests/recused.html", interest=interest)
    form = RecuseForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.recuse(opened, interest, this_act(form.reason.data))
        if outcome:
            flash(_("You have recused yourself. The application is closed to you."), "success")
            return redirect(url_for("dossiers.index"))
    return render_template("deciding/interests/recuse.html", interest=interest, form=form)
