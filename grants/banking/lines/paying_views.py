"""The acts by which a line of the bank becomes a grant's money, and by which it transfers the
support costs.
"""

from datetime import date

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from grants.banking.bank.support_cost import charged, transferred_by
from grants.banking.bank.views import pages
from grants.banking.lines import paying
from grants.banking.lines.deciding_views import LINE_PAGE, line_called, to_line
from grants.banking.lines.paying_forms import (
    GranteeRefundForm,
    PayForm,
    ReturnForm,
    SupportCostForm,
)
from grants.banking.matching.expected import expected_of, expected_together
from grants.banking.matching.grantees import instalments_for, refunds_for
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.deciding.awards.models import Award
from grants.granting.payment_runs.queries import awaited_of, run_for_viewer
from grants.granting.payments.checks import checklist
from grants.granting.payments.queries import award_for_refund, instalment_for_viewer
from grants.granting.payments.returns import Corrector
from grants.granting.payments.service import require_releasable
from grants.platform.forms.forms import Form
from grants.platform.forms.typed import counted
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.database import session


@pages.route(f"{LINE_PAGE}/pay/<grant>/<int:number>", methods=["GET", "POST"])
@needs(Permission.INSTALMENT_RELEASE)
def pay(line_id: int, grant: str, number: int) -> ResponseReturnValue:
    """The debit pays a certified instalment: recorded as paid and matched in one."""
    line = line_called(line_id)
    instalment = instalment_for_viewer(session(), grant, number, viewer())
    form = PayForm(data={"version": instalment.version})
    if form.validate_on_submit():
        version = counted(form.version.data)
        with attempt(form) as (opened, outcome):
            paying.pay(opened, line, instalment, this_act(), version=version)
        if outcome:
            flash(
                _("The payment has been recorded and the organisation has been notified."),
                "success",
            )
            return to_line(line)
    proposals = instalments_for(session(), line)
    return render_template(
        "banking/lines/pay.html",
        line=line,
        instalment=instalment,
        form=form,
        proposal=next((p for p in proposals if p.instalment.id == instalment.id), None),
        checks=checklist(session(), instalment, clock.today()),
        refused=refusal(lambda: require_releasable(session(), instalment, this_act())),
    )


@pages.route(f"{LINE_PAGE}/pay-run/<run>", methods=["GET", "POST"])
@needs(Permission.INSTALMENT_RELEASE)
def pay_run(line_id: int, run: str) -> ResponseReturnValue:
    """The debit pays all of a payment run: recorded and matched in one."""
    line, form = line_called(line_id), Form()
    whole = run_for_viewer(session(), run, viewer())
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            paying.pay_run(opened, line, whole, this_act())
        if outcome:
            flash(
                _("The payments have been recorded and the organisations have been notified."),
                "success",
            )
            return to_line(line)
    parts = awaited_of(whole)
    due = expected_together(session(), line, [part.instalment for part in parts])
    return render_template(
        "banking/lines/pay_run.html",
        line=line,
        run=whole,
        form=form,
        parts=parts,
        due=due.amount,
        fee=due.fee_in(line),
    )


@pages.route(f"{LINE_PAGE}/return/<grant>/<int:number>", methods=["GET", "POST"])
@needs(Permission.INSTALMENT_RELEASE)
def take_return(line_id: int, grant: str, number: int) -> ResponseReturnValue:
    """The credit is a payment that the bank gave back: recorded and matched in one."""
    line = line_called(line_id)
    instalment = instalment_for_viewer(session(), grant, number, viewer())
    form = ReturnForm(data={"reason": line.text[:1000]})
    if form.validate_on_submit():
        corrector = Corrector(form.corrector.data)
        with attempt(form) as (opened, outcome):
            act = this_act(form.reason.data)
            paying.take_return(opened, line, instalment, corrector, act)
        if outcome:
            flash(_("Recorded. Those who must correct something have been notified."), "success")
            return to_line(line)
    returned = -expected_of(session(), line, instalment)
    return render_template(
        "banking/lines/take_return.html",
        line=line,
        instalment=instalment,
        form=form,
        fee=returned.fee_in(line),
    )


@pages.route(f"{LINE_PAGE}/grantee-refund", methods=["GET", "POST"])
@needs(Permission.INSTALMENT_RELEASE)
def take_refund(line_id: int) -> ResponseReturnValue:
    """The credit is money of a grant that came back: recorded and matched in one."""
    line = line_called(line_id)
    proposals = refunds_for(session(), line) if line.is_credit else []
    best = proposals[0].grant.grant if proposals else ""
    form = GranteeRefundForm(data={"reference": request.args.get("grant", best)})
    if form.validate_on_submit() and (award := _award_of(form)):
        with attempt(form) as (opened, outcome):
            paying.take_refund(opened, line, award, this_act())
        if outcome:
            flash(_("The refund has been posted to the ledger."), "success")
            return to_line(line)
    return render_template(
        "banking/lines/take_refund.html", line=line, form=form, proposals=proposals
    )


def _award_of(form: GranteeRefundForm) -> Award | None:
    """The grant that was typed; else a word in the form."""
    try:
        return award_for_refund(session(), (form.reference.data or "").strip(), viewer())
    except Missing as refused:
        form.complain("reference", refused.message)
        return None


@pages.route(f"{LINE_PAGE}/support-cost", methods=["GET", "POST"])
@needs(Permission.BANK_MATCH)
def transfer_support_cost(line_id: int) -> ResponseReturnValue:
    """The line transfers the programme support costs that were charged up to a day."""
    line = line_called(line_id)
    days = charged(session(), line.account)
    whole = transferred_by(session(), line)
    form = SupportCostForm(days, data={"until": whole.until.isoformat() if whole else None})
    if form.validate_on_submit():
        until = date.fromisoformat(form.until.data)
        with attempt(form) as (opened, outcome):
            paying.transfer_support_cost(opened, line, until, this_act())
        if outcome:
            flash(_("Matched."), "success")
            return to_line(line)
    return render_template(
        "banking/lines/transfer_support_cost.html", line=line, form=form, whole=whole, days=days
    )
