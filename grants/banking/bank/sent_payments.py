"""Payments that were sent: which run a debit could be, which payment a credit brings back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.banking.bank.files.statement import RETURN_REASON
from grants.banking.bank.models import BankLine
from grants.banking.bank.open_grants import last_reference
from grants.banking.bank.scoring import quoted_in
from grants.banking.bank.stated import LARGEST_FEE, Stated
from grants.deciding.awards.models import Award
from grants.granting.payment_runs.models import PaymentRun, RunPart
from grants.granting.payment_runs.workflow import RunState
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import InstalmentState


def runs_as_one_sum(session: Session, line: BankLine) -> Sequence[PaymentRun]:
    """The payment runs whose awaited payments together are a debit."""
    if line.is_credit or line.currency != "USD":
        return ()
    awaited = func.sum(Instalment.amount_minor)
    matching = (
        select(PaymentRun.id)
        .join(PaymentRun.parts)
        .join(RunPart.instalment)
        .where(
            PaymentRun.fund_id == line.account.fund_id,
            PaymentRun.bank_account_id == line.bank_account_id,
            PaymentRun.state == RunState.SENT,
            Instalment.state == InstalmentState.SENT,
        )
        .group_by(PaymentRun.id)
        .having(
            func.count() > 1,
            awaited.between(-line.amount_minor - LARGEST_FEE, -line.amount_minor),
        )
    )
    runs = select(PaymentRun).where(PaymentRun.id.in_(matching)).order_by(PaymentRun.id)
    return session.scalars(runs).all()


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
    if not line.is_credit or line.currency != "USD":
        return []
    amount = Instalment.amount_minor.between(line.amount_minor, line.amount_minor + LARGEST_FEE)
    paid = session.execute(
        select(Instalment, last_reference())
        .join(Instalment.award)
        .where(
            Award.fund_id == line.account.fund_id,
            Instalment.state == InstalmentState.PAID,
            Instalment.paid_on <= line.value_on,
            amount,
        )
        .order_by(Instalment.id)
    )
    proposals = [_return_of(line, *row) for row in paid]
    return sorted((each for each in proposals if each), key=lambda each: not each.sure)[:3]


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
