"""What a line of the bank is of grants: an instalment paid, a refund that came, support costs.

What is recorded here stays when the line is undone, which only lets go of it: a payment and a
refund have a life of their own.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.bank.queries import cash_postings
from grants.banking.bank.service import hold_open, join_postings, require_free, voucher_of
from grants.banking.bank.support_cost import charges_until
from grants.banking.matching.expected import Expected, expected_of, expected_together
from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.queries import is_support_cost
from grants.books.ledger.receipts import book_bank_charge
from grants.core.audit.act import Act
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total
from grants.core.texts.formats import plain_day, plain_money
from grants.deciding.awards.models import Award
from grants.granting.payment_runs.models import PaymentRun
from grants.granting.payment_runs.queries import awaited_of
from grants.granting.payments.models import GrantRefund, Instalment, ReturnedPayment
from grants.granting.payments.queries import payment_key, refund_key, return_key
from grants.granting.payments.refunds import Credited, record_refund
from grants.granting.payments.returns import Arrival, Corrector, take_back
from grants.granting.payments.service import release


def pay(
    session: Session,
    line: BankLine,
    instalment: Instalment,
    act: Act,
    *,
    version: int | None = None,
) -> None:
    """The debit is the payment of an approved instalment: it is recorded as paid, on the line's
    value date with its bank reference, and matched. All that `release` asks is asked.

    `version`: the version of the instalment that a person looked at. The grant is locked before the
    line, as for a payment that is recorded by hand. Conflict if the line, or the instalment, was
    recorded as something else meanwhile.
    """
    award = instalment.award
    if award.fund_id != line.account.fund_id:
        raise DomainError(_("The line is on an account of another fund."))
    fee = _fee_beside(line, expected_of(session, line, instalment))
    paid = (line.value_on, line.reference)
    release(session, instalment, *paid, act, version=version, paid_from=line.account)
    hold_open(session, line, "pay", act)
    postings = _cash_of(session, line, _paid_as(instalment))
    _join_with_fee(session, line, postings, fee, "pay", act, instalment=instalment.id)


def pay_run(session: Session, line: BankLine, run: PaymentRun, act: Act) -> int:
    """The debit is a payment run as one sum: all that the run waits for is recorded as paid, and
    matched, with the bank’s fee. Returns how many payments it was.
    """
    parts = sorted(awaited_of(run), key=lambda part: part.instalment.award_id)
    due = expected_together(session, line, [part.instalment for part in parts])
    fee = due.fee_in(line)
    if run.fund_id != line.account.fund_id or not parts or fee is None:
        raise DomainError(
            _(
                "The payments of this run that are awaiting the bank add up to "
                "%(due)s, but the line is %(amount)s.",
                due=plain_money(due.amount),
                amount=plain_money(line.amount),
            )
        )
    for part in parts:
        paid = (line.value_on, line.reference)
        release(session, part.instalment, *paid, act, paid_from=line.account)
    hold_open(session, line, "pay_run", act)
    keys = [_paid_as(part.instalment) for part in parts]
    postings = [posting for key in keys for posting in _cash_of(session, line, key)]
    _join_with_fee(session, line, postings, fee, "pay_run", act, run=run.id)
    return len(parts)


def take_return(
    session: Session, line: BankLine, instalment: Instalment, corrector: Corrector, act: Act
) -> ReturnedPayment:
    """The credit is a payment that came back: its return is recorded, on the line’s value date with
    its bank reference, and matched; what the bank kept of it is a bank charge.
    """
    if instalment.award.fund_id != line.account.fund_id:
        raise DomainError(_("The line is on an account of another fund."))
    fee = _fee_beside(line, -expected_of(session, line, instalment))
    arrival = Arrival(line.value_on, line.reference, line.account)
    payment = take_back(session, instalment, arrival, corrector, act)
    hold_open(session, line, "take_return", act)
    postings = _cash_of(session, line, return_key(payment))
    _join_with_fee(session, line, postings, fee, "take_return", act, returned=payment.id)
    return payment


def _fee_beside(line: BankLine, due: Expected) -> Money:
    fee = due.fee_in(line)
    if fee is None:
        raise DomainError(
            _(
                "The instalment is %(due)s, but the line is %(amount)s.",
                due=plain_money(Money(abs(due.amount.minor), due.amount.currency)),
                amount=plain_money(line.amount),
            )
        )
    return fee


def _paid_as(instalment: Instalment) -> str:
    return payment_key(instalment, instalment.bank_reference or "")


def _join_with_fee(
    session: Session,
    line: BankLine,
    postings: Sequence[Posting],
    fee: Money,
    action: str,
    act: Act,
    **facts: object,
) -> None:
    """Match the line to what was recorded by it, and to a bank charge of what it is beyond that."""
    for posting in postings:
        require_free(session, line, posting)
    charged: Sequence[Posting] = ()
    if fee:
        voucher = voucher_of(line, "fee", act)
        charged = cash_postings(session, book_bank_charge(session, voucher, fee))
    are_new = [False] * len(postings) + [True] * len(charged)
    join_postings(session, line, [*postings, *charged], are_new, action, act, **facts)


def take_refund(session: Session, line: BankLine, award: Award, act: Act) -> GrantRefund:
    """The credit is money of a grant that came back: the refund is recorded, on the line's value
    date with its bank reference, and matched. All that `record_refund` asks is asked.
    """
    if award.fund_id != line.account.fund_id:
        raise DomainError(_("The line is on an account of another fund."))
    if not line.is_credit:
        raise DomainError(_("A refund by a grantee must be a credit to the account."))
    values = (line.amount, line.value_on, line.reference)
    refund = record_refund(session, award, *values, act, credited=Credited(line.account))
    hold_open(session, line, "take_refund", act)
    _join_first(session, line, refund_key(refund), "take_refund", act, refund=refund.id)
    return refund


def transfer_support_cost(session: Session, line: BankLine, until: date, act: Act) -> None:
    """The line transfers the programme support costs that were charged by the end of a day and not
    transferred yet; nothing more is posted, as each was charged with its instalment.
    """
    hold_open(session, line, "transfer_support_cost", act)
    charges = charges_until(session, line.account, until)
    due = total((charge.amount for charge in charges), line.currency)
    if not charges or due != line.amount:
        raise DomainError(
            _(
                "The support costs charged up to %(day)s and not yet transferred add "
                "up to %(due)s, but the line is %(amount)s.",
                day=plain_day(until),
                due=plain_money(due),
                amount=plain_money(line.amount),
            )
        )
    _join_free(session, line, charges, "transfer_support_cost", act, until=until.isoformat())


def _join_first(
    session: Session, line: BankLine, key: str, action: str, act: Act, **facts: object
) -> None:
    """Match the line to the sum itself of an entry; its support costs are transferred apart."""
    _join_free(session, line, _cash_of(session, line, key), action, act, **facts)


def _cash_of(session: Session, line: BankLine, key: str) -> Sequence[Posting]:
    """The cash of the sum itself of an entry, with what past rates left on it."""
    return session.scalars(
        select(Posting)
        .join(Posting.entry)
        .where(
            Entry.fund_id == line.account.fund_id,
            Entry.key == key,
            Posting.bank_account_id.is_not(None),
            ~is_support_cost(),
        )
        .order_by(Posting.id)
    ).all()


def _join_free(
    session: Session,
    line: BankLine,
    postings: Sequence[Posting],
    action: str,
    act: Act,
    **facts: object,
) -> None:
    for posting in postings:
        require_free(session, line, posting)
    join_postings(session, line, postings, [False] * len(postings), action, act, **facts)
