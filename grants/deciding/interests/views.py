"""Pages on which a trustee declares interests and recuses themselves."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.applying.calls.queries import call_for_viewer
from grants.core.countries.countries import country_name
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import ngettext
from grants.core.people.permissions import Permission
from grants.deciding.interests import queries, service
from grants.deciding.interests.forms import RecuseForm, declare_form, ids_in
from grants.platform.tables.lists import SIZE, Column, Listing, Order
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

pages = Blueprint("interests", __name__, url_prefix="/board")
LISTED = Listing(
    columns=(
        Column(_l("Title"), lambda one: one.title),
        Column(_l("Country"), lambda one: country_name(one.country) if one.country else ""),
    ),
    orders={"number": Order(Application.id)},
)
"""Nothing else is known of an application before the declaration."""


@pages.route("/calls/<reference>/interests", methods=["GET", "POST"])
@needs(Permission.BOARD_SIT)
def declare(reference: str) -> ResponseReturnValue:
    """Title and country of a call's applications, and the declaration that opens them."""
    call = call_for_viewer(session(), reference, viewer())
    if not viewer().may(Permission.BOARD_SIT, call.scope):
        raise Missing(_("Call for proposals not found."))
    of_call = queries.undeclared_of(call, viewer())
    listed = LISTED.of(session(), of_call, call.reference)
    if listed.file:
        return listed.file
    applications = _applications_on_page(call) or listed.subjects
    undeclared_ids = queries.left_in(session(), call, viewer())
    other_ids = undeclared_ids.difference(application.id for application in applications)
    form = declare_form(applications, other_ids)
    if form.validate_on_submit() and form.is_complete():
        with attempt(form) as (opened, outcome):
            service.declare(opened, call, form.declaration(), this_act())
        if outcome:
            return _after_declaring(call)
    form.count_again(other_ids)
    return render_template(
        "deciding/interests/declare.html",
        call=call,
        form=form,
        applications=applications,
        listed=listed,
        left=len(undeclared_ids),
        others=len(other_ids),
    )


def _applications_on_page(call: Call) -> Sequence[Application]:
    """What the page showed that is sent back, though others have come since."""
    ids = ids_in(request.form.get("shown", ""))
    if not 0 < len(ids) <= SIZE:
        return ()
    return queries.undeclared_in(session(), call, viewer(), Application.id.in_(ids))


def _after_declaring(call: Call) -> ResponseReturnValue:
    """On to what is left to declare of the call, or back to what waits."""
    remaining = len(queries.left_in(session(), call, viewer()))
    if not remaining:
        flash(_("Your declaration has been recorded. Thank you."), "success")
        return redirect(url_for("dossiers.index"))
    flash(
        ngettext(
            "Your declaration has been recorded. %(num)s application remains.",
            "Your declaration has been recorded. %(num)s applications remain.",
            remaining,
        ),
        "success",
    )
    return redirect(url_for(".declare", reference=call.reference))


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
