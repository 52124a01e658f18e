"""The allowance for doubtful receivables: what of them will probably not be paid.

It is kept for each pledge, in the pledge's currency at the rate of its receivable, so that a
write-off can use it.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.entries import Line, Voucher, booked, credit, debit, particulars, post
from grants.books.ledger.models import Entry
from grants.books.ledger.positions import SubjectBalance, position, subject_balances
from grants.books.ledger.rates import Quote, Valued, value_at
from grants.core.funds.queries import lock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money

ALLOWANCE, EXPENSE = Account.RECEIVABLE_ALLOWANCE, Account.DOUBTFUL_RECEIVABLES


def change_allowance(
    session: Session, voucher: Voucher, targets: Mapping[str, Money]
) -> Entry | None:
    """At the end of the voucher's day the allowance of each pledge is to be its target (in its
    currency; nothing for a pledge that is not named). Only the difference is posted: more is
    expense, less is expense taken back. None if the books say so already.

    What later write-offs have used by now is not taken back once more. Nobody can be owed less
    than nothing: DomainError.
    """
    lock(session, voucher.fund.id)
    if any(target.minor < 0 for target in targets.values()):
        raise DomainError(_("An allowance cannot be negative."))
    facts = particulars(wanted=[f"{s} {m} {m.currency}" for s, m in sorted(targets.items())])
    if earlier := booked(session, voucher, Event.ALLOWANCE_CHANGED, facts):
        return earlier
    lines = list(_allowance_lines(session, voucher, targets))
    return post(session, voucher, Event.ALLOWANCE_CHANGED, lines, facts) if lines else None


def _allowance_lines(
    session: Session, voucher: Voucher, targets: Mapping[str, Money]
) -> Iterator[Line]:
    fund_id = voucher.fund.id
    before = subject_balances(session, fund_id, ALLOWANCE, voucher.booked_on)
    for subject in sorted(before.keys() | targets.keys()):
        value = _change_of(session, (fund_id, subject), before.get(subject), targets.get(subject))
        if value and value.amount:
            yield debit(EXPENSE, value, subject)
            yield credit(ALLOWANCE, value, subject)


def _change_of(
    session: Session, place: tuple[int, str], before: SubjectBalance | None, target: Money | None
) -> Valued | None:
    """From what is held to what is wanted, so that it ends at the value of its whole."""
    if target is None or (before and target < before.amount):
        return _lowered_by(session, place, before, target) if before else None
    change = target - before.amount if before else target
    if not change:
        return None
    quote = _receivable_quote(session, place, target.currency)
    return Valued(change, _cents_at(target, quote) - (before.usd_minor if before else 0), quote)


def _lowered_by(
    session: Session, place: tuple[int, str], before: SubjectBalance, target: Money | None
) -> Valued | None:
    """Less, but never more than what later write-offs have left of it."""
    fund_id, subject = place
    now = position(session, fund_id, ALLOWANCE, subject)
    if not now.amount:
        return None
    if target and now.amount == before.amount:
        cents = _cents_at(target, now.quote) - before.usd_minor
        return Valued(target - before.amount, cents, now.quote)
    surplus = before.amount - target if target else before.amount
    return -now.part(min(surplus, now.amount))


def _cents_at(target: Money, quote: Quote | None) -> int:
    return value_at(target, quote).usd_minor


def _receivable_quote(session: Session, place: tuple[int, str], currency: str) -> Quote | None:
    """The quote of the receivable, at which what is doubtful of it is valued."""
    fund_id, subject = place
    owed = position(session, fund_id, Account.CONTRIBUTIONS_RECEIVABLE, subject)
    foreign = currency != FUNCTIONAL_CURRENCY
    if owed.amount.currency != currency or (foreign and owed.quote is None):
        raise DomainError(
            _(
                "There is no agreement in force under which %(subject)s owes anything in %(code)s.",
                subject=subject,
                code=currency,
            )
        )
    return owed.quote
