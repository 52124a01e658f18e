"""What goes out: awards reserved, agreements committed, instalments paid, grantees' refunds.

All in USD. Each function books one event (its postings are in docs/accounting.md) and returns
its entry. An award carries its programme support cost (PSC) from reservation to payment.
"""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.bank_accounts import account_for
from grants.books.ledger.entries import (
    Line,
    Voucher,
    booked,
    books,
    credit,
    debit,
    particulars,
    post,
)
from grants.books.ledger.foreign import arrived_lines, sent_lines
from grants.books.ledger.models import Entry
from grants.books.ledger.positions import position, standing_entry
from grants.books.ledger.queries import NotEnough, balances
from grants.books.ledger.rates import Valued
from grants.core.funds.models import Fund
from grants.core.funds.queries import lock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, total, usd


def with_support_cost(instalments: Sequence[Money], psc_percent: Decimal) -> Money:
    """What instalments cost the fund: themselves and their PSC, rounded half-even for each."""
    return total([*instalments, *(part.share(psc_percent) for part in instalments)])


@books(Event.AWARD_RESERVED)
def reserve_award(
    session: Session, voucher: Voucher, award: Money, psc_percent: Decimal
) -> Sequence[Line]:
    """An award is approved: its sum and the PSC on it are reserved until the agreement is
    signed. Refused beyond what is available, however many approve at once.

    `psc_percent` is the grant's rate: the fund's own, unless agreed otherwise.
    """
    _in_usd(award)
    needed = with_support_cost([award], psc_percent)
    _require_available(session, voucher.fund, needed)
    return _memorandum_lines(Account.RESERVED, Account.RESERVED_CONTROL, needed)


def adjust_reservation(
    session: Session, voucher: Voucher, instalments: Sequence[Money], psc_percent: Decimal
) -> Entry | None:
    """The terms of an approved award are settled: what is reserved becomes what the signature
    will commit, each instalment with its own rounded PSC, so that the signature itself is never
    refused for a cent.

    Refused beyond what is available. None if the reservation fits already, or if nothing was
    reserved (a grant brought in from earlier records).
    """
    lock(session, voucher.fund.id)
    facts = particulars(instalments=instalments, psc_percent=psc_percent)
    if earlier := booked(session, voucher, Event.RESERVATION_ADJUSTED, facts):
        return earlier
    reserved = _outstanding_on(session, voucher, Account.RESERVED)
    change = with_support_cost(instalments, psc_percent) - reserved
    if not reserved or not change:
        return None
    _require_available(session, voucher.fund, change)
    lines = _memorandum_lines(Account.RESERVED, Account.RESERVED_CONTROL, change)
    return post(session, voucher, Event.RESERVATION_ADJUSTED, lines, facts)


@books(Event.RESERVATION_RELEASED)
def release_reservation(session: Session, voucher: Voucher) -> Sequence[Line]:
    """An approved award will not be signed: all that is reserved for it is available again."""
    reserved = _outstanding_on(session, voucher, Account.RESERVED)
    if not reserved:
        raise DomainError(_("Nothing is reserved for %(subject)s.", subject=voucher.subject))
    return _memorandum_lines(Account.RESERVED, Account.RESERVED_CONTROL, -reserved)


@books(Event.GRANT_COMMITTED)
def commit_agreement(
    session: Session,
    voucher: Voucher,
    instalments: Sequence[Money],
    psc_percent: Decimal,
) -> Sequence[Line]:
    """The grant agreement is signed: its instalments and their PSC are committed, in place of
    what was reserved for the same subject. No expense yet.

    Refused beyond what is available with the reservation given back.
    """
    for part in instalments:
        _in_usd(part)
    if not instalments:
        raise DomainError(_("An agreement must have at least one instalment."))
    needed = with_support_cost(instalments, psc_percent)
    reserved = _outstanding_on(session, voucher, Account.RESERVED)
    _require_available(session, voucher.fund, needed - reserved)
    return [
        *_memorandum_lines(Account.RESERVED, Account.RESERVED_CONTROL, -reserved),
        *_memorandum_lines(Account.COMMITMENTS, Account.COMMITMENTS_CONTROL, needed),
    ]


