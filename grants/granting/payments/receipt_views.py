"""The page on which finance answers what a grantee said of a payment."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.granting.payments import receipts
from grants.granting.payments.forms import ReceiptAnswerForm
from grants.granting.payments.views import ONE, find_instalment, instalment_url, pages
from grants.platform.web.access import needs, this_act
from grants.platform.web.acts import attempt
from grants.platform.web.database import session


@pages.route(f"{ONE}/receipt-answer", methods=["GET", "POST"])
@needs(Permission.INSTALMENT_RELEASE)
def answer_receipt(reference: str, number: int) -> ResponseReturnValue:
    """Tell the organisation what was found out about a payment that it misses, or of which less
    arrived.
    """
    instalment, form = find_instalment(reference, number), ReceiptAnswerForm()
    this_act().demand(Permission.INSTALMENT_RELEASE, instalment.scope)
    if not instalment.receipt_to_check:
        raise Conflict(_("This has already been answered."))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            receipts.answer_receipt(opened, instalment, this_act(form.reason.data))
        if outcome:
            flash(_("Your answer has been sent to the organisation."), "success")
            return redirect(instalment_url(instalment))
    return render_template(
        "granting/payments/receipt_answer.html",
        instalment=instalment,
        form=form,
        page=instalment_url(instalment),
        trail=trail_of(session(), "instalment", instalment.id),
    )
