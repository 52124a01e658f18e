"""Pages of refunds that are asked for: the list, the letter by a button, one request."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.books.ledger.bank_accounts import account_for
from grants.core.audit.queries import trail_of
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import pgettext
from grants.core.kernel.money import FUNCTIONAL_CURRENCY
from grants.core.people.permissions import Permission
from grants.deciding.awards.queries import award_for_viewer
from grants.granting.recovery import queries, service
from grants.granting.recovery.forms import RequestForm
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.workflow import REFUND_REQUEST, RefundCause
from grants.granting.reporting.queries import spent
from grants.platform.forms.step_pages import StepPages
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.steps import buttons

pages = Blueprint("recovery", __name__)
GRANT = "/grants/<reference>/refund-requests"
ONE = f"{GRANT}/<int:number>"
P = Permission


def page_of(request: RefundRequest) -> str:
    """The address of a request."""
    reference = request.award.reference
    return url_for("recovery.show", reference=reference, number=request.number)


WAITING = Listing(
    columns=(
        Column(
            _l("Reference"),
            lambda r: r.reference,
            kind="code",
            link=page_of,
        ),
        Column(_l("Organisation"), lambda r: r.award.organisation.name, worth="name"),
        Column(_l("Reason"), lambda r: r.cause.label),
        Column(_l("Outstanding"), lambda r: r.outstanding, kind="money"),
        Column(_l("To be deducted"), lambda r: r.set_off or None, kind="money", shown=False),
        Column(_l("To be received by"), lambda r: r.due_on, kind="date", order="due"),
    ),
    orders={"due": Order(RefundRequest.due_on, RefundRequest.id)},
)


@pages.get("/grants/refund-requests")
@needs(P.DISBURSEMENT_SEE)
def index() -> ResponseReturnValue:
    """Refunds that the fund waits for, those that are late first."""
    listed = WAITING.of(session(), queries.waiting_for(at_work()), "refund-requests")
    return listed.file or render_template("granting/recovery/index.html", listed=listed)


@pages.route(f"{GRANT}/new", methods=["GET", "POST"])
@needs(P.REFUND_REQUEST)
def new(reference: str) -> ResponseReturnValue:
    """Ask for money back, by a letter that goes out at once."""
    award = award_for_viewer(session(), reference, viewer())
    this_act().demand(P.REFUND_REQUEST, award.scope)
    left = queries.refundable(session(), award)
    form = RequestForm.about(left - spent(session(), award.id))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            cause = RefundCause.of(form.cause.data)
            asked = (cause, form.amount.data, form.due_on.data, this_act(form.reason.data))
            request = service.request_refund(opened, award, *asked)
        if outcome:
            flash(_("The letter has been sent to the organisation."), "success")
            return redirect(page_of(request))
    return render_template("granting/recovery/new.html", award=award, form=form, left=left)


def find_request(reference: str, number: int) -> RefundRequest:
    """The request of an address, if this person may see it."""
    return queries.request_for_viewer(session(), reference, number, viewer())


@pages.get(ONE)
@signed_in
def show(reference: str, number: int) -> ResponseReturnValue:
    """One request: where the money goes, by when, and what has come."""
    request = find_request(reference, number)
    return render_template(
        "granting/recovery/show.html",
        request_=request,
        is_staff=viewer().may(P.DISBURSEMENT_SEE, request.scope),
        name=REFUND_REQUEST.names[request.state],
        payee=account_for(
            session(),
            request.award.fund,
            request.abroad_currency or FUNCTIONAL_CURRENCY,
            clock.today(),
        ),
        **_replies_on(request),
        late=request.is_awaited
        and bool(request.not_set_off)
        and request.due_on < request.award.fund.today(),
        steps=buttons(request, REFUND_REQUEST, reference=reference, number=number),
        trail=trail_of(session(), RefundRequest.__tablename__, request.id),
        acts={
            "create": _("Letter sent"),
            "report_transfer": _("Reported as paid by the organisation"),
            "ask": _("Question from the organisation"),
            "answer": _("Answered by the fund"),
            "settle": _("Received in full"),
            "reopen": _("Owed again: the bank returned the payment that it was deducted from"),
            "withdraw": pgettext("request", "Withdrawn"),
            "write_off": _("Written off"),
        },
    )


def _replies_on(request: RefundRequest) -> dict[str, bool]:
    """What this person may say of it now."""
    writes = viewer().may(P.REPORT_WRITE, request.scope)
    opened = writes and request.is_awaited and bool(request.not_set_off)
    return {
        "asks": opened,
        "reports": opened and request.transferred_on is None,
        "answers": viewer().may(P.REFUND_REQUEST, request.scope) and request.awaits_answer,
    }


def _caption_of_request(request: RefundRequest) -> tuple[str, str]:
    return request.reference, request.cause.label


plain = StepPages(pages, None, find_request, page_of, _caption_of_request, _l("The request"))
StepPages(
    pages, REFUND_REQUEST, find_request, page_of, _caption_of_request, _l("The request")
).step(
    "withdraw",
    f"{ONE}/withdraw",
    tone="warning",
    done=_l("Withdrawn. The organisation has been notified of the reason."),
)
