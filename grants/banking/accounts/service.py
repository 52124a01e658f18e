"""Changing what payments to a fund have to say: one person proposes it, another approves it.

A person who changes these details redirects the donors' money, so nobody does it alone.
"""

from dataclasses import asdict, replace

from sqlalchemy.orm import Session

from grants.banking.accounts.models import AccountChange
from grants.banking.accounts.queries import waiting_of
from grants.banking.accounts.workflow import ACCOUNT_CHANGE
from grants.books.ledger.bank_accounts import AccountDetails, describe_account
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, require
from grants.core.funds.models import BankAccount
from grants.core.funds.queries import lock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope


def propose(
    session: Session, account: BankAccount, details: AccountDetails, act: Act
) -> AccountChange:
    """Propose other details of an account. DomainError without a reason or a change; Conflict while
    another change waits.
    """
    act.demand(Permission.BANK_ACCOUNT_EDIT, Scope(account.fund_id))
    lock(session, account.fund_id)
    session.refresh(account)
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    if waiting_of(session, account):
        raise Conflict(_("Another change to this account is awaiting approval."))
    before, after = AccountDetails.of(account), _clean_details(details)
    if before == after:
        raise DomainError(_("Nothing has been changed."))
    change = AccountChange(
        account=account,
        before=asdict(before),
        after=asdict(after),
        reason=act.reason or "",
        proposed_at=act.at,
    )
    begin(session, change, ACCOUNT_CHANGE, act, account=account.code)
    return change


def _clean_details(details: AccountDetails) -> AccountDetails:
    clean = AccountDetails(**{key: text.strip() for key, text in asdict(details).items()})
    return replace(
        clean, number=clean.plain_number, bic=clean.bic.upper(), country=clean.country.upper()
    )


def approve(session: Session, change: AccountChange, act: Act) -> None:
    """Another person puts the details in force. Conflict if they have changed since."""
    _lock_change(session, change)
    require(session, change, ACCOUNT_CHANGE, "approve", act)
    if AccountDetails.of(change.account) != AccountDetails(**change.before):
        raise Conflict(
            _("The account has changed since this change was proposed. Decline the change.")
        )
    describe_account(session, change.account, AccountDetails(**change.after), act)
    advance(session, change, ACCOUNT_CHANGE, "approve", act)


def decline(session: Session, change: AccountChange, act: Act) -> None:
    """The details stay as they are, for a reason."""
    _lock_change(session, change)
    advance(session, change, ACCOUNT_CHANGE, "decline", act)


def _lock_change(session: Session, change: AccountChange) -> None:
    lock(session, change.account.fund_id)
    session.refresh(change, with_for_update={"of": AccountChange})
    session.refresh(change.account)
