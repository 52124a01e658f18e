"""Money that donors paid by card, until the provider pays it out: an account of the fund beside
those at banks. What is in it is in transit.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import AccountDetails, open_account
from grants.core.audit.act import Act
from grants.core.funds.models import BankAccount, Fund
from grants.core.funds.queries import lock
from grants.core.kernel.language import gettext as _


def account_at_provider(
    session: Session, fund: Fund, provider: str, currency: str
) -> BankAccount | None:
    """Where the fund's money of a currency is at a provider; None until it was opened."""
    return session.scalar(
        select(BankAccount).where(
            BankAccount.fund_id == fund.id,
            BankAccount.provider == provider,
            BankAccount.currency == currency,
            BankAccount.closed_on.is_(None),
        )
    )


def open_at_provider(session: Session, fund: Fund, provider: str, currency: str) -> BankAccount:
    """Where the fund's money of a currency is at a provider; opened when it is first needed."""
    if account := account_at_provider(session, fund, provider, currency):
        return account
    lock(session, fund.id)
    if account := account_at_provider(session, fund, provider, currency):
        return account
    code = f"{fund.code}-{provider}-{currency}".upper()
    details = AccountDetails(_("In transit at %(provider)s", provider=provider.title()), "", "")
    account = open_account(session, fund, code, currency, details, Act.by_system("cards"))
    account.provider = provider
    session.flush()
    return account
