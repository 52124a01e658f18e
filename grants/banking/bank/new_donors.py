"""Moving in: the first statement of an account brings the account's number."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.banking.bank.files.statement import ReadStatement
from grants.books.ledger.bank_accounts import AccountDetails, describe_account, open_account
from grants.core.audit.act import Act
from grants.core.funds.models import BankAccount, Fund


def enter_donor(session: Session, fund: Fund, statement: ReadStatement, act: Act) -> None:
    """Enter the account that a statement with an unknown number is of: the one of its currency
    that has no number yet, or one that is opened for it. Nothing is changed where the number is
    known, or the fund's account of this currency has another one.
    """
    account_id = session.scalar(
        select(BankAccount.id).where(BankAccount.number == statement.account)
    )
    if account_id is not None:
        return
    account = session.scalar(
        select(BankAccount)
        .where(BankAccount.fund_id == fund.id, BankAccount.currency == statement.currency)
        .order_by(BankAccount.number.desc().nulls_last())
        .limit(1)
    )
    if account is None:
        name = code = f"{fund.code}-{statement.currency}"
        details = AccountDetails(name, "", statement.account)
        open_account(session, fund, code, statement.currency, details, act)
    elif account.number is None:
        details = replace(AccountDetails.of(account), number=statement.account)
        describe_account(session, account, details, act)
