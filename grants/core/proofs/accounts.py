"""Accounts at an OpenID Connect provider: who asked, who linked them, whom they sign in.

Three things make a link: the provider knows the account, an administrator says
whose it is, and that person confirms it from their own mailbox. An e-mail address that the provider
names links nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.credentials import end_sign_ins, make_link
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.proofs.models import ProviderAccount

CONFIRM = "provider account"
"""Purpose of the link with which a person confirms that an account is theirs."""
KEPT = timedelta(days=30)
"""How long a request waits for an administrator; then it is deleted."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its provider describes it."""

    issuer: str
    subject: str
    email: str = ""
    name: str = ""


def known_account(session: Session, issuer: str, subject: str) -> ProviderAccount | None:
    """What is known of this account: a request, a link, or nothing."""
    return session.scalar(
        select(ProviderAccount).where(
            ProviderAccount.issuer == issuer,
            ProviderAccount.subject == subject,
            ProviderAccount.ended_at.is_(None),
        )
    )


def person_of(session: Session, issuer: str, subject: str) -> Person | None:
    """The person whom this account signs in: linked by the fund and confirmed by its owner."""
    account = known_account(session, issuer, subject)
    return account.person if account and account.confirmed_at else None


def signs_in(session: Session, person_id: int, issuer: str) -> bool:
    """Has this person an account of this provider that signs them in?"""
    linked = select(ProviderAccount.id).where(
        ProviderAccount.person_id == person_id,
        ProviderAccount.issuer == issuer,
        ProviderAccount.confirmed_at.is_not(None),
        ProviderAccount.ended_at.is_(None),
    )
    return bool(session.scalar(select(linked.exists())))


def account_by_id(session: Session, number: int) -> ProviderAccount:
    """A request or a link that has not ended; Missing otherwise."""
    account = session.get(ProviderAccount, number)
    if account is None or account.ended_at:
        raise Missing(_("Account not found, or no longer linked."))
    return account


def accounts_of(session: Session, person_id: int) -> Sequence[ProviderAccount]:
    """The accounts that are linked to a person, confirmed or not."""
    return session.scalars(
        select(ProviderAccount)
        .where(ProviderAccount.person_id == person_id, ProviderAccount.ended_at.is_(None))
        .order_by(ProviderAccount.id)
    ).all()


def requests() -> Select[ProviderAccount]:
    """The accounts that an administrator has not looked at, the oldest first."""
    return (
        select(ProviderAccount)
        .where(ProviderAccount.person_id.is_(None), ProviderAccount.ended_at.is_(None))
        .options(joinedload(ProviderAccount.person))
        .order_by(ProviderAccount.id)
    )


def count_requests() -> Select[int]:
    """How many of them there are."""
    return select(func.count()).select_from(requests().order_by(None).subquery())


def ask_for_link(session: Session, account: Account, act: Act) -> ProviderAccount:
    """An account that the fund does not know has signed in: an administrator is to say whose it is.

    A request that waits already is kept; two at the same moment make one.
    """
    created: ProviderAccount | None = session.scalar(
        insert(ProviderAccount)
        .values(
            issuer=account.issuer,
            subject=account.subject,
            email=account.email[:254],
            name=account.name[:120],
            requested_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(ProviderAccount)
    )
    if created is not None:
        record(session, created, "request", act)
        return created
    present = known_account(session, account.issuer, account.subject)
    assert present is not None
    return present


def link(session: Session, account: ProviderAccount, person: Person, act: Act) -> None:
    """An administrator says whose account it is; it works once that person has confirmed it.

    Forbidden for oneself: another administrator must.
    """
    act.demand(Permission.PEOPLE_CONFIRM, None)
    if person.id == act.actor.person_id:
        raise Forbidden(
            _("You cannot link an account to yourself. Another administrator must do this.")
        )
    session.refresh(account, with_for_update={"of": ProviderAccount})
    if account.person_id or account.ended_at:
        raise Conflict(_("This request has already been settled."))
    account.person, account.approved_by_id = person, act.actor.person_id
    account.approved_at = clock.now()
    record(session, account, "approve", act, person=person.name)


def enter_and_link(
    session: Session, issuer: str, subject: str, person: Person, act: Act
) -> ProviderAccount:
    """Link an account of which the fund was told; a request for it is settled with it.

    DomainError if it is linked to a person already.
    """
    account = ask_for_link(session, Account(issuer, subject), act)
    if account.person_id:
        raise DomainError(_("This account is already linked to a person."))
    link(session, account, person, act)
    return account


def owner_token(session: Session, account: ProviderAccount) -> str:
    """For the one-time link that its owner gets by e-mail."""
    assert account.person is not None
    return make_link(session, CONFIRM, account.person.email, {"account": account.id})


def confirm_link(session: Session, account: ProviderAccount, act: Act) -> None:
    """The owner of a linked account says that it is theirs."""
    session.refresh(account, with_for_update={"of": ProviderAccount})
    if account.ended_at or account.person_id != act.actor.person_id:
        raise Missing(_("Account not found, or no longer linked."))
    account.confirmed_at = account.confirmed_at or clock.now()
    record(session, account, "confirm", act)


def end_link(session: Session, account: ProviderAccount, act: Act) -> None:
    """A request is declined, or a link ended: its owner is signed out everywhere."""
    act.demand(Permission.PEOPLE_CONFIRM, None)
    session.refresh(account, with_for_update={"of": ProviderAccount})
    if account.ended_at:
        raise Conflict(_("This request has already been settled."))
    account.ended_at = clock.now()
    if account.person_id:
        end_sign_ins(session, account.person_id)
    record(session, account, "end" if account.person_id else "decline", act)


def forget_old_requests(session: Session, before: datetime | None = None) -> None:
    """Delete what the provider said of people whom no administrator has linked."""
    since = before or clock.now() - KEPT
    session.execute(
        delete(ProviderAccount).where(
            ProviderAccount.person_id.is_(None), ProviderAccount.requested_at < since
        )
    )
