"""Asking a grantee for money back by letter, reminding it, and taking the request back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, require
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.kernel.slots import Slot
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_money
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.granting.recovery.abroad import paid_rate
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.notices import tell_grantee
from grants.granting.recovery.queries import late, refundable, requests_of
from grants.granting.recovery.workflow import REFUND_REQUEST, RefundCause

WEEK = 7
"""Days between two reminders of one late refund."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a request says beside its reason: why, how much, by when."""

    cause: RefundCause
    amount: Money
    due_on: date


Withdrawn = Callable[[Session, RefundRequest, Act], None]
WITHDRAWN: Slot[Withdrawn] = Slot("granting.recovery.service.WITHDRAWN")
"""What else ends when a request is withdrawn."""


def request_refund(
    session: Session, award: Award, cause: RefundCause, amount: Money, due_on: date, act: Act
) -> RefundRequest:
    """Ask a grantee for money back, with the reason: a letter names account, reference and day.

    DomainError beyond what was paid and is neither refunded nor asked for already.
    """
    act.demand(Permission.REFUND_REQUEST, award.scope)
    reason = (act.reason or "").strip()
    if not reason:
        raise DomainError(_("Enter a reason. It will be kept on record."))
    return send_request(session, lock_award(session, award.id), Letter(cause, amount, due_on), act)


def send_request(session: Session, award: Award, letter: Letter, act: Act) -> RefundRequest:
    """The letter goes out, on a grant that the act has locked, with the act’s reason; refused as
    `request_refund` is.
    """
    keep_apart(act.actor, award.organisation_id)
    amount = letter.amount
    if not award.is_running:
        raise Conflict(_("A refund can be requested only while the grant is active."))
    left = refundable(session, award)
    if amount.currency != "USD" or not 0 < amount.minor <= left.minor:
        raise DomainError(
            _(
                "Enter an amount above 0, up to %(left)s. That is what was paid and "
                "has been neither refunded nor requested.",
                left=plain_money(left),
            )
        )
    if letter.due_on <= award.fund.today():
        raise DomainError(_("Enter a day in the future."))
    request = RefundRequest(
        award=award,
        number=len(requests_of(session, award.id)) + 1,
        cause=letter.cause,
        amount_minor=amount.minor,
        reason=(act.reason or "").strip(),
        due_on=letter.due_on,
        sent_at=act.at,
    )
    if rate := paid_rate(session, award.id):
        abroad = rate.sent_as(amount)
        request.abroad_currency, request.abroad_minor = abroad.currency, max(abroad.minor, 1)
    begin(session, request, REFUND_REQUEST, act, amount=str(amount))
    tell_grantee(session, request, "requested", act)
    return request


def withdraw(session: Session, request: RefundRequest, act: Act) -> None:
    """The fund asks for the money no longer, for a reason that the organisation reads."""
    award = lock_award(session, request.award_id)
    session.refresh(request)
    require(session, request, REFUND_REQUEST, "withdraw", act)
    keep_apart(act.actor, award.organisation_id)
    if request.set_off_minor:
        raise Conflict(
            _(
                "%(amount)s of the refund is to be deducted from a payment. Withdraw the set-off "
                "first.",
                amount=plain_money(request.set_off),
            )
        )
    advance(session, request, REFUND_REQUEST, "withdraw", act)
    for follow in WITHDRAWN:
        follow(session, request, act)
    tell_grantee(session, request, "withdrawn", act)


def remind_late(session: Session, act: Act) -> None:
    """Each week after its day, the organisation is reminded of a refund, unless it says that it
    paid: once, however often this runs.
    """
    today = clock.today()
    unpaid = RefundRequest.transferred_on.is_(None)
    for request in session.scalars(select(RefundRequest).where(*late(), unpaid)):
        weeks = (today - request.due_on).days // WEEK
        tell_grantee(session, request, "late", act, turn=weeks)
