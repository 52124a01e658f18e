"""What must hold for an instalment to be paid, and whose turn it is while several act at once."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.days import not_to_come
from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.texts.formats import plain_day
from grants.core.texts.marks import spaced
from grants.deciding.awards.locking import lock_award, lock_awards
from grants.granting.bank_details.service import lock_payee
from grants.granting.payments.bank import already_used
from grants.granting.payments.checks import checklist, missing
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import instalments_of, returns_of


def lock_instalment(session: Session, instalment: Instalment) -> None:
    """The grant and the payee, locked until the transaction ends; the instalment as it is now."""
    award = lock_award(session, instalment.award_id)
    lock_payee(session, award.organisation_id)
    session.refresh(instalment)


def require_unchanged(instalment: Instalment, version: int | None) -> None:
    """`version` is the one a person looked at; None where nobody looked at a page."""
    if version is not None:
        instalment.seen_at(version)


def require_checks(session: Session, instalment: Instalment, act: Act, reason: str | None) -> None:
    """DomainError names what is missing before it is paid; a reason replaces the day it is due.

    What the system brings in was paid, before this system knew any bank details, on days that
    are facts.
    """
    today, paid_elsewhere = clock.today(), act.actor.system
    unmet = missing(
        checklist(session, instalment, today, paid_elsewhere=paid_elsewhere), reason=reason
    )
    if not unmet:
        return
    problems = spaced(";").join(f"{check.text} ({check.note})" for check in unmet)
    if all(check.by_reason for check in unmet):
        raise DomainError(
            _(
                "This can be paid only if you give a reason: %(what)s. Enter the reason.",
                what=problems,
            )
        )
    raise DomainError(_("This cannot be paid yet: %(what)s.", what=problems))


def require_payable_on(session: Session, instalment: Instalment, paid_on: date) -> None:
    """DomainError on a day to come, before the signature, or out of order."""
    signed_on = instalment.award.agreement_signed_on
    earlier = [
        other
        for other in instalments_of(session, instalment.award_id)
        if other.number < instalment.number
    ]
    if any(not other.is_paid for other in earlier):
        raise DomainError(_("Instalments are paid in order: an earlier one has not been paid yet."))
    if signed_on is None or paid_on < signed_on:
        raise DomainError(
            _(
                "Nothing can be paid before the agreement is signed (%(day)s).",
                day=plain_day(signed_on),
            )
        )
    if earlier and earlier[-1].paid_on and paid_on < earlier[-1].paid_on:
        raise DomainError(
            _(
                "The previous instalment was paid on %(day)s; this one cannot be paid earlier.",
                day=plain_day(earlier[-1].paid_on),
            )
        )
    not_to_come(paid_on)


def require_same_payment(instalment: Instalment, paid_on: date, bank_reference: str) -> None:
    """Conflict unless what is recorded again is what was recorded."""
    if (instalment.paid_on, instalment.bank_reference) != (paid_on, bank_reference):
        raise Conflict(
            _(
                "This instalment was already paid on %(day)s with the bank reference "
                "%(reference)s.",
                day=plain_day(instalment.paid_on),
                reference=instalment.bank_reference,
            )
        )


def require_unused(session: Session, instalment: Instalment, bank_reference: str) -> None:
    """Conflict where another payment of the grant, or one that came back, has the reference."""
    award_id = instalment.award_id
    paid = (part.bank_reference for part in instalments_of(session, award_id))
    returned = (payment.bank_reference for payment in returns_of(session, award_id))
    if bank_reference in {*paid, *returned}:
        raise Conflict(already_used(bank_reference))


def lock_grants(session: Session, ids: Sequence[int]) -> None:
    """The grants of these instalments, as each act locks them first."""
    of_these = select(Instalment.award_id).where(Instalment.id.in_(ids))
    lock_awards(session, session.scalars(of_these.distinct()).all())
