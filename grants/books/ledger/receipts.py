"""What comes in: agreements, deposits, unidentified money, interest; and what goes back to donors.

Each function books one event (its postings are in docs/accounting.md) and returns its entry.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account, Event
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
from grants.books.ledger.models import Entry
from grants.books.ledger.positions import Position, position, received, sent_back, standing_entry
from grants.books.ledger.queries import NotEnough, balances
from grants.books.ledger.rates import Valued, value_at, value_on
from grants.core.funds.models import Fund
from grants.core.funds.queries import lock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money


def recognise_agreement(
    session: Session, voucher: Voucher, pledged: Money, *, conditional: bool = False
) -> Entry | None:
    """The donor's agreement is signed: what the pledge still owes becomes receivable, and revenue
    (deferred while a condition is not met), at the rate of the day of signature.

    Money that came before the signature was revenue on its own day; None if nothing is left.
    """
    _require_positive(pledged)
    fund_id = lock(session, voucher.fund.id).id
    facts = particulars(pledged=pledged, conditional=conditional)
    if earlier := booked(session, voucher, Event.AGREEMENT_SIGNED, facts):
        return earlier
    if standing_entry(session, fund_id, voucher.subject, Event.AGREEMENT_SIGNED):
        raise DomainError(
            _("%(subject)s already has a signed agreement in the ledger.", subject=voucher.subject)
        )
    outstanding = pledged - received(session, fund_id, voucher.subject, pledged.currency)
    if outstanding.minor <= 0:
        return None
    owed = value_on(session, outstanding, voucher.booked_on)
    other = Account.DEFERRED_REVENUE if conditional else Account.CONTRIBUTION_REVENUE
    lines = [debit(Account.CONTRIBUTIONS_RECEIVABLE, owed), credit(other, owed)]
    return post(session, voucher, Event.AGREEMENT_SIGNED, lines, facts)


@books(Event.CONDITION_MET)
def meet_condition(session: Session, voucher: Voucher) -> Sequence[Line]:
    """A conditional agreement's condition is met: its deferred revenue becomes revenue, at the
    rate it was deferred at.
    """
    deferred = position(session, voucher.fund.id, Account.DEFERRED_REVENUE, voucher.subject)
    if not deferred.amount:
        raise DomainError(_("No revenue is deferred for %(subject)s.", subject=voucher.subject))
    value = deferred.part(deferred.amount)
    return [debit(Account.DEFERRED_REVENUE, value), credit(Account.CONTRIBUTION_REVENUE, value)]


@books(Event.DEPOSIT_RECEIVED)
def receive_deposit(
    session: Session, voucher: Voucher, amount: Money, fee: Money | None = None
) -> Sequence[Line]:
    """Money arrived on a pledge on its value date: `amount` credited, `fee` withheld by banks on
    the way.

    With a signed agreement it clears the receivable at the agreement's rate, and the difference
    to the day's rate is exchange gain or loss; the deposit that completes the pledge clears what
    is left to the cent. Without one it is revenue at the day's rate. Beyond what is outstanding
    it needs a reason in the act, and the rest is revenue at the day's rate.
    """
    into, gross = _arrived_lines(session, voucher, amount, fee)
    return [*into, *_towards_pledge(session, voucher, gross)]


@books(Event.UNIDENTIFIED_RECEIVED)
def receive_unidentified(
    session: Session, voucher: Voucher, amount: Money, fee: Money | None = None
) -> Sequence[Line]:
    """Money arrived and nobody knows from whom: it waits in suspense, at the day's rate."""
    into, gross = _arrived_lines(session, voucher, amount, fee)
    return [*into, credit(Account.SUSPENSE, gross)]


@books(Event.SUSPENSE_ALLOCATED)
def allocate_suspense(
    session: Session, voucher: Voucher, receipt: str, amount: Money
) -> Sequence[Line]:
    """Money that waited in suspense as `receipt` is now known to be for the voucher's pledge.

    It leaves suspense at the rate of the day it came, and counts for the pledge as a deposit of
    that day's value would. A receipt may be split over several pledges.
    """
    _require_positive(amount)
    waiting = position(session, voucher.fund.id, Account.SUSPENSE, receipt)
    _no_more_than(waiting, amount, _("You cannot allocate more than the amount held in suspense."))
    value = waiting.part(amount)
    return [
        debit(Account.SUSPENSE, value, receipt),
        *_towards_pledge(session, voucher, value),
    ]


@books(Event.DONOR_REFUNDED)
def refund_to_donor(
    session: Session, voucher: Voucher, amount: Money, *, has_left: bool = False
) -> Sequence[Line]:
    """Money goes back to a donor: less revenue and less cash, at the day's rate.

    Refused beyond what was received on the pledge, and beyond what is available: money that
    grants depend on cannot be sent back. `has_left`: it is gone already, as a fact.
    """
    _require_positive(amount)
    fund = voucher.fund
    place = (fund.id, voucher.subject, amount.currency)
    if received(session, *place) - sent_back(session, *place) < amount:
        raise DomainError(_("You cannot refund more than the amount received."))
    value = value_on(session, amount, voucher.booked_on)
    if not has_left:
        require_available(session, fund, value)
    return [debit(Account.CONTRIBUTION_REVENUE, value), credit(Account.CASH, value)]


