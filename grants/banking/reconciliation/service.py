"""Signing off a month of a bank account."""

from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.reconciliation.figures import Figures, as_plain
from grants.banking.reconciliation.models import Reconciliation
from grants.banking.reconciliation.queries import is_as_signed, reconcile, signed
from grants.books.ledger.models import Entry, Posting
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.audit.models import TrailRow
from grants.core.funds.models import BankAccount
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, Viewer
from grants.core.texts.formats import plain_day, plain_money


def sign_off(
    session: Session, account: BankAccount, month: date, act: Act, seen_digest: str | None = None
) -> Reconciliation:
    """A person who recorded nothing of the month states that bank and books agree, but for the
    open items. What was signed is kept; once something has changed it is signed again.

    `seen_digest` is the digest of the figures as that person saw them: of others a Conflict.
    Refused while a cent is unexplained, while statements of the bank are missing, and before the
    month is over.
    """
    act.demand(Permission.BANK_SIGN_OFF, Scope(account.fund_id))
    lock(session, account.fund_id)
    figures = reconcile(session, account, month)
    if seen_digest is not None and seen_digest != figures.digest:
        raise Conflict(_("The figures have changed since you opened the page. Check them again."))
    _require_sound(figures)
    if recorded_in(session, account, month, figures.to, act.actor):
        raise Forbidden(
            _(
                "A different person must sign off, because you recorded entries or matched lines "
                "in this month."
            )
        )
    before = signed(session, account, month)
    if before is not None and is_as_signed(session, before, figures):
        return before
    signature = Reconciliation(
        account=account,
        month=month,
        figures=as_plain(figures),
        signed_at=act.at,
        person_id=act.actor.person_id,
        actor=act.actor.name,
    )
    session.add(signature)
    record(session, signature, "sign_off", act, account=account.code, month=f"{month:%Y-%m}")
    return signature


def _require_sound(figures: Figures) -> None:
    if figures.to >= clock.today():
        raise DomainError(_("The month has not ended yet."))
    if not figures.complete:
        raise DomainError(
            _("Bank statements up to %(day)s are missing.", day=plain_day(figures.to))
        )
    if figures.unexplained:
        raise DomainError(
            _(
                "A difference of %(sum)s between the bank and the ledger is not explained by "
                "open items.",
                sum=plain_money(figures.unexplained),
            )
        )


def recorded_in(
    session: Session, account: BankAccount, month: date, until: date, actor: Viewer
) -> bool:
    """Did this person record an entry of the month on the account, or say what a line of it is?"""
    if actor.person_id is None:
        return False
    booked = exists().where(
        Posting.entry_id == Entry.id,
        Posting.bank_account_id == account.id,
        Entry.booked_on.between(month, until),
        Entry.person_id == actor.person_id,
    )
    identified = exists().where(
        TrailRow.subject == BankLine.__tablename__,
        TrailRow.subject_id == BankLine.id,
        TrailRow.action != "create",
        TrailRow.person_id == actor.person_id,
        BankLine.bank_account_id == account.id,
        BankLine.booked_on.between(month, until),
    )
    return bool(session.scalar(select(booked | identified)))
