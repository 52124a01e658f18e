"""Reading the books: balances, trial balance, entries page by page."""

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, aliased, selectinload

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.models import Entry, Posting, Turnover
from grants.books.ledger.turnover import BEGINNING, END, turned_over
from grants.core.funds.models import Fund
from grants.core.funds.queries import lock
from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, total, usd

SPOKEN_FOR = (Account.COMMITMENTS, Account.RESERVED, Account.SUSPENSE)
"""What of the cash may not be awarded, beside the operating reserve."""


class NotEnough(DomainError):
    """The fund's money does not reach that far."""


@dataclass(frozen=True, slots=True)
class Balances:
    """A fund's balances in USD, each positive in its natural sense (an exchange gain, money
    received, money spent), as `flask ledger balances` prints them.
    """

    cash: Money
    contributions_receivable: Money
    contribution_revenue: Money
    interest: Money
    exchange_difference: Money
    bank_charges: Money
    grant_expense: Money
    programme_support_cost: Money
    commitments: Money
    """Signed grant agreements not yet paid, with the PSC still to come."""
    suspense: Money
    reserve: Money
    """The operating reserve that awards may not touch."""
    available: Money
    """What may still be awarded, PSC included."""
    reserved: Money
    """Awards approved but not yet signed, with their PSC."""
    deferred_revenue: Money
    write_off: Money
    direct_costs: Money
    administration_fees: Money
    opening_balance: Money
    """Cash from before the first entry."""
    receivable_allowance: Money
    """What of the receivables will probably not be paid."""
    doubtful_receivables: Money
    """The expense that the allowance made."""

    def as_json(self) -> dict[str, str]:
        """Amounts as strings with the currency's decimals."""
        return {item.name: str(getattr(self, item.name)) for item in fields(self)}


def account_sums(
    session: Session, fund_id: int, since: date = BEGINNING, until: date = END
) -> dict[Account, int]:
    """Signed USD cents by account (debit positive) between two days, both included."""
    sums: dict[Account, int] = {}
    for (_event, account), cents in turned_over(session, fund_id, since, until).items():
        sums[account] = sums.get(account, 0) + cents
    return sums


def balances(session: Session, fund: Fund, on: date | None = None) -> Balances:
    """The fund's balances at the end of a day, or with everything that is booked."""
    sums = account_sums(session, fund.id, until=on or END)
    natural = {
        account.value: usd(account.kind.natural * sums.get(account, 0)) for account in Account
    }
    reserve = usd(fund.operating_reserve_minor)
    spoken_for = total(natural[account.value] for account in SPOKEN_FOR) + reserve
    reserves = {"reserve": reserve, "available": natural["cash"] - spoken_for}
    return Balances(**{item.name: (natural | reserves)[item.name] for item in fields(Balances)})


def available_of(fund: type[Fund]) -> ColumnElement[int]:
    """`Balances.available` of each fund of a query, in USD cents."""
    counted = {Account.CASH: 1} | dict.fromkeys(SPOKEN_FOR, -1)
    signs = {account: sign * account.kind.natural for account, sign in counted.items()}
    sign = case(signs, value=Turnover.account)
    turnover = select(func.coalesce(func.sum(sign * Turnover.usd_minor), 0)).where(
        Turnover.fund_id == fund.id, Turnover.account.in_(signs)
    )
    return turnover.scalar_subquery() - fund.operating_reserve_minor


def available_for_award(session: Session, fund: Fund) -> Money:
    """What may still be awarded, with the fund locked until the transaction ends, so that nobody
    awards the same money meanwhile.
    """
    return balances(session, lock(session, fund.id)).available


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One account's balance on its own side; the other side is 0."""

    account: Account
    debit: Money
    credit: Money


def trial_balance(session: Session, fund: Fund, on: date | None = None) -> list[TrialRow]:
    """Every account that was ever used, in the order of the chart. Both columns sum to the same."""
    sums = account_sums(session, fund.id, until=on or END)
    return [
        TrialRow(account, usd(max(sums[account], 0)), usd(max(-sums[account], 0)))
        for account in sorted(sums, key=lambda used: used.number)
    ]


def is_support_cost() -> ColumnElement[bool]:
    """Is a cash posting the PSC of an instalment or of a refund? The entry moves the sum itself
    first, in cash or as a set-off, and its PSC, always in dollars, after it.
    """
    of_entry = aliased(Posting)
    sums = of_entry.account.in_((Account.CASH, Account.SET_OFF))
    of_sum = of_entry.entry_id == Posting.entry_id, sums
    first = select(func.min(of_entry.id)).where(*of_sum).scalar_subquery()
    parent = aliased(Entry)
    event = select(parent.event).where(parent.id == Posting.entry_id).scalar_subquery()
    grants = event.in_((Event.INSTALMENT_PAID, Event.INSTALMENT_RETURNED, Event.GRANTEE_REFUNDED))
    in_dollars = Posting.currency == FUNCTIONAL_CURRENCY
    return grants & (Posting.account == Account.CASH) & in_dollars & (Posting.id > first)


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries to list; nothing set means all of them."""

    account: Account | None = None
    subject: str = ""
    """The reference of a business record, as "pledge:12"."""
    since: date | None = None
    until: date | None = None


def entries_of(fund_id: int, filters: EntryFilter) -> Select[Entry]:
    """A fund's entries with their postings, for a list."""
    query = select(Entry).where(Entry.fund_id == fund_id)
    if filters.account is not None:
        query = query.where(Entry.postings.any(Posting.account == filters.account))
    if filters.subject:
        query = query.where(Entry.postings.any(Posting.subject == filters.subject))
    if filters.since:
        query = query.where(Entry.booked_on >= filters.since)
    if filters.until:
        query = query.where(Entry.booked_on <= filters.until)
    return query.options(selectinload(Entry.postings), selectinload(Entry.reversed_by))


def entry_of(session: Session, fund_id: int, entry_id: int) -> Entry:
    """One entry of a fund, or Missing."""
    entry = session.scalar(
        select(Entry)
        .where(Entry.fund_id == fund_id, Entry.id == entry_id)
        .options(
            selectinload(Entry.postings).joinedload(Posting.bank_account),
            selectinload(Entry.reversed_by),
        )
    )
    if entry is None:
        raise Missing(_("Entry %(number)s not found.", number=entry_id))
    return entry
