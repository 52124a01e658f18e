"""Pages on which references and visits are recorded."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import organisation_by_code
from grants.integrity.enquiries import queries, service
from grants.integrity.enquiries.forms import AnswerForm, AskForm, VisitForm
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.downloads import send_document

pages = Blueprint("enquiries", __name__, url_prefix="/due-diligence")

P = Permission


def _done(code: str, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for("diligence.organisation", code=code))


@pages.route("/organisations/<code>/references/new", methods=["GET", "POST"])
@needs(P.DUE_DILIGENCE_RECOMMEND)
def ask(code: str) -> ResponseReturnValue:
    """Note that a reference was asked for."""
    organisation, form = organisation_by_code(session(), code), AskForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            who, day = form.who.data, form.asked_on.data
            service.ask_reference(opened, organisation, who, day, this_act())
        if outcome:
            return _done(code, _("The reference is noted. Record the answer when it comes."))
    return render_template(
        "integrity/form.html",
        organisation=organisation,
        form=form,
        heading=_("Ask for a reference"),
        lead=_("Write or call first, then note here who was asked. The answer is recorded later."),
        verb=_("Note the reference"),
    )


@pages.route("/organisations/<code>/visits/new", methods=["GET", "POST"])
@needs(P.DUE_DILIGENCE_RECOMMEND)
def visit(code: str) -> ResponseReturnValue:
    """Record a visit."""
    organisation, form = organisation_by_code(session(), code), VisitForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.record_visit(opened, organisation, form.who.data, form.answer(), this_act())
        if outcome:
            return _done(code, _("The visit is recorded."))
    return render_template(
        "integrity/form.html",
        organisation=organisation,
        form=form,
        heading=_("Record a site visit"),
        lead=_("A person who decides on a grant to this organisation reads it. Name no victims."),
        verb=_("Record the visit"),
    )


@pages.route("/references/<int:number>", methods=["GET", "POST"])
@needs(P.DUE_DILIGENCE_RECOMMEND)
def answer(number: int) -> ResponseReturnValue:
    """Record what the person who was asked has answered."""
    enquiry, form = queries.enquiry_for_viewer(session(), number, viewer()), AnswerForm()
    organisation = enquiry.organisation
    if enquiry.answered_on is not None:
        return redirect(url_for("diligence.organisation", code=organisation.code))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.record_answer(opened, enquiry, form.answer(), this_act())
        if outcome:
            return _done(organisation.code, _("The answer is recorded."))
    return render_template(
        "integrity/form.html",
        organisation=organisation,
        form=form,
        heading=_("Record the answer"),
        lead=_("Of %(who)s.", who=enquiry.who),
        verb=_("Record the answer"),
    )


@pages.get("/references/<int:number>/file")
@needs(P.DUE_DILIGENCE_SEE)
def file(number: int) -> Response:
    """The answer or the report as a file."""
    enquiry = queries.enquiry_for_viewer(session(), number, viewer())
    if enquiry.document is None:
        raise Missing(_("Reference not found."))
    return send_document(enquiry.document)