@books(Event.COMMITMENT_ADJUSTED)
def adjust_commitment(
    session: Session, voucher: Voucher, before: Sequence[Money], after: Sequence[Money]
) -> Sequence[Line]:
    """The terms of a signed grant change: of its unpaid instalments, those `before` are replaced by
    those `after`, each with its own rounded PSC at the agreement's rate, in place of what was
    reserved for the change. Without any `after`, what will not be paid is available again.

    Refused beyond what is available with the reservation given back.
    """
    for part in after:
        _in_usd(part)
    rate = _agreed_rate(session, voucher)
    change = with_support_cost(after, rate) - with_support_cost(before, rate)
    reserved = _outstanding_on(session, voucher, Account.RESERVED)
    _require_available(session, voucher.fund, change - reserved)
    _require_committed(session, voucher, -change)
    return [
        *_memorandum_lines(Account.RESERVED, Account.RESERVED_CONTROL, -reserved),
        *_memorandum_lines(Account.COMMITMENTS, Account.COMMITMENTS_CONTROL, change),
    ]


@books(Event.INSTALMENT_PAID)
def pay_instalment(
    session: Session,
    voucher: Voucher,
    amount: Money,
    transfer: Money | None = None,
    set_off: Money | None = None,
) -> Sequence[Line]:
    """An instalment is paid: expense, its PSC at the agreement's rate rounded half-even, and both
    leave the commitment. `transfer`: what was sent instead of dollars, in another currency; what it
    is worth beside the expense is exchange difference. `set_off`: what of it was not sent, because
    the grantee owed it as a refund, which is booked at once.

    Refused without a commitment that covers it, and beyond the cash that is the fund's own.
    """
    _in_usd(amount)
    support = amount.share(_agreed_rate(session, voucher))
    _require_committed(session, voucher, amount + support)
    deducted = set_off or usd(0)
    sent = sent_lines(session, voucher, amount - deducted, transfer)
    spent = -total(usd(line.value.usd_minor) for line in sent if line.account is Account.CASH)
    require_cash(session, voucher.fund, spent + support)
    return [
        debit(Account.GRANT_EXPENSE, _plain_usd(amount)),
        *sent,
        credit(Account.SET_OFF, _plain_usd(deducted)),
        *_support_lines(session, voucher, support),
        *_memorandum_lines(Account.COMMITMENTS, Account.COMMITMENTS_CONTROL, -(amount + support)),
    ]


@books(Event.INSTALMENT_RETURNED)
def return_instalment(
    session: Session,
    voucher: Voucher,
    amount: Money,
    transfer: Money | None = None,
    set_off: Money | None = None,
) -> Sequence[Line]:
    """The bank gives the payment of an instalment back: the cash, less expense and PSC, and both
    are committed again, since the instalment is still owed. `transfer`: what comes back, in another
    currency, at the rate of its day. `set_off`: what of it had not been sent; the refund that was
    booked with it is reversed before.

    Refused beyond what was paid and not refunded.
    """
    _in_usd(amount)
    _require_paid(session, voucher, amount)
    support = amount.share(_agreed_rate(session, voucher))
    deducted = set_off or usd(0)
    return [
        *arrived_lines(session, voucher, amount - deducted, transfer),
        debit(Account.SET_OFF, _plain_usd(deducted)),
        credit(Account.GRANT_EXPENSE, _plain_usd(amount)),
        *_support_lines(session, voucher, -support),
        *_memorandum_lines(Account.COMMITMENTS, Account.COMMITMENTS_CONTROL, amount + support),
    ]


@books(Event.GRANTEE_REFUNDED)
def refund_by_grantee(
    session: Session,
    voucher: Voucher,
    amount: Money,
    transfer: Money | None = None,
    set_off_on: str | None = None,
) -> Sequence[Line]:
    """A grantee sends unspent money back: less expense, and less PSC at the same rate. `transfer`:
    what comes instead of dollars, in another currency, at the rate of its day. `set_off_on`: the
    grant from whose payment it was deducted, so that no cash comes.

    Refused beyond what was paid. It does not commit the money again.
    """
    _in_usd(amount)
    _require_paid(session, voucher, amount)
    support = amount.share(_agreed_rate(session, voucher))
    if set_off_on is None:
        came = arrived_lines(session, voucher, amount, transfer)
    else:
        came = [debit(Account.SET_OFF, _plain_usd(amount), set_off_on)]
    return [
        *came,
        credit(Account.GRANT_EXPENSE, _plain_usd(amount)),
        *_support_lines(session, voucher, -support),
    ]


