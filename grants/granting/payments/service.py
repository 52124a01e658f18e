"""Instalments are certified by one, released by another, confirmed by the grantee.

Each act locks the grant's row first, so that whatever it has read still holds when it writes.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from grants.books.ledger.entries import Voucher
from grants.books.ledger.spending import pay_instalment
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, require
from grants.core.funds.models import BankAccount
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_day
from grants.deciding.awards.models import Award
from grants.granting.bank_details.queries import in_force
from grants.granting.bank_details.service import lock_payee
from grants.granting.payments.bank import already_used, not_to_come, read_reference
from grants.granting.payments.checks import checklist, missing
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import (
    confirmed_by,
    instalments_of,
    lock_award,
    payment_key,
)
from grants.granting.payments.workflow import INSTALMENT
from grants.platform.messages.service import tell


def begin_instalments(
    session: Session, award: Award, planned: Sequence[tuple[Money, date]], act: Act
) -> list[Instalment]:
    """Enter the instalments of a signed agreement, in order: what each is, and when due."""
    instalments = []
    for number, (amount, due_on) in enumerate(planned, 1):
        instalment = Instalment(
            award=award, number=number, amount_minor=amount.minor, due_on=due_on
        )
        begin(session, instalment, INSTALMENT, act)
        instalments.append(instalment)
    return instalments


def certify(
    session: Session, instalment: Instalment, act: Act, *, version: int | None = None
) -> None:
    """A certifying officer states that the instalment may be paid: every check is met.

    Before the day it is due the act needs a reason. DomainError names what is missing.
    """
    _lock_instalment(session, instalment)
    _require_unchanged(instalment, version)
    require(session, instalment, INSTALMENT, "certify", act)
    keep_apart(act.actor, instalment.award.organisation_id)
    _require_checks(session, instalment, act, act.reason)
    account = in_force(session, instalment.award.fund_id, instalment.award.organisation_id)
    instalment.bank_details_id = account.id if account else None
    advance(session, instalment, INSTALMENT, "certify", act)


def send_back(
    session: Session, instalment: Instalment, act: Act, *, version: int | None = None
) -> None:
    """The finance officer returns a certified instalment, with the reason."""
    _lock_instalment(session, instalment)
    _require_unchanged(instalment, version)
    instalment.bank_details_id = None
    advance(session, instalment, INSTALMENT, "send_back", act)


def release(
    session: Session,
    instalment: Instalment,
    paid_on: date,
    bank_reference: str,
    act: Act,
    *,
    version: int | None = None,
    paid_from: BankAccount | None = None,
) -> None:
    """The finance officer, who neither certified it nor confirmed the account by a call, has paid
    the instalment: it is booked, and the grantee is informed. `paid_from`: the fund's bank account,
    where it is known.

    Refused out of order, before the signature, on a day to come, and beyond the fund's cash.
    Repeated with the same day and bank reference it changes nothing; with others it is a Conflict.
    """
    bank_reference = read_reference(bank_reference)
    _lock_instalment(session, instalment)
    if instalment.is_paid and act.actor.may(Permission.INSTALMENT_RELEASE, instalment.scope):
        _same_payment(instalment, paid_on, bank_reference)
        return
    _require_unchanged(instalment, version)
    require_releasable(session, instalment, act)
    _payable_on(session, instalment, paid_on)
    _require_unused(session, instalment, bank_reference)
    award = instalment.award
    pay_instalment(
        session,
        Voucher(
            award.fund,
            paid_on,
            award.account,
            payment_key(instalment, bank_reference),
            act,
            note=f"{award.reference} / {instalment.number}",
            bank_account=paid_from,
        ),
        instalment.amount,
    )
    instalment.paid_on, instalment.bank_reference = paid_on, bank_reference
    advance(
        session,
        instalment,
        INSTALMENT,
        "release",
        act,
        paid_on=paid_on.isoformat(),
        bank_reference=bank_reference,
    )
    _tell_paid(session, instalment, act)


def require_releasable(session: Session, instalment: Instalment, act: Act) -> None:
    """Refuse as `release` would, whatever day and reference are given."""
    require(session, instalment, INSTALMENT, "release", act)
    keep_apart(act.actor, instalment.award.organisation_id)
    if confirmed_by(session, instalment, act.actor):
        raise Forbidden(
            _(
                "A different person must record this payment, because you confirmed the account "
                "by a call."
            )
        )
    _require_checks(session, instalment, act, reason="as certified")


def confirm_receipt(
    session: Session, instalment: Instalment, act: Act, *, version: int | None = None
) -> None:
    """The grantee states that the money arrived: the acknowledgement of receipt."""
    _lock_instalment(session, instalment)
    _require_unchanged(instalment, version)
    require(session, instalment, INSTALMENT, "confirm_receipt", act)
    instalment.confirmed_at = act.at
    advance(session, instalment, INSTALMENT, "confirm_receipt", act)


def _lock_instalment(session: Session, instalment: Instalment) -> None:
    award = lock_award(session, instalment.award_id)
    lock_payee(session, award.organisation_id)
    session.refresh(instalment)


def _require_unchanged(instalment: Instalment, version: int | None) -> None:
    """`version` is the one a person looked at; None where nobody looked at a page."""
    if version is not None:
        instalment.seen_at(version)


def _require_checks(session: Session, instalment: Instalment, act: Act, reason: str | None) -> None:
    """What the system brings in was paid, before this system knew any bank details, on days that
    are facts.
    """
    today, paid_elsewhere = clock.today(), act.actor.system
    unmet = missing(
        checklist(session, instalment, today, paid_elsewhere=paid_elsewhere), reason=reason
    )
    if not unmet:
        return
    if all(check.by_reason for check in unmet):
        raise DomainError(
            _(
                "The instalment is not due until %(day)s. To have it paid earlier, give the "
                "reason.",
                day=plain_day(instalment.due_on),
            )
        )
    problems = "; ".join(f"{check.text} ({check.note})" for check in unmet)
    raise DomainError(_("This cannot be paid yet: %(what)s.", what=problems))


def _payable_on(session: Session, instalment: Instalment, paid_on: date) -> None:
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


def _same_payment(instalment: Instalment, paid_on: date, bank_reference: str) -> None:
    if (instalment.paid_on, instalment.bank_reference) != (paid_on, bank_reference):
        raise Conflict(
            _(
                "This instalment was already paid on %(day)s with the bank reference "
                "%(reference)s.",
                day=plain_day(instalment.paid_on),
                reference=instalment.bank_reference,
            )
        )


def _require_unused(session: Session, instalment: Instalment, bank_reference: str) -> None:
    used = (part.bank_reference for part in instalments_of(session, instalment.award_id))
    if bank_reference in used:
        raise Conflict(already_used(bank_reference))


def _tell_paid(session: Session, instalment: Instalment, act: Act) -> None:
    award = instalment.award
    tell(
        session,
        people_of_organisation(session, award.organisation_id, Permission.REPORT_WRITE),
        "granting/payments/paid",
        act,
        event=f"instalment:{instalment.id}:paid",
        fund=award.fund,
        reference=award.reference,
        title=award.title,
        number=instalment.number,
        amount=instalment.amount,
        paid_on=instalment.paid_on,
        bank_reference=instalment.bank_reference,
        url=absolute(f"/grants/{award.reference}"),
    )
