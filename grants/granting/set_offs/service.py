"""Deducting a refund from a payment: a certifying officer proposes it, an approving officer agrees.

Each act locks both grants, and their fund before them.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, require
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_money
from grants.deciding.awards.locking import lock_awards
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import NOT_CERTIFIED
from grants.granting.recovery.models import RefundRequest
from grants.granting.set_offs import notices
from grants.granting.set_offs.models import SetOff
from grants.granting.set_offs.queries import certain, next_instalment, part_of
from grants.granting.set_offs.workflow import SET_OFF, SetOffState


@dataclass(frozen=True, slots=True)
class Deduction:
    """So much of a refund, from this instalment. USD."""

    request: RefundRequest
    instalment: Instalment
    amount: Money


def propose(session: Session, deduction: Deduction, act: Act) -> SetOff:
    """Propose to deduct an amount of a refund from a payment, for a reason.

    DomainError where it cannot be deducted; Conflict while another proposal on the refund waits.
    """
    request, instalment = deduction.request, deduction.instalment
    act.demand(Permission.INSTALMENT_CERTIFY, instalment.scope)
    keep_apart(act.actor, instalment.award.organisation_id)
    _lock_grants(session, request, instalment)
    reason = (act.reason or "").strip()
    if not reason:
        raise DomainError(_("Enter a reason. It will be kept on record."))
    waiting = select(SetOff.id).where(
        SetOff.request_id == request.id, SetOff.state == SetOffState.PROPOSED
    )
    if session.scalar(waiting):
        raise Conflict(
            _("Another set-off of this refund is awaiting approval. Decide on that one first.")
        )
    require_deductible(session, deduction)
    numbers = select(func.count()).where(SetOff.award_id == instalment.award_id)
    set_off = SetOff(
        award=instalment.award,
        number=(session.scalar(numbers) or 0) + 1,
        instalment_number=instalment.number,
        request=request,
        amount_minor=deduction.amount.minor,
        reason=reason,
        proposed_at=act.at,
    )
    begin(session, set_off, SET_OFF, act, amount=str(deduction.amount))
    notices.tell_approvers(session, set_off, instalment, act)
    return set_off


def agree(session: Session, set_off: SetOff, act: Act) -> None:
    """An approving officer, who did not propose it, agrees: the payment is less by it, and the
    grantee gets a letter that says so.
    """
    deduction = _lock_both(session, set_off)
    request, instalment = deduction.request, deduction.instalment
    require(session, set_off, SET_OFF, "agree", act)
    keep_apart(act.actor, set_off.award.organisation_id)
    require_deductible(session, deduction)
    instalment.set_off_minor += set_off.amount_minor
    request.set_off_minor += set_off.amount_minor
    set_off.agreed_at = act.at
    advance(session, set_off, SET_OFF, "agree", act)
    notices.tell_grantee(session, set_off, instalment, "agreed", act)


def decline(session: Session, set_off: SetOff, act: Act) -> None:
    """The refund is not deducted, for a reason."""
    lock_awards(session, {set_off.request.award_id, set_off.award_id})
    session.refresh(set_off)
    require(session, set_off, SET_OFF, "decline", act)
    keep_apart(act.actor, set_off.award.organisation_id)
    advance(session, set_off, SET_OFF, "decline", act)


def withdraw(session: Session, set_off: SetOff, act: Act) -> None:
    """Before the payment is certified the set-off is taken back, for a reason: the refund is owed
    as its letter says, the instalment is paid in full, and the grantee is told.
    """
    lock_awards(session, {set_off.request.award_id, set_off.award_id})
    session.refresh(set_off)
    require(session, set_off, SET_OFF, "withdraw", act)
    keep_apart(act.actor, set_off.award.organisation_id)
    if set_off.state is SetOffState.PROPOSED:
        advance(session, set_off, SET_OFF, "withdraw", act)
        return
    deduction = _lock_both(session, set_off)
    request, instalment = deduction.request, deduction.instalment
    _require_not_certified(instalment)
    instalment.set_off_minor -= set_off.amount_minor
    request.set_off_minor -= set_off.amount_minor
    advance(session, set_off, SET_OFF, "withdraw", act)
    notices.tell_grantee(session, set_off, instalment, "withdrawn", act)


def _lock_grants(session: Session, request: RefundRequest, instalment: Instalment) -> None:
    lock_awards(session, {request.award_id, instalment.award_id})
    session.refresh(request)
    session.refresh(instalment)


def _lock_both(session: Session, set_off: SetOff) -> Deduction:
    request, instalment = set_off.request, part_of(session, set_off)
    if instalment is None:
        raise Conflict(_("A change to the grant removed the instalment. Decline this set-off."))
    _lock_grants(session, request, instalment)
    session.refresh(set_off)
    return Deduction(request, instalment, set_off.amount)


def require_deductible(session: Session, deduction: Deduction) -> None:
    """Refuse as `propose` would. Refund and instalment are both in USD, whatever currency the
    organisation is paid in: what is left is sent by the rate of its day.
    """
    request, instalment = deduction.request, deduction.instalment
    _require_both_open(session, request, instalment)
    if deduction.amount.currency != "USD":
        raise DomainError(_("The refund and the instalment are in USD. Enter an amount in USD."))
    most = min(request.not_set_off, certain(session, request.award_id), key=_minor_of)
    if not 0 < deduction.amount.minor <= most.minor:
        raise DomainError(
            _(
                "Enter an amount above 0, up to %(most)s. That is the part of the "
                "refund that is outstanding, was paid to the organisation and was "
                "confirmed by it.",
                most=plain_money(most),
            )
        )
    if deduction.amount.minor >= instalment.net.minor:
        raise DomainError(
            _(
                "Enter less than %(net)s, the amount still to be paid on the "
                "instalment. The set-off is posted together with that payment.",
                net=plain_money(instalment.net),
            )
        )


def _require_both_open(session: Session, request: RefundRequest, instalment: Instalment) -> None:
    owing, paying = request.award, instalment.award
    if (owing.fund_id, owing.organisation_id) != (paying.fund_id, paying.organisation_id):
        raise DomainError(_("Choose a payment to the same organisation, of the same fund."))
    if not request.is_awaited:
        raise Conflict(_("The refund is no longer outstanding."))
    if not (owing.is_running and paying.is_running):
        raise Conflict(_("A refund can be set off only while both grants are active."))
    following = next_instalment(session, paying.id)
    if following is None or following.id != instalment.id:
        raise DomainError(_("Choose the next instalment to be paid on the grant."))
    _require_not_certified(instalment)


def _require_not_certified(instalment: Instalment) -> None:
    if instalment.is_sent:
        raise Conflict(_("The payment is with the bank. Record what the bank did, then try again."))
    if instalment.state not in NOT_CERTIFIED:
        raise Conflict(
            _("The payment is certified. Return the instalment for certification first.")
        )


def _minor_of(amount: Money) -> int:
    return amount.minor