def _require_paid(session: Session, voucher: Voucher, amount: Money) -> None:
    if _outstanding_on(session, voucher, Account.GRANT_EXPENSE) < amount:
        raise DomainError(_("The refund cannot exceed the amount paid."))


def _support_lines(session: Session, voucher: Voucher, support: Money) -> list[Line]:
    """PSC is charged in dollars, or given back where negative: an account in another currency does
    not bear it.
    """
    account = voucher.bank_account
    if account is not None and account.currency != FUNCTIONAL_CURRENCY:
        account = account_for(session, voucher.fund, FUNCTIONAL_CURRENCY, voucher.booked_on)
    value = _plain_usd(support)
    lines = [
        debit(Account.PROGRAMME_SUPPORT_COST, value),
        Line(Account.CASH, -value, bank_account=account),
    ]
    return lines if support.minor >= 0 else lines[::-1]


@books(Event.GRANT_WRITTEN_OFF)
def write_off_grant(session: Session, voucher: Voucher, amount: Money) -> Sequence[Line]:
    """What a grantee holds, neither spent as agreed nor sent back, is given up: an expense of its
    own, and no grant expense any more. Its PSC stays charged, and no cash moves.

    Refused beyond what was paid and has not come back.
    """
    _in_usd(amount)
    if _outstanding_on(session, voucher, Account.GRANT_EXPENSE) < amount:
        raise DomainError(_("The write-off cannot exceed the amount paid."))
    return [
        debit(Account.GRANT_LOSSES, _plain_usd(amount)),
        credit(Account.GRANT_EXPENSE, _plain_usd(amount)),
    ]


def _agreed_rate(session: Session, voucher: Voucher) -> Decimal:
    """The PSC rate the grant was committed at, whatever the fund's setting is by now."""
    fund = voucher.fund
    entry = standing_entry(session, fund.id, voucher.subject, Event.GRANT_COMMITTED)
    if entry is None:
        raise DomainError(
            _("There is no grant agreement for %(subject)s in the ledger.", subject=voucher.subject)
        )
    return Decimal(entry.particulars["psc_percent"])


def _outstanding_on(session: Session, voucher: Voucher, account: Account) -> Money:
    return position(session, voucher.fund.id, account, voucher.subject).amount


def _require_available(session: Session, fund: Fund, needed: Money) -> None:
    available = balances(session, fund).available
    if needed.minor > 0 and available < needed:
        raise NotEnough(
            _(
                "This requires %(needed)s USD including programme support costs, but only "
                "%(available)s USD is available.",
                needed=needed,
                available=available,
            )
        )


def require_cash(session: Session, fund: Fund, needed: Money) -> None:
    """Money that waits in suspense is not the fund's to spend; the operating reserve is."""
    sums = balances(session, fund)
    cash = sums.cash - sums.suspense
    if cash < needed:
        raise NotEnough(
            _(
                "This requires %(needed)s USD including programme support costs, but there is "
                "only %(cash)s USD in cash.",
                needed=needed,
                cash=cash,
            )
        )


def _require_committed(session: Session, voucher: Voucher, needed: Money) -> None:
    committed = _outstanding_on(session, voucher, Account.COMMITMENTS)
    if committed < needed:
        raise DomainError(
            _(
                "This requires %(needed)s USD including programme support costs, but only "
                "%(committed)s USD is committed to %(subject)s.",
                needed=needed,
                committed=committed,
                subject=voucher.subject,
            )
        )


def _in_usd(amount: Money) -> None:
    if amount.currency != FUNCTIONAL_CURRENCY:
        raise DomainError(_("Grants are in USD."))
    if amount.minor <= 0:
        raise DomainError(_("The amount must be more than 0."))


def _plain_usd(amount: Money) -> Valued:
    return Valued(amount, amount.minor)


def _memorandum_lines(account: Account, control: Account, amount: Money) -> list[Line]:
    """Money reserved or committed (more, or less where negative), against its control account."""
    return [debit(account, _plain_usd(amount)), credit(control, _plain_usd(amount))]
