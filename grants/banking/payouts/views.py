"""The fund's pages of payouts: what is on the way, what arrived, and what each is made of."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.banking.bank.models import BankLine
from grants.banking.payouts.models import CardPayout
from grants.banking.payouts.queries import (
    lines_of,
    on_the_way,
    parts_of,
    payout_for_viewer,
    payouts_for_viewer,
)
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.giving.cards.providers import Moved, PayoutState
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, viewer
from grants.platform.web.again import files_ask_first
from grants.platform.web.database import session

pages = Blueprint("payouts", __name__, url_prefix="/bank/payouts")

LATE = timedelta(days=5)
"""After the day named by the provider a payout should be on a statement of the bank."""
KINDS = {
    Moved.PAYMENT: _l("Payment"),
    Moved.REFUND: _l("Refund"),
    Moved.DISPUTE: _l("Disputed by the card holder"),
    Moved.FEE: _l("Fee"),
    Moved.OTHER: _l("Other"),
}

PAYOUTS = Listing(
    columns=(
        Column(
            _l("Payout"),
            lambda p: p.reference,
            link=lambda p: url_for("payouts.show", number=p.id),
        ),
        Column(_l("Arrives on"), lambda p: p.arrives_on),
        Column(_l("Amount"), lambda p: p.amount, kind="money"),
        Column(_l("Fee"), lambda p: p.fees, kind="money"),
        Column(_l("Payments"), lambda p: sum(m.kind is Moved.PAYMENT for m in p.parts)),
        Column(_l("Difference"), lambda p: p.unexplained or None, kind="money"),
        Column(_l("Status"), lambda p: standing(p, {})),
        Column(_l("Provider"), lambda p: p.provider.title(), shown=False),
    ),
    orders={"newest": Order(CardPayout.arrives_on, descending=True)},
)


def standing(payout: CardPayout, lines: Mapping[int, BankLine]) -> str:
    """How far a payout has come, at the provider and at the bank."""
    if payout.state is PayoutState.FAILED:
        return _("Failed: the money is back at the provider")
    line = lines.get(payout.id)
    if line is not None:
        return _("Recorded") if line.is_matched else _("At the bank, to be recorded")
    if payout.state is PayoutState.ON_THE_WAY or clock.today() <= payout.arrives_on + LATE:
        return _("On the way")
    return _("Not on a bank statement")


@pages.get("")
@needs(Permission.BANK_SEE)
@files_ask_first
def index() -> ResponseReturnValue:
    """What providers of card payments paid out, and what is on the way; as a file too."""
    listed = PAYOUTS.of(session(), payouts_for_viewer(at_work()), "card-payouts")
    if listed.file:
        return listed.file
    lines = lines_of(session(), listed.subjects)
    listed = listed.redrawn("status", lambda payout: standing(payout, lines))
    return render_template(
        "banking/payouts/index.html", listed=listed, transit=on_the_way(session(), at_work())
    )


@pages.get("/<int:number>")
@needs(Permission.BANK_SEE)
def show(number: int) -> ResponseReturnValue:
    """One payout: its payments, fees, refunds and disputes, and the line of the bank."""
    payout = payout_for_viewer(session(), number, viewer())
    lines = lines_of(session(), [payout])
    return render_template(
        "banking/payouts/show.html",
        payout=payout,
        line=lines.get(payout.id),
        standing=standing(payout, lines),
        parts=parts_of(session(), payout),
        kinds=KINDS,
        sees_payments=viewer().may(Permission.CONTRIBUTION_SEE, payout.scope),
    )
