"""The grant agreement on its way back: uploaded by the organisation, recorded or returned."""

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.granting.agreements import returning
from grants.granting.agreements.forms import PAPER, ReturnForm, SendBackForm
from grants.granting.agreements.queries import grant_for_viewer
from grants.granting.agreements.views import caption_of, page_of
from grants.platform.documents.service import keep
from grants.platform.forms.step_pages import StepPages
from grants.platform.web.access import signed_in, viewer
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document

pages = Blueprint("agreement_return", __name__)
ONE = "/grants/<reference>/returned-agreement"


def _find_grant(reference: str) -> Award:
    return grant_for_viewer(session(), reference, viewer())


def _return_form(award: Award) -> ReturnForm:
    if award.state is not AwardState.APPROVED:
        raise Missing(_("No agreement on this grant is awaiting your signature."))
    return ReturnForm()


def _return_agreement(opened: Session, award: Award, form: ReturnForm, act: Act) -> None:
    """The organisation submits the agreement with its signature."""
    file, owner = received(form.file.data), award.organisation_id
    paper = keep(opened, file, act, organisation_id=owner, accept=PAPER, signed=True)
    returning.return_agreement(opened, award, paper, act)


StepPages(
    pages,
    None,
    _find_grant,
    page_of,
    lambda award: (award.reference, award.title),
    _l("Your grant"),
).act(
    "upload",
    Permission.APPLICATION_SIGN,
    ONE,
    _return_form,
    _return_agreement,
    title=_l("Upload the signed agreement"),
    lead=_l(
        "The fund will check the signature and record the agreement. We will e-mail you when this "
        "has been done."
    ),
    done=_l("Thank you. The fund will check the agreement and record it."),
    template="granting/agreements/upload.html",
)


@pages.get(f"{ONE}/file")
@signed_in
def file(reference: str) -> Response:
    """The agreement as the organisation signed it, while the fund checks it: for both sides."""
    document = _find_grant(reference).returned_document
    if document is None:
        raise Missing(_("File not found."))
    return send_document(document)


StepPages(pages, None, _find_grant, page_of, caption_of, _l("The grant")).act(
    "send_back",
    Permission.AGREEMENT_SIGN,
    f"{ONE}/send-back",
    SendBackForm,
    lambda opened, award, _form, act: returning.send_agreement_back(opened, award, act),
    check=lambda _session, award, _act: returning.require_returned(award),
    title=_l("Return the agreement"),
    done=_l("Returned. The organisation has been notified of the reason."),
)
