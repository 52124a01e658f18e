"""Pages of set-offs: the list, the proposal, one set-off and its decision."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.audit.queries import trail_of
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import pgettext
from grants.core.people.permissions import Permission
from grants.granting.payments.models import Instalment
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.queries import request_for_viewer
from grants.granting.set_offs import queries, service
from grants.granting.set_offs.forms import SetOffForm
from grants.granting.set_offs.models import SetOff
from grants.granting.set_offs.workflow import SET_OFF
from grants.platform.forms.step_pages import StepPages
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.steps import buttons

pages = Blueprint("set_offs", __name__)
ONE = "/grants/<reference>/set-offs/<int:number>"
P = Permission


def page_of(set_off: SetOff) -> str:
    """The address of a set-off."""
    return url_for("set_offs.show", reference=set_off.award.reference, number=set_off.number)


SET_OFFS = Listing(
    columns=(
        Column(_l("Reference"), lambda s: s.reference, kind="code", link=page_of),
        Column(_l("Organisation"), lambda s: s.award.organisation.name, worth="name"),
        Column(_l("Refund"), lambda s: s.request.reference, kind="code"),
        Column(_l("Instalment"), lambda s: s.instalment_number, kind="number"),
        Column(_l("Amount"), lambda s: s.amount, kind="money"),
        Column(
            _l("Status"),
            lambda s: SET_OFF.names[s.state].staff,
            tone=lambda s: SET_OFF.names[s.state].tone,
        ),
        Column(_l("Proposed at"), lambda s: s.proposed_at, order="latest", shown=False),
    ),
    orders={"latest": Order(SetOff.proposed_at, SetOff.id, descending=True)},
)


@pages.get("/grants/set-offs")
@needs(P.DISBURSEMENT_SEE)
def index() -> ResponseReturnValue:
    """Refunds that are deducted from payments, the latest first."""
    listed = SET_OFFS.of(session(), queries.set_offs_of_fund(at_work()), "set-offs")
    return listed.file or render_template("granting/set_offs/index.html", listed=listed)


@pages.route("/grants/<reference>/refund-requests/<int:number>/set-off", methods=["GET", "POST"])
@needs(P.INSTALMENT_CERTIFY)
def propose(reference: str, number: int) -> ResponseReturnValue:
    """Propose to deduct a refund from the next payment to its organisation."""
    refund = request_for_viewer(session(), reference, number, viewer())
    this_act().demand(P.INSTALMENT_CERTIFY, refund.scope)
    parts = queries.next_payments(session(), refund)
    form = SetOffForm(parts, data=_proposed_values(refund, parts))
    if parts and form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            deduction = service.Deduction(refund, form.chosen, form.amount.data)
            set_off = service.propose(opened, deduction, this_act(form.reason.data))
        if outcome:
            flash(_("Proposed. An approving officer must now approve it."), "success")
            return redirect(page_of(set_off))
    return render_template("granting/set_offs/propose.html", refund=refund, parts=parts, form=form)


def _proposed_values(refund: RefundRequest, parts: Sequence[Instalment]) -> dict[str, Any]:
    """The instalment from which a person came, or the only one, and all that may be deducted."""
    only = str(parts[0].id) if len(parts) == 1 else None
    most = min(
        refund.not_set_off,
        queries.certain(session(), refund.award_id),
        key=lambda amount: amount.minor,
    )
    return {"instalment": request.args.get("instalment", only), "amount": most or None}


def _set_off(reference: str, number: int) -> SetOff:
    return queries.set_off_for_viewer(session(), reference, number, viewer())


@pages.get(ONE)
@signed_in
def show(reference: str, number: int) -> ResponseReturnValue:
    """One set-off: what is deducted from which payment, and what stays to be paid."""
    set_off = _set_off(reference, number)
    return render_template(
        "granting/set_offs/show.html",
        set_off=set_off,
        refund=set_off.request,
        part=queries.part_of(session(), set_off),
        is_staff=viewer().may(P.DISBURSEMENT_SEE, set_off.scope),
        name=SET_OFF.names[set_off.state],
        steps=buttons(set_off, SET_OFF, reference=reference, number=number),
        trail=trail_of(session(), SetOff.__tablename__, set_off.id),
        acts={
            "create": pgettext("set-off", "Proposed"),
            "agree": _("Approved, and the organisation notified"),
            "decline": pgettext("set-off", "Declined"),
            "deduct": _("Deducted from the payment"),
            "restore": _("The payment was returned"),
            "withdraw": pgettext("set-off", "Withdrawn"),
        },
    )


set_off_pages = StepPages(
    pages,
    SET_OFF,
    _set_off,
    page_of,
    lambda set_off: (set_off.reference, set_off.award.organisation.name),
    _l("The set-off"),
)

DECIDED: dict[str, Any] = {
    "template": "granting/set_offs/decide.html",
    "facts": lambda set_off: {"part": queries.part_of(session(), set_off)},
}

set_off_pages.step(
    "agree",
    f"{ONE}/approve",
    lead=_l(
        "The payment is reduced by this amount, and a letter goes to the "
        "organisation. The refund counts as received when the payment is made."
    ),
    done=_l("Approved. The organisation has been notified."),
    **DECIDED,
)
set_off_pages.step("decline", f"{ONE}/decline", tone="warning", done=_l("Declined."), **DECIDED)
set_off_pages.step(
    "withdraw",
    f"{ONE}/withdraw",
    tone="warning",
    lead=_l("The refund is owed as stated in its letter, and the instalment is paid in full."),
    done=_l("Withdrawn."),
    **DECIDED,
)
