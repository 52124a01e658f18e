"""The life of a payment by card: started on the page of a gift, then received or not paid; and of
money of it that goes back.
"""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class CardState(StrEnum):
    """The state of a payment by card."""

    STARTED = "started"
    RECEIVED = "received"
    CLOSED = "closed"


S = CardState

CARD_PAYMENT = Workflow(
    subject="card_payment",
    initial=S.STARTED,
    steps=(
        Step(
            "receive",
            (S.STARTED, S.CLOSED),
            S.RECEIVED,
            Permission.CONTRIBUTION_RECORD,
            _l("Record as received"),
            act="giving.cards.service.settle",
            by="the provider of card payments",
        ),
        Step(
            "close",
            (S.STARTED,),
            S.CLOSED,
            Permission.CONTRIBUTION_RECORD,
            _l("Close unpaid"),
            act="giving.cards.service.settle",
            by="the provider of card payments",
        ),
    ),
    names={
        S.STARTED: StateName(
            _l("Being confirmed"), _l("Started"), "waiting", _l("The provider confirms")
        ),
        S.RECEIVED: StateName(_l("Received"), _l("Received"), "good"),
        S.CLOSED: StateName(_l("Not paid"), _l("Not paid"), "neutral"),
    },
    final=(S.RECEIVED,),
)


class ReturnState(StrEnum):
    """The state of money that goes back to a card."""

    ASKED = "asked"
    OUT = "out"
    FAILED = "failed"
    BACK = "back"


R = ReturnState
STAYED = (R.FAILED, R.BACK)
"""The money has not gone, or has come back."""

CARD_RETURN = Workflow(
    subject="card_return",
    initial=R.ASKED,
    steps=(
        Step(
            "give_back",
            (R.ASKED,),
            R.OUT,
            Permission.CONTRIBUTION_RECORD,
            _l("Record as returned"),
            act="giving.cards.returns.settle_return",
            by="the provider of card payments",
        ),
        Step(
            "come_back",
            (R.OUT,),
            R.BACK,
            Permission.CONTRIBUTION_RECORD,
            _l("Record as not returned"),
            act="giving.cards.returns.settle_return",
            by="the provider of card payments",
        ),
        Step(
            "fail",
            (R.ASKED, R.OUT),
            R.FAILED,
            Permission.CONTRIBUTION_RECORD,
            _l("Record as failed"),
            act="giving.cards.returns.settle_return",
            by="the provider of card payments",
        ),
        Step(
            "close",
            (R.FAILED,),
            R.BACK,
            Permission.CONTRIBUTION_REFUND,
            _l("Close the failed refund"),
            needs_reason=True,
            act="giving.cards.returns.close",
            page="card_payments.close_refund",
        ),
    ),
    names={
        R.ASKED: StateName(
            _l("Being refunded"), _l("With the provider"), "waiting", _l("The provider confirms")
        ),
        R.OUT: StateName(_p("money", "Returned"), _l("Returned to the card"), "neutral"),
        R.FAILED: StateName(
            _l("Being refunded"),
            _l("Refund failed"),
            "bad",
            _l("Refund it another way"),
            ("card_payments.close_refund",),
        ),
        R.BACK: StateName(_l("Not returned"), _l("Not returned"), "neutral"),
    },
    final=(R.BACK,),
)