def require_available(session: Session, fund: Fund, value: Valued) -> None:
    """NotEnough where grants depend on so much of the fund's money."""
    available = balances(session, fund).available
    if available.minor < value.usd_minor:
        raise NotEnough(
            _("Only %(sum)s USD is available: the rest is committed or reserved.", sum=available)
        )


@books(Event.RECEIVABLE_WRITTEN_OFF)
def write_off(session: Session, voucher: Voucher, amount: Money) -> Sequence[Line]:
    """What a donor will not pay any more leaves the receivable, at the agreement's rate: out of
    the pledge's allowance as far as it goes, the rest an expense; or, of a conditional agreement,
    revenue that will not come.
    """
    _require_positive(amount)
    fund_id, subject = voucher.fund.id, voucher.subject
    owed = position(session, fund_id, Account.CONTRIBUTIONS_RECEIVABLE, subject)
    _no_more_than(owed, amount, _("You cannot write off more than the amount receivable."))
    value = owed.part(amount)
    receivable = credit(Account.CONTRIBUTIONS_RECEIVABLE, value)
    if position(session, fund_id, Account.DEFERRED_REVENUE, subject).amount:
        return [debit(Account.DEFERRED_REVENUE, value), receivable]
    return [
        *_borne_by(position(session, fund_id, Account.RECEIVABLE_ALLOWANCE, subject), value),
        receivable,
    ]


def _borne_by(allowance: Position, lost: Valued) -> list[Line]:
    """What a loss is charged to: the allowance first, then expense; a cent of rounding between the
    two is exchange difference.
    """
    if not allowance.amount:
        return [debit(Account.WRITE_OFF, lost)]
    covered = allowance.part(min(allowance.amount, lost.amount))
    excess = lost.amount - covered.amount
    expense = Valued(excess, lost.usd_minor - covered.usd_minor, lost.quote)
    account = Account.WRITE_OFF if excess else Account.EXCHANGE_DIFFERENCE
    return [debit(Account.RECEIVABLE_ALLOWANCE, covered), debit(account, expense)]


@books(Event.INTEREST_EARNED)
def book_interest(session: Session, voucher: Voucher, amount: Money) -> Sequence[Line]:
    """The fund's balance earned interest."""
    _require_positive(amount)
    value = value_on(session, amount, voucher.booked_on)
    return [debit(Account.CASH, value), credit(Account.INTEREST, value)]


@books(Event.BANK_CHARGED)
def book_bank_charge(session: Session, voucher: Voucher, amount: Money) -> Sequence[Line]:
    """A bank charged the fund's account."""
    _require_positive(amount)
    value = value_on(session, amount, voucher.booked_on)
    return [debit(Account.BANK_CHARGES, value), credit(Account.CASH, value)]


def _arrived_lines(
    session: Session, voucher: Voucher, amount: Money, fee: Money | None
) -> tuple[list[Line], Valued]:
    """Cash and the fee withheld, each at the day's rate, and what the sender sent in all."""
    _require_positive(amount)
    gross = value_on(session, amount, voucher.booked_on)
    lines = [debit(Account.CASH, gross)]
    if fee:
        _require_positive(fee)
        withheld = value_on(session, fee, voucher.booked_on)
        lines.append(debit(Account.BANK_CHARGES, withheld))
        gross += withheld
    return lines, gross


def _towards_pledge(session: Session, voucher: Voucher, gross: Valued) -> list[Line]:
    """The other side of money for a pledge: receivable first, revenue for the rest, and the
    exchange difference between the two days' rates.
    """
    fund_id, subject = voucher.fund.id, voucher.subject
    owed = position(session, fund_id, Account.CONTRIBUTIONS_RECEIVABLE, subject)
    if not owed.amount:
        if standing_entry(session, fund_id, subject, Event.AGREEMENT_SIGNED):
            _require_reason(voucher)
        return [credit(Account.CONTRIBUTION_REVENUE, gross)]
    _same_currency(owed, gross)
    cleared = owed.part(min(owed.amount, gross.amount))
    beyond = value_at(gross.amount - cleared.amount, gross.quote)
    if beyond.amount:
        _require_reason(voucher)
    gain = gross.usd_minor - cleared.usd_minor - beyond.usd_minor
    nothing = replace(gross.amount, minor=0)
    return [
        credit(Account.CONTRIBUTIONS_RECEIVABLE, cleared),
        credit(Account.CONTRIBUTION_REVENUE, beyond),
        credit(Account.EXCHANGE_DIFFERENCE, Valued(nothing, gain, gross.quote)),
    ]


def _same_currency(owed: Position, paid: Valued) -> None:
    if owed.amount.currency != paid.amount.currency:
        raise DomainError(
            _(
                "The pledge is in %(pledged)s, but this deposit is in %(paid)s.",
                pledged=owed.amount.currency,
                paid=paid.amount.currency,
            )
        )


def _require_reason(voucher: Voucher) -> None:
    if not (voucher.act.reason or "").strip():
        raise DomainError(
            _("This is more than the amount outstanding on the pledge. Give the reason.")
        )


def _require_positive(amount: Money) -> None:
    if amount.minor <= 0:
        raise DomainError(_("The amount must be more than 0."))


def _no_more_than(limit: Position, amount: Money, otherwise: str) -> None:
    if amount.currency != limit.amount.currency or limit.amount < amount:
        raise DomainError(otherwise)
