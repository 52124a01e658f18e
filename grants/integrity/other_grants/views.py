"""Pages on which grants of other funders are recorded, imported and taken out."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import organisation_by_code
from grants.integrity.other_grants import queries, service
from grants.integrity.other_grants.forms import GrantForm, GrantsFileForm, RemoveForm
from grants.integrity.other_grants.reading import read_grants
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

pages = Blueprint("other_grants", __name__, url_prefix="/due-diligence")

P = Permission
MOST_BYTES = 1_000_000


def _done(code: str, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for("diligence.organisation", code=code))


@pages.route("/organisations/<code>/other-grants/new", methods=["GET", "POST"])
@needs(P.DUE_DILIGENCE_RECOMMEND)
def enter(code: str) -> ResponseReturnValue:
    """Record one grant of another funder."""
    organisation, form = organisation_by_code(session(), code), GrantForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.enter_grants(opened, organisation, [form.known()], this_act())
        if outcome:
            return _done(code, _("The grant is recorded."))
    return render_template(
        "integrity/form.html",
        organisation=organisation,
        form=form,
        heading=_("Record a grant of another funder"),
        lead=_("It is compared with the period and the country of each application."),
        verb=_("Record the grant"),
    )


@pages.route("/organisations/<code>/other-grants/file", methods=["GET", "POST"])
@needs(P.DUE_DILIGENCE_RECOMMEND)
def take_file(code: str) -> ResponseReturnValue:
    """Import grants of other funders from a file: all of them, or none."""
    organisation, form = organisation_by_code(session(), code), GrantsFileForm()
    if form.validate_on_submit():
        new = replaced = 0
        with attempt(form) as (opened, outcome):
            given = read_grants(_content(form))
            new, replaced = service.enter_grants(opened, organisation, given, this_act())
        if outcome:
            return _done(
                code, _("Grants recorded: %(new)s new, %(old)s replaced.", new=new, old=replaced)
            )
    return render_template(
        "integrity/form.html",
        organisation=organisation,
        form=form,
        heading=_("Import grants of other funders"),
        lead=_("For example from the data that funders publish through IATI."),
        verb=_("Import the grants"),
    )


def _content(form: GrantsFileForm) -> bytes:
    content: bytes = form.file.data.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise InvalidInput(_("The file is too large."))
    return content


@pages.route("/other-grants/<int:number>/remove", methods=["GET", "POST"])
@needs(P.DUE_DILIGENCE_RECOMMEND)
def remove(number: int) -> ResponseReturnValue:
    """Take out a grant that was recorded by mistake."""
    grant, form = queries.other_grant_for_viewer(session(), number, viewer()), RemoveForm()
    organisation = grant.organisation
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.remove_grant(opened, grant, this_act(form.reason.data))
        if outcome:
            return _done(organisation.code, _("The grant is removed."))
    return render_template(
        "integrity/form.html",
        organisation=organisation,
        form=form,
        heading=_("Remove the grant"),
        lead=f"{grant.funder}: {grant.title}",
        verb=_("Remove the grant"),
    )
