"""The life of a line of the bank's statement: open until a person says what it is."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class LineState(StrEnum):
    """The state of a line."""

    UNMATCHED = "unmatched"
    MATCHED = "matched"
    SET_ASIDE = "set_aside"


S = LineState

IN_BOOKS = (S.MATCHED,)
NOT_IN_BOOKS = (S.UNMATCHED, S.SET_ASIDE)
"""Open items of a reconciliation."""
UNDECIDED = (S.UNMATCHED,)
"""Lines that finance has still to say something about."""

LINE = Workflow(
    subject="bank_line",
    initial=S.UNMATCHED,
    steps=(
        Step(
            "accept",
            (S.UNMATCHED,),
            S.MATCHED,
            Permission.BANK_MATCH,
            _l("Record as received"),
            act="banking.bank.service.accept",
            page="bank.accept",
            in_place=True,
        ),
        Step(
            "pay",
            (S.UNMATCHED,),
            S.MATCHED,
            Permission.INSTALMENT_RELEASE,
            _l("Record this payment"),
            act="banking.lines.paying.pay",
            page="bank.pay",
        ),
        Step(
            "pay_run",
            (S.UNMATCHED,),
            S.MATCHED,
            Permission.INSTALMENT_RELEASE,
            _l("Record this payment run"),
            act="banking.lines.paying.pay_run",
            page="bank.pay_run",
        ),
        Step(
            "take_return",
            (S.UNMATCHED,),
            S.MATCHED,
            Permission.INSTALMENT_RELEASE,
            _l("A payment that was returned"),
            act="banking.lines.paying.take_return",
            page="bank.take_return",
        ),
        Step(
            "take_refund",
            (S.UNMATCHED,),
            S.MATCHED,
            Permission.INSTALMENT_RELEASE,
            _l("A refund by a grantee"),
            act="banking.lines.paying.take_refund",
            page="bank.take_refund",
        ),
        Step(
            "transfer_support_cost",
            (S.UNMATCHED,),
            S.MATCHED,
            Permission.BANK_MATCH,
            _l("A transfer of support costs"),
            act="banking.lines.paying.transfer_support_cost",
            page="bank.transfer_support_cost",
        ),
        Step(
            "match",
            (S.UNMATCHED,),
            S.MATCHED,
            Permission.BANK_MATCH,
            _l("Already in the ledger"),
            act="banking.bank.service.match",
            page="bank.match",
        ),
        Step(
            "charge",
            (S.UNMATCHED,),
            S.MATCHED,
            Permission.BANK_MATCH,
            _l("A bank charge"),
            needs_reason=True,
            act="banking.bank.service.charge",
            page="bank.charge",
        ),
        Step(
            "direct_cost",
            (S.UNMATCHED,),
            S.MATCHED,
            Permission.BANK_MATCH,
            _l("A direct cost"),
            needs_reason=True,
            act="banking.bank.service.direct_cost",
            page="bank.direct_cost",
        ),
        Step(
            "administration_fee",
            (S.UNMATCHED,),
            S.MATCHED,
            Permission.BANK_MATCH,
            _l("An administration fee"),
            needs_reason=True,
            act="banking.bank.service.administration_fee",
            page="bank.administration_fee",
        ),
        Step(
            "interest",
            (S.UNMATCHED,),
            S.MATCHED,
            Permission.BANK_MATCH,
            _p("bank", "Interest"),
            needs_reason=True,
            act="banking.bank.service.interest",
            page="bank.interest",
        ),
        Step(
            "refund",
            (S.UNMATCHED,),
            S.MATCHED,
            Permission.BANK_MATCH,
            _l("A refund to a donor"),
            needs_reason=True,
            act="banking.bank.service.refund",
            page="bank.refund",
        ),
        Step(
            "transfer",
            (S.UNMATCHED,),
            S.MATCHED,
            Permission.BANK_MATCH,
            _l("A transfer between our accounts"),
            act="banking.bank.service.transfer",
            page="bank.transfer",
        ),
        Step(
            "take_payout",
            (S.UNMATCHED,),
            S.MATCHED,
            Permission.BANK_MATCH,
            _l("A payout of card payments"),
            act="banking.lines.payouts.take_payout",
            page="bank.take_payout_of",
        ),
        Step(
            "set_aside",
            (S.UNMATCHED,),
            S.SET_ASIDE,
            Permission.BANK_MATCH,
            _p("verb", "Set aside"),
            needs_reason=True,
            act="banking.bank.service.set_aside",
            page="bank.set_aside",
        ),
        Step(
            "take_up",
            (S.SET_ASIDE,),
            S.UNMATCHED,
            Permission.BANK_MATCH,
            _p("bank line", "Reopen"),
            act="banking.bank.service.take_up",
            page="bank.take_up",
            in_place=True,
        ),
        Step(
            "undo",
            (S.MATCHED,),
            S.UNMATCHED,
            Permission.BANK_MATCH,
            _l("Undo"),
            needs_reason=True,
            act="banking.bank.undoing.undo",
            page="bank.undo",
        ),
    ),
    names={
        S.UNMATCHED: StateName(_p("bank line", "Open"), _l("To be matched"), "waiting"),
        S.MATCHED: StateName(_l("In the ledger"), _l("Matched"), "good"),
        S.SET_ASIDE: StateName(_l("Set aside"), _l("Set aside"), "neutral"),
    },
    partitions={"Is it in the books?": {"IN_BOOKS": IN_BOOKS, "NOT_IN_BOOKS": NOT_IN_BOOKS}},
)
