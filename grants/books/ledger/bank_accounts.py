"""A fund's bank accounts: which one takes a posting, what each holds, opening and closing them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select, union_all
from sqlalchemy.orm import Session

from grants.books.ledger.models import BankTurnover, Entry, Posting
from grants.books.ledger.turnover import BEGINNING, whole_months
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.models import BankAccount, Fund
from grants.core.funds.queries import lock
from grants.core.kernel.errors import Conflict, DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, require_in_use, usd
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope


def account_for(session: Session, fund: Fund, currency: str, day: date) -> BankAccount:
    """Where the fund's money of a currency is on a day: its account in that currency that is open
    then (the oldest, were there several), else its main account.
    """
    accounts = accounts_of(session, fund)
    usable = [
        account for account in accounts if account.is_main or _is_usable(account, currency, day)
    ]
    return min(
        usable, key=lambda account: (account.currency != currency, not account.is_main, account.id)
    )


def _is_usable(account: BankAccount, currency: str, day: date) -> bool:
    """Is it an account at a bank in this currency, and open on the day?"""
    return (
        not account.provider
        and account.currency == currency
        and (account.opened_on is None or account.opened_on <= day)
        and (account.closed_on is None or account.closed_on > day)
    )


def accounts_for(session: Session, fund: Fund, currency: str, day: date) -> list[BankAccount]:
    """The fund's accounts that can take money of a currency on a day; first the one that takes it
    unless another is named.
    """
    usual = account_for(session, fund, currency, day)
    open_ = [
        account
        for account in accounts_of(session, fund)
        if not account.provider
        and account.currency in {currency, FUNCTIONAL_CURRENCY}
        and (account.closed_on is None or account.closed_on > day)
    ]
    return [usual, *(account for account in open_ if account.id != usual.id)]


def credited_to(session: Session, fund: Fund, key: str) -> BankAccount | None:
    """The account in which the entry of this key put its money; None if it moved no cash."""
    return session.scalar(
        select(BankAccount)
        .join(Posting, Posting.bank_account_id == BankAccount.id)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(Entry.fund_id == fund.id, Entry.key == key)
        .limit(1)
    )


def require_holds(fund: Fund, account: BankAccount, currency: str) -> None:
    """DomainError if the account is another fund's, or cannot hold money of the currency."""
    if account.fund_id != fund.id:
        raise DomainError(
            _("%(account)s is not an account of %(fund)s.", account=account.code, fund=fund.code)
        )
    if account.currency not in {currency, FUNCTIONAL_CURRENCY}:
        raise DomainError(
            _(
                "%(account)s is an account in %(held)s and cannot be used for %(currency)s.",
                account=account.code,
                held=account.currency,
                currency=currency,
            )
        )


def account_by_code(session: Session, code: str) -> BankAccount:
    """The bank account of this code, or Missing."""
    account = session.scalar(select(BankAccount).where(BankAccount.code == code.upper()))
    if account is None:
        raise Missing(_("Bank account %(code)s not found.", code=code))
    return account


def accounts_of(session: Session, fund: Fund) -> Sequence[BankAccount]:
    """The fund's bank accounts, the main one first."""
    return session.scalars(
        select(BankAccount)
        .where(BankAccount.fund_id == fund.id)
        .order_by(BankAccount.is_main.desc(), BankAccount.code)
    ).all()


@dataclass(frozen=True, slots=True)
class BankBalance:
    """What a bank account holds by the ledger: in its own currency, and in USD as it was booked."""

    account: BankAccount
    own: Money
    usd: Money


def bank_balances(session: Session, fund: Fund, on: date | None = None) -> list[BankBalance]:
    """Every account of the fund at the end of a day, or with everything that is booked. The USD
    add up to the fund's cash.
    """
    of_fund = BankAccount.fund_id == fund.id
    sums = _sums_of(of_fund, on)
    rows = session.execute(
        select(BankAccount, sums.c.minor, sums.c.cents)
        .outerjoin(sums, sums.c.bank_account_id == BankAccount.id)
        .where(of_fund)
        .order_by(BankAccount.is_main.desc(), BankAccount.code)
    )
    return [_balance_of(account, minor, cents) for account, minor, cents in rows]


def bank_balance(session: Session, account: BankAccount, on: date | None = None) -> BankBalance:
    """What one account holds at the end of a day, or with everything that is booked."""
    row = session.execute(select(_sums_of(BankAccount.id == account.id, on))).one_or_none()
    return _balance_of(account, row.minor if row else 0, row.cents if row else 0)


def _sums_of(of: ColumnElement[bool], on: date | None) -> Subquery:
    """Of these bank accounts: minor units of what its own currency is, and USD cents. Whole months
    as the database keeps them, the days of the last one from postings.
    """
    turnover = (
        select(BankTurnover.bank_account_id, BankTurnover.own_minor, BankTurnover.usd_minor)
        .join(BankAccount, BankAccount.id == BankTurnover.bank_account_id)
        .where(of)
    )
    parts: list[Select[Any, Any, Any]] = [turnover]
    if on:
        _first, after = whole_months(BEGINNING, on)
        parts = [turnover.where(BankTurnover.month < after), _posted_between(of, after, on)]
    moved = union_all(*parts).subquery()
    account_id, minor, cents = moved.c
    return (
        select(account_id, func.sum(minor).label("minor"), func.sum(cents).label("cents"))
        .group_by(account_id)
        .subquery()
    )


