"""The grant agreement on its way back: uploaded by the organisation, recorded or returned."""

from flask import Blueprint, Response, flash, render_template
from flask.typing import ResponseReturnValue

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.granting.agreements import returning
from grants.granting.agreements.forms import PAPER, ReturnForm, SendBackForm
from grants.granting.agreements.queries import grant_for_viewer
from grants.granting.agreements.views import to_grant
from grants.platform.documents.service import keep
from grants.platform.web.access import needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document

pages = Blueprint("agreement_return", __name__)
ONE = "/grants/<reference>/returned-agreement"


def _grant(reference: str) -> Award:
    return grant_for_viewer(session(), reference, viewer())


@pages.route(ONE, methods=["GET", "POST"])
@needs(Permission.APPLICATION_SIGN)
def upload(reference: str) -> ResponseReturnValue:
    """The organisation submits the agreement with its signature."""
    award = _grant(reference)
    if award.state is not AwardState.APPROVED:
        raise Missing(_("No agreement on this grant is awaiting your signature."))
    form = ReturnForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            act, owner = this_act(), award.organisation_id
            file = received(form.file.data)
            paper = keep(opened, file, act, organisation_id=owner, accept=PAPER, signed=True)
            returning.return_agreement(opened, award, paper, act)
        if outcome:
            flash(_("Thank you. The fund will check the agreement and record it."), "success")
            return to_grant(award)
    return render_template("granting/agreements/upload.html", award=award, form=form)


@pages.get(f"{ONE}/file")
@signed_in
def file(reference: str) -> Response:
    """The agreement as the organisation signed it, while the fund checks it: for both sides."""
    document = _grant(reference).returned_document
    if document is None:
        raise Missing(_("File not found."))
    return send_document(document)


@pages.route(f"{ONE}/send-back", methods=["GET", "POST"])
@needs(Permission.AGREEMENT_SIGN)
def send_back(reference: str) -> ResponseReturnValue:
    """What the organisation submitted cannot be recorded: it is told why."""
    award, form = _grant(reference), SendBackForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            returning.send_agreement_back(opened, award, this_act(form.reason.data))
        if outcome:
            flash(_("Returned. The organisation has been notified of the reason."), "success")
            return to_grant(award)
    refused = refusal(lambda: returning.require_returned(award))
    return render_template(
        "granting/agreements/send_back.html", award=award, form=form, refused=refused
    )
