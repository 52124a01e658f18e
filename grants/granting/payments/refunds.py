"""Money that grantees send back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import accounts_of
from grants.books.ledger.days import not_to_come
from grants.books.ledger.entries import Voucher
from grants.books.ledger.spending import refund_by_grantee
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.models import BankAccount
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_money
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.granting.findings.recovery import close_refunded
from grants.granting.payments.abroad import counted, rates_paid_at
from grants.granting.payments.bank import already_used, read_reference
from grants.granting.payments.models import GrantRefund
from grants.granting.payments.queries import (
    instalments_of,
    paid,
    refund_key,
    refunded,
)
from grants.granting.recovery.abroad import PaidRate
from grants.granting.recovery.queries import to_be_set_off
from grants.granting.recovery.settling import settle_requests
from grants.platform.documents.models import Document


@dataclass(frozen=True, slots=True)
class Credited:
    """Which of the fund’s accounts money came to, and the paper that shows it, where known."""

    account: BankAccount | None = None
    evidence: Document | None = None


NOT_NAMED = Credited()


def record_by_hand(
    session: Session,
    award: Award,
    came: Money,
    refunded_on: date,
    bank_reference: str,
    act: Act,
    *,
    credited: Credited,
) -> GrantRefund:
    """A refund that a person read on a statement of the bank, which is not imported here.

    Refused as `record_refund` is, in a currency that is not the account’s, and in another currency
    than USD without a paper of the bank.
    """
    if credited.account is None or came.currency != credited.account.currency:
        raise DomainError(_("Enter the amount in the currency of the account."))
    if came.currency != FUNCTIONAL_CURRENCY and credited.evidence is None:
        raise DomainError(
            _("Add the bank’s advice or statement: it shows how much came in another currency.")
        )
    return record_refund(session, award, came, refunded_on, bank_reference, act, credited=credited)


def refundable_to(session: Session, award: Award) -> Sequence[BankAccount]:
    """The fund’s open accounts to which a refund can come: in USD, and in the currencies in which
    the grant was paid. The main one first.
    """
    today = award.fund.today()
    currencies = {FUNCTIONAL_CURRENCY, *rates_of_refunds(session, award)}
    return [
        account
        for account in accounts_of(session, award.fund)
        if not account.provider
        and account.currency in currencies
        and (account.closed_on is None or account.closed_on > today)
    ]


def rates_of_refunds(session: Session, award: Award) -> dict[str, PaidRate]:
    """By currency of the fund’s accounts, the rate at which the grant was paid in it."""
    currencies = {account.currency for account in accounts_of(session, award.fund)}
    return dict(rates_paid_at(session, [award.id], currencies).get(award.id, {}))


def record_refund(
    session: Session,
    award: Award,
    came: Money,
    refunded_on: date,
    bank_reference: str,
    act: Act,
    *,
    credited: Credited = NOT_NAMED,
) -> GrantRefund:
    """Money of a grant came back: less expense, and less PSC at the grant's rate. In the currency
    in which it was paid it counts as the dollars that were paid with it; what it is worth on its
    day beside them is exchange difference.

    Never more than was paid. Repeated with the same content it changes nothing; the same bank
    reference with other content is a Conflict.
    """
    bank_reference = read_reference(bank_reference)
    award = lock_award(session, award.id)
    act.demand(Permission.INSTALMENT_RELEASE, award.scope)
    keep_apart(act.actor, award.organisation_id)
    if earlier := _known_refund(session, award, bank_reference):
        if (earlier.came_as, earlier.refunded_on) != (came, refunded_on):
            raise Conflict(already_used(bank_reference))
        return earlier
    money = counted(session, award.id, came)
    amount, transfer = money.amount, money.transfer
    _require_refundable(session, award, amount, refunded_on)
    refund = GrantRefund(
        award=award,
        refunded_on=refunded_on,
        amount_minor=amount.minor,
        bank_reference=bank_reference,
        recorded_at=act.at,
        evidence=credited.evidence,
    )
    refund.transfer = transfer
    session.add(refund)
    session.flush()
    refund_by_grantee(
        session,
        Voucher(
            award.fund,
            refunded_on,
            award.account,
            refund_key(refund),
            act,
            note=award.reference,
            bank_account=credited.account,
        ),
        amount,
        transfer.amount if transfer else None,
    )
    close_refunded(session, settle_requests(session, award, amount, act), refund, act)
    facts = {"amount": str(amount), "bank_reference": bank_reference}
    record(session, award, "record_refund", act, **facts, **(transfer.facts if transfer else {}))
    return refund


def _known_refund(session: Session, award: Award, bank_reference: str) -> GrantRefund | None:
    return session.scalar(
        select(GrantRefund).where(
            GrantRefund.award_id == award.id, GrantRefund.bank_reference == bank_reference
        )
    )


def require_held(session: Session, award: Award) -> Money:
    """USD that the grantee still holds; DomainError while nothing can be refunded."""
    if not award.is_running:
        raise DomainError(_("A refund can be recorded only while the grant is active."))
    unspent = paid(session, award.id) - refunded(session, award.id)
    if not unspent:
        raise DomainError(_("No payment is left to be refunded."))
    return unspent


def _require_refundable(session: Session, award: Award, amount: Money, refunded_on: date) -> None:
    unspent = require_held(session, award)
    if amount.minor <= 0 or amount.currency != "USD":
        raise DomainError(_("Enter an amount in USD above 0."))
    if amount.minor > unspent.minor:
        raise DomainError(
            _("The refund cannot exceed the amount paid: %(held)s USD remains.", held=unspent)
        )
    pending = to_be_set_off(session, award.id)
    if amount.minor > (unspent - pending).minor:
        raise DomainError(
            _(
                "%(amount)s of the refunds is to be deducted from a payment. Withdraw the set-off "
                "before you record this refund.",
                amount=plain_money(pending),
            )
        )
    first = next((p.paid_on for p in instalments_of(session, award.id) if p.paid_on), None)
    if first and refunded_on < first:
        raise DomainError(_("No refund can be recorded before the first payment."))
    not_to_come(refunded_on)