def _posted_between(of: ColumnElement[bool], since: date, until: date) -> Select[Any, Any, Any]:
    return (
        select(Posting.bank_account_id, own_minor(), Posting.usd_minor)
        .join(BankAccount, BankAccount.id == Posting.bank_account_id)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(of, Entry.fund_id == BankAccount.fund_id, Entry.booked_on.between(since, until))
    )


def own_minor() -> ColumnElement[int]:
    """A cash posting in its account's currency: what a dollar account took in another currency
    counts in the dollars it was booked at.
    """
    return case(
        (BankAccount.currency == FUNCTIONAL_CURRENCY, Posting.usd_minor),
        else_=Posting.amount_minor,
    )


def _balance_of(account: BankAccount, minor: int | None, cents: int | None) -> BankBalance:
    return BankBalance(account, Money(int(minor or 0), account.currency), usd(int(cents or 0)))


@dataclass(frozen=True, slots=True)
class AccountDetails:
    """What payments into an account have to say. `number` is its IBAN or the bank's own number;
    `name` is what the fund's people call it.
    """

    name: str
    bank: str
    number: str
    bic: str = ""
    beneficiary: str = ""
    bank_address: str = ""
    intermediary_bank: str = ""
    street: str = ""
    postal_code: str = ""
    town: str = ""
    country: str = ""

    @classmethod
    def of(cls, account: BankAccount) -> "AccountDetails":
        return cls(
            account.name,
            account.bank,
            account.number or "",
            account.bic,
            account.beneficiary,
            account.bank_address,
            account.intermediary_bank,
            account.street,
            account.postal_code,
            account.town,
            account.country,
        )

    @property
    def plain_number(self) -> str:
        return "".join(self.number.split()).upper()


def open_account(
    session: Session, fund: Fund, code: str, currency: str, details: AccountDetails, act: Act
) -> BankAccount:
    """The fund has another bank account. From the day of the act, money of its currency that names
    no account is booked there. Its bank details are entered by two persons, as every change of them
    is: only what the system brings in has them from the first moment.
    """
    act.demand(Permission.BANK_ACCOUNT_EDIT, Scope(fund.id))
    if details.number and not act.actor.system:
        raise DomainError(_("Open the account first. Two people then enter its bank details."))
    today = fund.day_of(act.at)
    require_in_use(currency, today)
    code = code.strip().upper()
    if session.scalar(select(BankAccount.id).where(BankAccount.code == code)):
        raise Conflict(_("Bank account %(code)s already exists.", code=code))
    account = BankAccount(fund=fund, code=code, currency=currency, opened_on=today)
    _write_details(session, account, details)
    session.add(account)
    record(session, account, "open", act)
    return account


def describe_account(
    session: Session, account: BankAccount, details: AccountDetails, act: Act
) -> None:
    """Put in force what payments into an account have to say; the trail keeps both. It is the
    second person's act: banking.accounts has the proposal.
    """
    act.demand(Permission.BANK_ACCOUNT_APPROVE, Scope(account.fund_id))
    before = asdict(AccountDetails.of(account))
    _write_details(session, account, details)
    after = asdict(AccountDetails.of(account))
    record(session, account, "describe", act, before=before, after=after)


def close_account(session: Session, account: BankAccount, on: date, act: Act) -> None:
    """Close an account that holds nothing any more. The main account stays."""
    act.demand(Permission.BANK_ACCOUNT_EDIT, Scope(account.fund_id))
    lock(session, account.fund_id)
    session.refresh(account)
    if account.is_main:
        raise DomainError(_("The fund’s main account cannot be closed."))
    if account.closed_on:
        raise Conflict(_("%(account)s is already closed.", account=account.code))
    balance = bank_balance(session, account)
    if balance.own or balance.usd:
        raise DomainError(
            _(
                "%(account)s still has a ledger balance of %(sum)s %(currency)s. Transfer it "
                "first.",
                account=account.code,
                sum=balance.own,
                currency=account.currency,
            )
        )
    account.closed_on = on
    record(session, account, "close", act, on=on.isoformat())


def _write_details(session: Session, account: BankAccount, details: AccountDetails) -> None:
    number = details.plain_number or None
    same_number = select(BankAccount).where(
        BankAccount.number == number, BankAccount.id != account.id
    )
    if number and (other := session.scalar(same_number)):
        raise Conflict(_("This number already belongs to %(account)s.", account=other.code))
    account.name, account.bank = details.name.strip(), details.bank.strip()
    account.number, account.bic = number, details.bic.strip().upper()
    account.beneficiary = details.beneficiary.strip()
    account.bank_address = details.bank_address.strip()
    account.intermediary_bank = details.intermediary_bank.strip()
    account.street, account.postal_code = details.street.strip(), details.postal_code.strip()
    account.town, account.country = details.town.strip(), details.country.strip().upper()
