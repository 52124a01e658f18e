"""The fund's pages of payouts: what is on the way, what arrived, and what each is made of."""

from collections.abc import Sequence
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
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
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


class Standing(Term):
    """How far a payout has come, at the provider and at the bank."""

    SENT = "sent", _l("Being sent to the bank")
    ARRIVED = "arrived", _l("At the bank, to be recorded")
    RECORDED = "recorded", _l("Recorded")
    MISSING = "missing", _l("Not on a bank statement")
    FAILED = "failed", _l("Failed: the money is back at the provider")


TONES = {
    Standing.SENT: "active",
    Standing.ARRIVED: "waiting",
    Standing.RECORDED: "good",
    Standing.MISSING: "bad",
    Standing.FAILED: "bad",
}


def standing(payout: CardPayout, line: BankLine | None) -> Standing:
    """How far a payout has come; without a line it is at no bank yet."""
    if payout.state is PayoutState.FAILED:
        return Standing.FAILED
    if line is not None:
        return Standing.RECORDED if line.is_matched else Standing.ARRIVED
    is_late = clock.today() > payout.arrives_on + LATE
    is_missing = payout.state is PayoutState.PAID and is_late
    return Standing.MISSING if is_missing else Standing.SENT


class _Lines:
    """The lines of the bank of the payouts of a page, read for all of them at once."""

    def __init__(self) -> None:
        self._by_payout: dict[int, BankLine] = {}

    def prepare(self, payouts: Sequence[CardPayout]) -> None:
        self._by_payout.update(lines_of(session(), payouts))

    def standing(self, payout: CardPayout) -> Standing:
        return standing(payout, self._by_payout.get(payout.id))


def _listing() -> Listing:
    lines = _Lines()
    return Listing(
        columns=(
            Column(
                _l("Payout"),
                lambda p: p.reference,
                link=lambda p: url_for("payouts.show", number=p.id),
            ),
            Column(_l("Arrives on"), lambda p: p.arrives_on),
            Column(_l("Amount"), lambda p: p.amount, kind="money"),
            Column(_l("Fee"), lambda p: p.fees, kind="money"),
            Column(_l("Difference"), lambda p: p.unexplained or None, kind="money"),
            Column(
                _l("Status"),
                lambda p: lines.standing(p).label,
                tone=lambda p: TONES[lines.standing(p)],
            ),
            Column(_l("Provider"), lambda p: p.provider.title(), shown=False),
        ),
        orders={"newest": Order(CardPayout.arrives_on, descending=True)},
        prepare=lines.prepare,
    )


@pages.get("")
@needs(Permission.BANK_SEE)
@files_ask_first
def index() -> ResponseReturnValue:
    """What providers of card payments paid out, and what is on the way; as a file too."""
    listed = _listing().of(session(), payouts_for_viewer(at_work()), "card-payouts")
    return listed.file or render_template(
        "banking/payouts/index.html", listed=listed, transit=on_the_way(session(), at_work())
    )


@pages.get("/<int:number>")
@needs(Permission.BANK_SEE)
def show(number: int) -> ResponseReturnValue:
    """One payout: its payments, fees, refunds and disputes, and the line of the bank."""
    payout = payout_for_viewer(session(), number, viewer())
    line = lines_of(session(), [payout]).get(payout.id)
    standing_now = standing(payout, line)
    return render_template(
        "banking/payouts/show.html",
        payout=payout,
        line=line,
        standing=standing_now,
        tone=TONES[standing_now],
        parts=parts_of(session(), payout),
        kinds=KINDS,
        sees_payments=viewer().may(Permission.CONTRIBUTION_SEE, payout.scope),
    )
