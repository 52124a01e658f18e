"""Changes of bank details: of which accounts, and which wait for whom."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager

from grants.banking.accounts.models import AccountChange
from grants.banking.accounts.workflow import DetailsState
from grants.core.audit.queries import handled_by
from grants.core.funds.models import BankAccount
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer


def _of_funds(viewer: Viewer, permission: Permission) -> Select[AccountChange]:
    query = (
        select(AccountChange)
        .join(AccountChange.account)
        .options(contains_eager(AccountChange.account))
    )
    return query.where(in_funds_with(viewer, permission, BankAccount.fund_id))


def change_for_viewer(session: Session, number: int, viewer: Viewer) -> AccountChange:
    """One change of an account of a fund whose bank this person reads, or Missing."""
    change = session.scalar(
        _of_funds(viewer, Permission.BANK_SEE).where(AccountChange.id == number)
    )
    if change is None:
        raise Missing(_("Change of bank details not found."))
    return change


def waiting_of(session: Session, account: BankAccount) -> AccountChange | None:
    """The change of an account that waits for approval."""
    return session.scalar(
        select(AccountChange).where(
            AccountChange.bank_account_id == account.id,
            AccountChange.state == DetailsState.PROPOSED,
        )
    )


def waiting_for(viewer: Viewer) -> Select[AccountChange]:
    """The changes that others proposed and this person may decide on."""
    return _of_funds(viewer, Permission.BANK_ACCOUNT_APPROVE).where(
        AccountChange.state == DetailsState.PROPOSED,
        AccountChange.id.not_in(handled_by(viewer, AccountChange, "create")),
    )


def to_approve(viewer: Viewer) -> Select[int]:
    """How many changes wait for this person."""
    return select(func.count()).select_from(waiting_for(viewer).order_by(None).subquery())
