"""The life of an instalment: certified by one, released by another, confirmed by the grantee."""

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
    PAID = "paid"
    CONFIRMED = "confirmed"


S = InstalmentState

PAID = (S.PAID, S.CONFIRMED)
"""The money has left the fund."""
UNPAID = (S.DUE, S.CERTIFIED)
"""All others."""
UNFINISHED = (S.DUE, S.CERTIFIED, S.PAID)
"""Few of many: the index on states finds them."""


INSTALMENT = Workflow(
    subject="instalment",
    initial=S.DUE,
    steps=(
        Step(
            "certify",
            (S.DUE,),
            S.CERTIFIED,
            Permission.INSTALMENT_CERTIFY,
            _l("Certify"),
            act="granting.payments.service.certify",
            page="payments.certify",
            in_place=True,
        ),
        Step(
            "send_back",
            (S.CERTIFIED,),
            S.DUE,
            Permission.INSTALMENT_RELEASE,
            _l("Return"),
            needs_reason=True,
            act="granting.payments.service.send_back",
            page="payments.send_back",
        ),
        Step(
            "release",
            (S.CERTIFIED,),
            S.PAID,
            Permission.INSTALMENT_RELEASE,
            _l("Record the payment"),
            not_by=("certify",),
            act="granting.payments.service.release",
            page="payments.release",
            in_place=True,
        ),
        Step(
            "confirm_receipt",
            (S.PAID,),
            S.CONFIRMED,
            Permission.INSTALMENT_CONFIRM,
            _l("Confirm receipt of the payment"),
            act="granting.payments.service.confirm_receipt",
            page="payments.confirm_receipt",
            in_place=True,
        ),
    ),
    names={
        S.DUE: StateName(_l("Not paid yet"), _l("Awaiting certification"), "waiting"),
        S.CERTIFIED: StateName(_l("Being paid"), _l("Certified, awaiting payment"), "waiting"),
        S.PAID: StateName(_l("Paid: please confirm"), _l("Paid, receipt not confirmed"), "good"),
        S.CONFIRMED: StateName(_p("payment", "Received"), _l("Paid and confirmed"), "good"),
    },
    final=(S.CONFIRMED,),
    partitions={
        "Has the money left the fund?": {"PAID": PAID, "UNPAID": UNPAID},
        "Is there anything left to do?": {"UNFINISHED": UNFINISHED, "no": (S.CONFIRMED,)},
    },
)

LATER = StateName(_l("Not due yet"), _l("Not due yet"))


def name_of(state: InstalmentState, due_on: date, today: date) -> StateName:
    """An instalment’s state in words: before its day there is nothing to do about it."""
    return LATER if state is S.DUE and due_on > today else INSTALMENT.names[state]
