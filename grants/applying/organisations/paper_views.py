"""Pages of the papers in an organisation's profile."""

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.organisations.papers import queries, service
from grants.applying.organisations.papers.forms import PaperForm
from grants.applying.organisations.papers.models import OrganisationPaper
from grants.applying.organisations.queries import organisation_for_viewer
from grants.applying.organisations.views import pages
from grants.core.kernel.errors import Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.platform.forms.forms import Form
from grants.platform.forms.step_pages import StepPages
from grants.platform.web.access import needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document

ONE = "/organisations/<code>/papers"


def _find_organisation(code: str) -> Organisation:
    return organisation_for_viewer(session(), code, viewer())


def _find_own_organisation(code: str) -> Organisation:
    organisation = _find_organisation(code)
    if not _may_change(organisation):
        raise Forbidden(_("Your role does not allow this."))
    return organisation


def _may_change(organisation: Organisation) -> bool:
    return organisation.id in viewer().organisations_with(Permission.APPLICATION_WRITE)


@pages.get("/organisations/papers")
@needs(Permission.APPLICATION_WRITE)
def papers_to_renew() -> ResponseReturnValue:
    """The documents of the person's own organisations that expire soon or have expired."""
    organisation_ids = viewer().organisations_with(Permission.APPLICATION_WRITE)
    expiring = [
        paper for paper in queries.expiring(session()) if paper.organisation_id in organisation_ids
    ]
    houses = {paper.organisation.code: paper.organisation for paper in expiring}
    return render_template(
        "applying/organisations/papers/to_renew.html",
        houses=[
            (house, [paper for paper in expiring if paper.organisation_id == house.id])
            for house in houses.values()
        ],
    )


@pages.get(ONE)
@signed_in
def papers(code: str) -> ResponseReturnValue:
    """The papers that stand, and every version before them."""
    organisation = _find_organisation(code)
    versions = queries.versions_of(session(), organisation.id)
    return render_template(
        "applying/organisations/papers/index.html",
        organisation=organisation,
        standing=[paper for paper in versions if paper.ended_at is None],
        earlier=[paper for paper in versions if paper.ended_at is not None],
        may_change=_may_change(organisation),
    )


@pages.route(f"{ONE}/new", methods=["GET", "POST"])
@needs(Permission.APPLICATION_WRITE)
def add_paper(code: str) -> ResponseReturnValue:
    """Upload a paper, or its renewed version."""
    organisation, form = _find_own_organisation(code), PaperForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            upload = received(form.file.data)
            service.add_paper(opened, organisation, form.paper(), upload, this_act())
        if outcome:
            flash(
                _("Uploaded. New applications that ask for this document will include it."),
                "success",
            )
            return redirect(url_for("organisations.papers", code=code))
    return render_template(
        "applying/organisations/papers/new.html", form=form, organisation=organisation
    )


@pages.get(f"{ONE}/<int:number>")
@signed_in
def paper(code: str, number: int) -> Response:
    """One version of a paper, as a download."""
    organisation = _find_organisation(code)
    paper = queries.paper_of(session(), organisation, number)
    return send_document(paper.document, Scope(organisation_id=organisation.id))


def _find_paper(code: str, number: int) -> OrganisationPaper:
    return queries.paper_of(session(), _find_own_organisation(code), number)


StepPages(
    pages,
    None,
    _find_paper,
    lambda paper: url_for("organisations.papers", code=paper.organisation.code),
    lambda paper: (paper.organisation.name,),
).act(
    "end_paper",
    Permission.APPLICATION_WRITE,
    f"{ONE}/<int:number>/remove",
    Form,
    lambda opened, paper, _form, act: service.end_paper(opened, paper, act),
    title=lambda paper: _("Remove “%(name)s”", name=paper.kind.label),
    lead=_l(
        "New applications will no longer include this document. Applications that"
        " already have it keep it."
    ),
    button=_l("Remove"),
    tone="warning",
    done=_l("Removed from the profile."),
)
