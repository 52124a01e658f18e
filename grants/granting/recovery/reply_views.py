"""Pages of what a grantee says of a refund, and of the answer of the fund."""

from flask import Response
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.granting.recovery import replies
from grants.granting.recovery.forms import PAPER, AnswerForm, QuestionForm, TransferForm
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.views import ONE, find_request, pages, plain
from grants.platform.documents.service import keep
from grants.platform.web.access import signed_in
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document


def _report_transfer(opened: Session, request: RefundRequest, form: TransferForm, act: Act) -> None:
    owner, advice = request.award.organisation_id, None
    if form.advice.data:
        advice = keep(opened, received(form.advice.data), act, organisation_id=owner, accept=PAPER)
    replies.report_transfer(opened, request, form.day.data, act, advice=advice)


plain.act(
    "report_transfer",
    Permission.REPORT_WRITE,
    f"{ONE}/transfer",
    TransferForm,
    _report_transfer,
    check=lambda _session, request, _act: replies.require_unreported(request),
    title=_l("We have paid this refund"),
    lead=_l(
        "The fund will look for the money on the bank statement and notify you when "
        "it has been found."
    ),
    button=_l("Report the transfer"),
    done=_l("Reported. The fund will tell you when the money has been received."),
)
plain.act(
    "ask",
    Permission.REPORT_WRITE,
    f"{ONE}/question",
    QuestionForm,
    lambda opened, request, _form, act: replies.ask(opened, request, act),
    check=lambda _session, request, _act: replies.require_open(request),
    title=_l("Ask about this refund"),
    lead=_l("If you do not agree, say why. The day on which the refund is due stays the same."),
    button=_l("Send the question"),
    done=_l("Sent. The fund will answer you."),
)
plain.act(
    "answer",
    Permission.REFUND_REQUEST,
    f"{ONE}/answer",
    AnswerForm.about,
    lambda opened, request, form, act: replies.answer(
        opened, request, act, missing=form.is_missing
    ),
    check=lambda _session, request, _act: replies.require_unanswered(request),
    title=_l("Answer the organisation about this refund"),
    lead=_l(
        "Your answer does not change the accounts: a refund counts as received when "
        "it is on the bank statement. If it is no longer owed, withdraw the request."
    ),
    button=_l("Send the answer"),
    done=_l("Your answer has been sent to the organisation."),
    template="granting/recovery/answer.html",
    facts=lambda request: {"trail": trail_of(session(), "refund_request", request.id)},
)


@pages.get(f"{ONE}/advice")
@signed_in
def advice(reference: str, number: int) -> Response:
    """The advice of the grantee's bank about its transfer, for both sides."""
    request = find_request(reference, number)
    if request.advice is None:
        raise Missing(_("No bank advice was uploaded."))
    return send_document(request.advice, request.award.scope)
