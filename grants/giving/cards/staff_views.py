"""The fund's pages of payments by card: what was begun, paid, entered in the books, refunded."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.workflow import StateName
from grants.core.people.permissions import Permission
from grants.giving.cards.forms import RefundForm
from grants.giving.cards.jobs import give_back
from grants.giving.cards.models import CardPayment, CardReturn
from grants.giving.cards.queries import (
    payment_for_viewer,
    payments_for_viewer,
    return_for_viewer,
)
from grants.giving.cards.returns import ask_refund, left_of
from grants.giving.cards.workflow import CARD_PAYMENT, CARD_RETURN
from grants.platform.forms.step_pages import StepPages
from grants.platform.messages.jobs import enqueue
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.again import files_ask_first
from grants.platform.web.database import session
from grants.platform.web.steps import Button, buttons

pages = Blueprint("card_payments", __name__)

PAYMENTS = Listing(
    columns=(
        Column(
            _l("Pledge"),
            lambda c: c.pledge.reference,
            link=lambda c: url_for("card_payments.show", number=c.id),
        ),
        Column(_l("Started at"), lambda c: c.started_at),
        Column(_l("Amount"), lambda c: c.amount, kind="money"),
        Column(_l("Fee"), lambda c: c.deposit.bank_fee if c.deposit else None, kind="money"),
        Column(
            _l("Status"),
            lambda c: CARD_PAYMENT.names[c.state].staff,
            tone=lambda c: CARD_PAYMENT.names[c.state].tone,
        ),
        Column(
            _l("Reference of the provider"),
            lambda c: c.reference,
        ),
        Column(_l("Why it is not in the ledger"), lambda c: c.trouble or None, worth="title"),
        Column(_l("Provider"), lambda c: c.provider.title(), shown=False),
    ),
    orders={"newest": Order(CardPayment.id, descending=True)},
)


@pages.get("/contributions/cards")
@needs(Permission.CONTRIBUTION_SEE)
@files_ask_first
def index() -> ResponseReturnValue:
    """Every payment by card of the funds a person works for; as a file too."""
    listed = PAYMENTS.of(session(), payments_for_viewer(at_work()), "card-payments")
    return listed.file or render_template(
        "giving/cards/index.html",
        listed=listed,
        sees_payouts=viewer().may(Permission.BANK_SEE),
    )


@pages.get("/contributions/cards/<int:number>")
@needs(Permission.CONTRIBUTION_SEE)
def show(number: int) -> ResponseReturnValue:
    """One payment by card: what came of it, and what went back."""
    payment = payment_for_viewer(session(), number, viewer())
    may_refund = viewer().may(Permission.CONTRIBUTION_REFUND, payment.scope)
    return render_template(
        "giving/cards/show.html",
        payment=payment,
        name=CARD_PAYMENT.names[payment.state],
        returns=[_row_of(item) for item in payment.returns],
        may_refund=may_refund and bool(left_of(session(), payment)),
    )


def _row_of(item: CardReturn) -> tuple[CardReturn, StateName, list[Button]]:
    """Money that goes back, its state in words, and what this person may do about it."""
    return item, CARD_RETURN.names[item.state], buttons(item, CARD_RETURN, number=item.id)


@pages.route("/contributions/cards/<int:number>/refund", methods=["GET", "POST"])
@needs(Permission.CONTRIBUTION_REFUND)
def refund(number: int) -> ResponseReturnValue:
    """Give money back to the card that it came from."""
    payment = payment_for_viewer(session(), number, viewer())
    left = left_of(session(), payment)
    form = RefundForm(currency=payment.currency, data={"amount": left})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            item = ask_refund(opened, payment, form.amount.data, this_act(form.reason.data))
            enqueue(opened, give_back, return_id=item.id)
        if outcome:
            flash(_("The refund is being sent to the provider."), "success")
            return redirect(url_for("card_payments.show", number=number))
    return render_template("giving/cards/refund.html", payment=payment, form=form)


return_pages = StepPages(
    pages,
    CARD_RETURN,
    lambda number: return_for_viewer(session(), number, viewer()),
    lambda item: url_for("card_payments.show", number=item.payment_id),
    lambda item: (item.payment.pledge.reference,),
)
return_pages.step(
    "close",
    "/contributions/cards/refunds/<int:number>/close",
    lead=_l(
        "The refund did not reach the card. Refund the payment again, or by bank "
        "transfer, and write to the donor. Then close the failed refund here and say "
        "what was decided."
    ),
    done=_l("Closed."),
)
