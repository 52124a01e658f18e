"""What a line of the bank is of grants: an instalment paid, a refund that came, support costs.

What is recorded here stays when the line is undone, which only lets go of it: a payment and a
refund have a life of their own.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.bank.service import hold_open, join_postings, require_free
from grants.banking.bank.support_cost import charges_until
from grants.books.ledger.models import Entry, Posting
from grants.core.audit.act import Act
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import total
from grants.core.texts.formats import plain_day, plain_money
from grants.deciding.awards.models import Award
from grants.granting.payments.models import GrantRefund, Instalment
from grants.granting.payments.queries import payment_key, refund_key
from grants.granting.payments.refunds import record_refund
from grants.granting.payments.service import release


def pay(
    session: Session,
    line: BankLine,
    instalment: Instalment,
    act: Act,
    *,
    version: int | None = None,
) -> None:
    """The debit is the payment of a certified instalment: it is recorded as paid, on the line's
    value date with its bank reference, and matched. All that `release` asks is asked.

    `version`: the version of the instalment that a person looked at. The grant is locked before the
    line, as for a payment that is recorded by hand. Conflict if the line, or the instalment, was
    recorded as something else meanwhile.
    """
    award = instalment.award
    if award.fund_id != line.account.fund_id:
        raise DomainError(_("The line is on an account of another fund."))
    if line.amount != -instalment.amount:
        raise DomainError(
            _(
                "The instalment is %(due)s, but the line is %(amount)s.",
                due=plain_money(instalment.amount),
                amount=plain_money(line.amount),
            )
        )
    paid = (line.value_on, line.reference)
    release(session, instalment, *paid, act, version=version, paid_from=line.account)
    hold_open(session, line, "pay", act)
    key = payment_key(instalment, instalment.bank_reference or "")
    _join_first(session, line, key, "pay", act, instalment=instalment.id)


def take_refund(session: Session, line: BankLine, award: Award, act: Act) -> GrantRefund:
    """The credit is money of a grant that came back: the refund is recorded, on the line's value
    date with its bank reference, and matched. All that `record_refund` asks is asked.
    """
    if award.fund_id != line.account.fund_id:
        raise DomainError(_("The line is on an account of another fund."))
    if not line.is_credit:
        raise DomainError(_("A refund by a grantee must be a credit to the account."))
    values = (line.amount, line.value_on, line.reference)
    refund = record_refund(session, award, *values, act, came_to=line.account)
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
                "The support costs charged up to %(day)s and not transferred yet are %(due)s, but "
                "the line is %(amount)s.",
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
    posting = session.scalars(
        select(Posting)
        .join(Posting.entry)
        .where(
            Entry.fund_id == line.account.fund_id,
            Entry.key == key,
            Posting.bank_account_id.is_not(None),
        )
        .order_by(Posting.id)
        .limit(1)
    ).one()
    _join_free(session, line, [posting], action, act, **facts)


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
