"""Pages on which references and visits are recorded."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.integrity.enquiries import queries, service
from grants.integrity.enquiries.forms import AnswerForm, AskForm, VisitForm
from grants.integrity.risk.organisation_pages import pages_of_organisations
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.downloads import send_document

pages = Blueprint("enquiries", __name__, url_prefix="/due-diligence")

P = Permission


organisation_pages = pages_of_organisations(pages)

organisation_pages.act(
    "ask",
    P.DUE_DILIGENCE_RECOMMEND,
    "/organisations/<code>/references/new",
    AskForm,
    lambda opened, organisation, form, act: service.ask_reference(
        opened, organisation, form.who.data, form.asked_on.data, act
    ),
    title=_l("Ask for a reference"),
    lead=_l("Write or call first, then note here who was asked. Record the answer later."),
    button=_l("Note the request"),
    done=_l("The request has been noted. Record the answer when you receive it."),
)
organisation_pages.act(
    "visit",
    P.DUE_DILIGENCE_RECOMMEND,
    "/organisations/<code>/visits/new",
    VisitForm,
    lambda opened, organisation, form, act: service.record_visit(
        opened, organisation, form.who.data, form.answer(), act
    ),
    title=_l("Record a site visit"),
    lead=_l(
        "The people who decide on a grant to this organisation will read it. Do not name victims."
    ),
    button=_l("Record the visit"),
    done=_l("The visit has been recorded."),
)


@pages.route("/references/<int:number>", methods=["GET", "POST"])
@needs(P.DUE_DILIGENCE_RECOMMEND)
def answer(number: int) -> ResponseReturnValue:
    """Record what the person who was asked has answered."""
    enquiry, form = queries.enquiry_for_viewer(session(), number, viewer()), AnswerForm()
    to = url_for("diligence.organisation", code=enquiry.organisation.code)
    if enquiry.answered_on is not None:
        return redirect(to)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.record_answer(opened, enquiry, form.answer(), this_act())
        if outcome:
            flash(_("The answer has been recorded."), "success")
            return redirect(to)
    return render_template(
        "layout/step.html",
        form=form,
        to=to,
        caption=[enquiry.organisation.name],
        title=_("Record the answer"),
        lead=_("From %(who)s.", who=enquiry.who),
        button=_("Record the answer"),
    )


@pages.get("/references/<int:number>/file")
@needs(P.DUE_DILIGENCE_SEE)
def file(number: int) -> Response:
    """The answer or the report as a file."""
    enquiry = queries.enquiry_for_viewer(session(), number, viewer())
    if enquiry.document is None:
        raise Missing(_("Reference not found."))
    return send_document(enquiry.document, Scope(organisation_id=enquiry.organisation_id))
