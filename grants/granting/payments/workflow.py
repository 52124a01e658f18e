"""The life of an instalment: certified, approved and paid by three persons, confirmed by the
grantee; or refused by the bank, given back by it, or held, and then from the beginning.
"""

from datetime import date
from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class InstalmentState(StrEnum):
    """The state of an instalment."""

    DUE = "due"
    CERTIFIED = "certified"
    APPROVED = "approved"
    SENT = "sent"
    PAID = "paid"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    RETURNED = "returned"
    HELD = "held"


S = InstalmentState

PAID = (S.PAID, S.CONFIRMED)
"""The money has left the fund."""
UNPAID = (S.DUE, S.CERTIFIED, S.APPROVED, S.SENT, S.FAILED, S.RETURNED, S.HELD)
"""All others: they are committed."""
TO_CERTIFY = (S.DUE, S.FAILED, S.RETURNED)
"""Everything begins again once the bank has refused or returned a payment."""
UNTOUCHED = (S.DUE, S.HELD)
"""Nobody has certified it: a change of the grant may change or drop it."""
NOT_CERTIFIED = (*TO_CERTIFY, S.HELD)
"""What is agreed to be deducted may change: the payment is certified and approved after it."""
UNDER_WAY = (S.CERTIFIED, S.APPROVED, S.SENT)
"""Meant for one account, which may not change meanwhile."""
PAYABLE = (S.APPROVED, S.SENT)
"""Three persons agree: what the bank debits may be this."""
AT_REST = (S.HELD, *PAID)
"""Neither waits for certification nor is being paid."""
CONFIRM_DAYS = 10
"""So many days after the fund paid, the grantee has confirmed: what the standard clause asks."""
UNFINISHED = tuple(state for state in S if state is not S.CONFIRMED)
"""Few of many: the index on states finds them."""

OTHERS = ("certify", "approve")
"""Acts of two persons; a third sends the payment and records it."""


INSTALMENT = Workflow(
    subject="instalment",
    initial=S.DUE,
    steps=(
        Step(
            "certify",
            TO_CERTIFY,
            S.CERTIFIED,
            Permission.INSTALMENT_CERTIFY,
            _l("Certify"),
            act="granting.payments.service.certify",
            page="payments.certify",
            in_place=True,
        ),
        Step(
            "approve",
            (S.CERTIFIED,),
            S.APPROVED,
            Permission.INSTALMENT_APPROVE,
            _l("Approve the payment"),
            not_by=("certify",),
            act="granting.payments.service.approve",
            page="payments.approve",
            in_place=True,
        ),
        Step(
            "release",
            PAYABLE,
            S.PAID,
            Permission.INSTALMENT_RELEASE,
            _l("Record the payment"),
            not_by=OTHERS,
            act="granting.payments.service.release",
            page="payments.release",
            in_place=True,
        ),
        Step(
            "send",
            (S.APPROVED,),
            S.SENT,
            Permission.INSTALMENT_RELEASE,
            _l("Mark as sent"),
            not_by=OTHERS,
            act="granting.payments.service.send",
            page="payments.send",
        ),
        Step(
            "fail",
            (S.SENT,),
            S.FAILED,
            Permission.INSTALMENT_RELEASE,
            _l("Refused by the bank"),
            needs_reason=True,
            act="granting.payments.returns.fail",
            page="payments.fail",
        ),
        Step(
            "take_back",
            (S.PAID,),
            S.RETURNED,
            Permission.INSTALMENT_RELEASE,
            _l("Returned by the bank"),
            needs_reason=True,
            act="granting.payments.returns.take_back",
            page="payments.take_back",
        ),
        Step(
            "send_back",
            (S.CERTIFIED, S.APPROVED),
            S.DUE,
            Permission.INSTALMENT_HOLD,
            _l("Return for certification"),
            needs_reason=True,
            act="granting.payments.service.send_back",
            page="payments.send_back",
        ),
        Step(
            "hold",
            (*TO_CERTIFY, S.CERTIFIED, S.APPROVED),
            S.HELD,
            Permission.INSTALMENT_HOLD,
            _l("Hold"),
            needs_reason=True,
            act="granting.payments.service.hold",
            page="payments.hold",
        ),
        Step(
            "let_go",
            (S.HELD,),
            S.DUE,
            Permission.INSTALMENT_HOLD,
            _l("End the hold"),
            act="granting.payments.service.let_go",
            page="payments.let_go",
        ),
        Step(
            "confirm_receipt",
            (S.PAID,),
            S.CONFIRMED,
            Permission.INSTALMENT_CONFIRM,
            _l("Confirm receipt of the payment"),
            act="granting.payments.receipts.confirm_receipt",
            page="payments.confirm_receipt",
            in_place=True,
        ),
    ),
    names={
        S.DUE: StateName(_l("Not paid yet"), _l("Awaiting certification"), "waiting"),
        S.CERTIFIED: StateName(_l("Being paid"), _l("Awaiting approval"), "waiting"),
        S.APPROVED: StateName(_l("Being paid"), _l("Approved, to be paid"), "waiting"),
        S.SENT: StateName(_l("Being paid"), _l("With the bank"), "active"),
        S.PAID: StateName(_l("Paid: please confirm"), _l("Paid, not confirmed"), "good"),
        S.CONFIRMED: StateName(_p("payment", "Received"), _l("Paid and confirmed"), "good"),
        S.FAILED: StateName(_l("The payment did not succeed"), _l("Refused by the bank"), "bad"),
        S.RETURNED: StateName(_l("The payment did not succeed"), _l("Returned by the bank"), "bad"),
        S.HELD: StateName(_p("payment", "On hold"), _p("payment", "On hold"), "bad"),
    },
    final=(S.CONFIRMED,),
    partitions={
        "Has the money left the fund?": {"PAID": PAID, "UNPAID": UNPAID},
        "Is there anything left to do?": {"UNFINISHED": UNFINISHED, "no": (S.CONFIRMED,)},
        "Is a payment under way?": {
            "TO_CERTIFY": TO_CERTIFY,
            "UNDER_WAY": UNDER_WAY,
            "AT_REST": AT_REST,
        },
    },
)

LATER = StateName(_l("Not due yet"), _l("Not due yet"))


def name_of(state: InstalmentState, due_on: date, today: date) -> StateName:
    """An instalment’s state in words: before its day there is nothing to do about it."""
    return LATER if state is S.DUE and due_on > today else INSTALMENT.names[state]
