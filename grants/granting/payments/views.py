"""Pages of payments: the queue, the list, and one instalment from certification to receipt."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import Session

from grants.core.audit.queries import trail_of
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.workflow import StateName
from grants.core.people.permissions import Permission
from grants.granting.bank_details.queries import sees_details
from grants.granting.payments import queries, receipts, service, todo
from grants.granting.payments.checks import checklist
from grants.granting.payments.forms import (
    ApproveForm,
    CertifyForm,
    PaymentsFilter,
    Receipt,
    ReceiptForm,
    ReleaseForm,
)
from grants.granting.payments.listed import FACTS, ListedInstalment
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import INSTALMENT, name_of
from grants.platform.forms.forms import Form
from grants.platform.forms.typed import counted
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.bulk import Bulk, acts
from grants.platform.tables.cases import from_list
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.steps import Button, buttons, possible

pages = Blueprint("payments", __name__)
ACTS: list[Bulk] = []
"""What the list offers for the ticked rows."""
ONE = "/grants/<reference>/instalments/<int:number>"
FORMS: dict[str, Callable[..., Form]] = {
    "certify": CertifyForm,
    "approve": ApproveForm,
    "release": ReleaseForm,
}
"""The one act that moves an instalment on, by its action."""


def find_instalment(reference: str, number: int) -> Instalment:
    instalment = queries.instalment_for_viewer(session(), reference, number, viewer())
    return possible(instalment, INSTALMENT)


def _redirect_to(instalment: Instalment) -> ResponseReturnValue:
    return redirect(instalment_url(instalment))


def instalment_url(instalment: Instalment, endpoint: str = "show") -> str:
    reference = instalment.award.reference
    return url_for(f"payments.{endpoint}", reference=reference, number=instalment.number)


def _in_list(instalment: Instalment) -> str:
    reference, number = instalment.award.reference, instalment.number
    return from_list("payments.show", reference=reference, number=number)


def _listed_link(instalment: ListedInstalment) -> str:
    return from_list("payments.show", reference=instalment.grant, number=instalment.number)


def _page_version(form: Any) -> int:
    """The version of the page that was posted."""
    return counted(form.version.data)


def _action_buttons(instalment: Instalment) -> list[Button]:
    """What this person may do to the instalment now."""
    reference, number = instalment.award.reference, instalment.number
    return buttons(instalment, INSTALMENT, reference=reference, number=number)


@pages.get(ONE)
@signed_in
def show(reference: str, number: int) -> ResponseReturnValue:
    """One instalment: what is asked before it is paid, what happened, and the next step."""
    instalment = find_instalment(reference, number)
    forward = next((step.action for step in _action_buttons(instalment) if step.in_place), None)
    if forward == "approve" and queries.confirmed_by(session(), instalment, viewer()):
        forward = None
    form = _form_for(instalment, forward) if forward else None
    return _render_instalment(instalment, form, forward)


def _form_for(instalment: Instalment, forward: str) -> Form:
    """The form of the one act that moves it on."""
    if forward == "confirm_receipt":
        data = {"version": instalment.version, "arrived_on": clock.today()}
        return ReceiptForm(instalment.sent.currency, data=data)
    return FORMS[forward](data={"version": instalment.version})


def _render_instalment(
    instalment: Instalment, form: Form | None, forward: str | None, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "granting/payments/instalment.html",
        instalment=instalment,
        in_list=PAYMENTS.beside(
            session(), _filter_instalments(PaymentsFilter()), instalment, "payments.index", _in_list
        ),
        form=form,
        forward=forward,
        called_back=queries.confirmed_by(session(), instalment, viewer()),
        returns=queries.returns_of_instalment(session(), instalment),
        others=[button for button in _action_buttons(instalment) if not button.in_place],
        checks=checklist(session(), instalment, clock.today()),
        state=_name_of(instalment),
        is_staff=viewer().may(Permission.DISBURSEMENT_SEE, instalment.scope),
        sees_account=sees_details(viewer(), instalment.scope),
        refused=_is_refused(instalment),
        answers=instalment.receipt_to_check
        and viewer().may(Permission.INSTALMENT_RELEASE, instalment.scope),
        trail=trail_of(session(), "instalment", instalment.id),
    )
    return page, status


def _is_refused(instalment: Instalment) -> bool:
    """Did the bank not take it for an account that is not corrected yet?"""
    refused = queries.refused_payments(session(), [instalment.award_id])
    return refused.get(instalment.award_id) == instalment.number


@pages.post(f"{ONE}/certify")
@needs(Permission.INSTALMENT_CERTIFY)
def certify(reference: str, number: int) -> ResponseReturnValue:
    """Every check is met: it may be paid."""
    instalment, form = find_instalment(reference, number), CertifyForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            act = this_act(form.reason.data or None)
            service.certify(opened, instalment, act, version=_page_version(form))
        if outcome:
            flash(
                _("Certified. An approving officer must now approve the payment."),
                "success",
            )
            return _redirect_to(instalment)
    return _render_instalment(instalment, form, "certify", 422)


@pages.post(f"{ONE}/approve")
@needs(Permission.INSTALMENT_APPROVE)
def approve(reference: str, number: int) -> ResponseReturnValue:
    """A third person lets it be paid."""
    instalment, form = find_instalment(reference, number), ApproveForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.approve(opened, instalment, this_act(), version=_page_version(form))
        if outcome:
            flash(_("Approved. A finance officer must now make the payment."), "success")
            return _redirect_to(instalment)
    return _render_instalment(instalment, form, "approve", 422)


@pages.post(f"{ONE}/release")
@needs(Permission.INSTALMENT_RELEASE)
def release(reference: str, number: int) -> ResponseReturnValue:
    """The bank has paid it: it is booked, and the grantee is informed."""
    instalment, form = find_instalment(reference, number), ReleaseForm()
    if form.validate_on_submit():
        day, paper = form.paid_on.data, form.bank_reference.data
        with attempt(form) as (opened, outcome):
            service.release(opened, instalment, day, paper, this_act(), version=_page_version(form))
        if outcome:
            flash(
                _("The payment has been recorded and the organisation has been notified."),
                "success",
            )
            return _redirect_to(instalment)
    return _render_instalment(instalment, form, "release", 422)


@pages.post(f"{ONE}/confirm")
@needs(Permission.INSTALMENT_CONFIRM)
def confirm_receipt(reference: str, number: int) -> ResponseReturnValue:
    """The grantee has the money, or less than was sent, or nothing."""
    instalment = find_instalment(reference, number)
    form = ReceiptForm(instalment.sent.currency)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            _record_receipt(opened, instalment, form)
        if outcome:
            flash(_words_of_thanks(form.receipt), "success")
            return redirect(url_for("agreements.show", reference=reference))
    return _render_instalment(instalment, form, "confirm_receipt", 422)


def _record_receipt(opened: Session, instalment: Instalment, form: ReceiptForm) -> None:
    act, version = this_act(form.note.data or None), _page_version(form)
    if form.receipt is Receipt.MISSING:
        receipts.report_missing(opened, instalment, act, version=version)
        return
    arrived = form.arrived.data if form.receipt is Receipt.LESS else None
    day = form.arrived_on.data
    receipts.confirm_receipt(
        opened, instalment, act, version=version, arrived_on=day, arrived=arrived
    )


def _words_of_thanks(receipt: Receipt) -> str:
    if receipt is Receipt.FULL:
        return _("Thank you. You have confirmed receipt of the payment.")
    return _("Thank you. The finance officer of the fund will answer you.")


def _name_of(instalment: Instalment) -> StateName:
    return name_of(instalment.state, instalment.due_on, instalment.award.fund.today())


def _listed_name(instalment: ListedInstalment) -> StateName:
    return name_of(instalment.state, instalment.due_on, instalment.today)


PAYMENTS = Listing(
    columns=(
        Column(_l("Grant"), lambda i: i.grant, kind="code", link=_listed_link),
        Column(_l("Organisation"), lambda i: i.organisation, worth="name"),
        Column(_l("Instalment"), lambda i: i.number, kind="number"),
        Column(_l("Amount"), lambda i: i.amount, kind="money"),
        Column(_l("To be sent"), lambda i: i.net, kind="money", shown=False),
        Column(_l("Due"), lambda i: i.due_on, kind="date", order="due"),
        Column(_l("Paid on"), lambda i: i.paid_on, kind="date"),
        Column(
            _l("Status"),
            lambda i: _listed_name(i).staff,
            tone=lambda i: _listed_name(i).tone,
        ),
        Column(_l("Bank reference"), lambda i: i.bank_reference, shown=False),
        Column(_l("Confirmed at"), lambda i: i.confirmed_at, shown=False),
        Column(_l("Country"), lambda i: i.country, shown=False),
    ),
    orders={
        "due": Order(Instalment.due_on, Instalment.id),
        "latest": Order(Instalment.due_on, Instalment.id, descending=True),
    },
    facts=FACTS,
)


def _filter_instalments(form: PaymentsFilter) -> Select[Instalment]:
    """The instalments that the address asks for."""
    form.validate()
    criteria = queries.Criteria(form.q.data, form.state.data, form.due.data)
    return queries.instalments_wanted(at_work(), criteria)


@pages.get("/disbursements")
@in_menu(_l("Payments"), 50, count=todo.to_handle, key="y")
@needs(Permission.DISBURSEMENT_SEE)
def index() -> ResponseReturnValue:
    """What waits for this person, and every instalment of the funds one works for."""
    form = PaymentsFilter()
    listed = PAYMENTS.of(session(), _filter_instalments(form), "payments")
    if listed.file:
        return listed.file
    return render_template(
        "granting/payments/index.html",
        form=form,
        listed=listed,
        waiting=todo.waiting(session(), at_work()),
        acts=acts(*ACTS, among=listed.subjects),
    )
