"""Payments that were sent: which run a debit could be, which payment a credit brings back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from grants.banking.bank.files.statement import RETURN_REASON
from grants.banking.bank.models import BankLine
from grants.banking.matching.expected import expected_of, expected_together
from grants.banking.matching.open_grants import last_reference
from grants.banking.matching.scoring import quoted_in
from grants.banking.matching.stated import LARGEST_FEE, Stated
from grants.core.kernel.money import FUNCTIONAL_CURRENCY
from grants.deciding.awards.models import Award
from grants.granting.payment_runs.models import PaymentRun, RunPart
from grants.granting.payment_runs.queries import awaited_of
from grants.granting.payments.models import Instalment


def runs_as_one_sum(session: Session, line: BankLine) -> Sequence[PaymentRun]:
    """The payment runs whose awaited payments together are a debit."""
    if line.is_credit:
        return ()
    waiting = (
        select(PaymentRun.id)
        .join(PaymentRun.parts)
        .join(RunPart.instalment)
        .where(
            PaymentRun.fund_id == line.account.fund_id,
            PaymentRun.bank_account_id == line.bank_account_id,
            PaymentRun.is_sent,
            Instalment.is_sent,
        )
        .group_by(PaymentRun.id)
        .having(func.count() > 1)
    )
    runs = select(PaymentRun).where(PaymentRun.id.in_(waiting)).order_by(PaymentRun.id)
    with_parts = runs.options(
        selectinload(PaymentRun.parts)
        .joinedload(RunPart.instalment)
        .options(joinedload(Instalment.paid_to), joinedload(Instalment.award))
    )
    return [run for run in session.scalars(with_parts) if _is_sum_of(session, line, run)]


def _is_sum_of(session: Session, line: BankLine, run: PaymentRun) -> bool:
    parts = [part.instalment for part in awaited_of(run)]
    return expected_together(session, line, parts).fee_in(line) is not None


@dataclass(frozen=True, slots=True)
class ReturnProposal:
    """This credit could be the payment of this instalment, given back by the bank."""

    instalment: Instalment
    sure: bool
    """Does the line say so: by our reference, or by the bank’s code?"""


def returns_for(session: Session, line: BankLine) -> list[ReturnProposal]:
    """The payments that a credit could bring back: of its amount, or lower by a fee; those first
    of which the line says so.
    """
    if not line.is_credit:
        return []
    paid = session.execute(
        select(Instalment, last_reference())
        .join(Instalment.award)
        .where(
            Award.fund_id == line.account.fund_id,
            Instalment.awaits_receipt,
            Instalment.paid_on <= line.value_on,
            _is_near(line),
        )
        .order_by(Instalment.id)
    )
    returns = [
        _return_of(line, *row)
        for row in paid
        if (-expected_of(session, line, row[0])).fee_in(line) is not None
    ]
    return sorted(filter(None, returns), key=lambda proposal: not proposal.sure)[:3]


def _is_near(line: BankLine) -> ColumnElement[bool]:
    """Was so much paid as comes back, in the line’s currency; any sum where the bank converts."""
    least, most = line.amount_minor, line.amount_minor + LARGEST_FEE
    if line.currency != FUNCTIONAL_CURRENCY:
        same = Instalment.transfer_currency == line.currency
        return same & Instalment.transfer_minor.between(least, most)
    in_dollars = Instalment.transfer_currency.is_(None)
    return Instalment.net_minor.between(least, most) & in_dollars | ~in_dollars


def _return_of(
    line: BankLine, instalment: Instalment, reference: str | None
) -> ReturnProposal | None:
    stated = Stated.of(line)
    own = bool(reference) and any(reference in text for text in stated.texts if reference)
    coded = RETURN_REASON in line.text or line.code.endswith("RRTN")
    quoted = quoted_in(stated.texts).has(instalment.award.reference) or any(
        instalment.bank_reference and instalment.bank_reference in text for text in stated.texts
    )
    if not own and not (coded and quoted):
        return ReturnProposal(instalment, sure=False) if coded or quoted else None
    return ReturnProposal(instalment, sure=True)
