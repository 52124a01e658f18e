"""Money that was spent against the agreement: asked back, and settled by a refund."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, require
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_money
from grants.deciding.awards.locking import lock_award
from grants.granting.findings.letters import inform_owner
from grants.granting.findings.models import Finding
from grants.granting.findings.queries import Refund, refunds_of
from grants.granting.findings.service import conclude, lock_finding
from grants.granting.findings.workflow import FINDING, FindingState
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.service import Letter, send_request
from grants.granting.recovery.workflow import RefundCause


def claim(
    session: Session, finding: Finding, amount: Money, due_on: date, conclusion: str, act: Act
) -> RefundRequest:
    """Ask the grantee to refund an ineligible amount by a day: the letter goes out, and the finding
    closes when the money has come. Without an answer this can be done too.

    DomainError beyond what was paid and is neither refunded nor asked for already.
    """
    award = lock_award(session, finding.award_id)
    lock_finding(session, finding)
    keep_apart(act.actor, award.organisation_id)
    require(session, finding, FINDING, "claim", act)
    letter = Letter(RefundCause.INELIGIBLE, amount, due_on)
    why = f"{finding.reference}: {conclusion.strip()}"
    finding.request = send_request(session, award, letter, replace(act, reason=why))
    conclude(session, finding, "claim", conclusion, act, claimed=amount.minor)
    if not finding.by_grantee:
        inform_owner(session, finding, "claimed", act)
    return finding.request


def close_refunded(
    session: Session, requests: Sequence[RefundRequest], refund: Refund, act: Act
) -> None:
    """The money that these letters asked for has come in full: their findings are closed."""
    for finding in _claims_of(session, requests):
        finding.refund_id = refund.id
        advance(session, finding, FINDING, "refund", act, bank_reference=refund.bank_reference)
        inform_owner(session, finding, "closed", act)


def reopen_refunded(session: Session, refund: Refund, act: Act) -> None:
    """The refund that closed these findings was deducted from a payment that the bank returned: the
    money is to be recovered again.
    """
    closed = select(Finding).where(
        Finding.refund_id == refund.id, Finding.state == FindingState.CLOSED
    )
    for finding in session.scalars(closed.order_by(Finding.id).with_for_update(of=Finding)).all():
        finding.refund_id = None
        advance(session, finding, FINDING, "reopen", act, bank_reference=refund.bank_reference)


def drop_claim(session: Session, request: RefundRequest, act: Act) -> None:
    """The letter was withdrawn: whether the finding is closed is to be decided again."""
    for finding in _claims_of(session, [request]):
        finding.request, finding.claimed_minor = None, 0
        advance(session, finding, FINDING, "drop_claim", act, request=request.reference)


def write_off_claims(session: Session, requests: Sequence[RefundRequest], act: Act) -> None:
    """What these letters asked for is given up with the grant: their findings are closed."""
    for finding in _claims_of(session, requests):
        advance(session, finding, FINDING, "write_off", act)
        inform_owner(session, finding, "closed", act)


def _claims_of(session: Session, requests: Sequence[RefundRequest]) -> Sequence[Finding]:
    return session.scalars(
        select(Finding)
        .where(
            Finding.request_id.in_([request.id for request in requests]),
            Finding.state == FindingState.TO_RECOVER,
        )
        .order_by(Finding.id)
        .with_for_update(of=Finding)
        .execution_options(populate_existing=True)
    ).all()


def settle(session: Session, finding: Finding, refund_id: int, act: Act) -> None:
    """Close a finding by the refund that brought the money. One refund may settle several findings,
    up to its amount.
    """
    lock_award(session, finding.award_id)  # of two findings one at a time counts what is left
    lock_finding(session, finding)
    keep_apart(act.actor, finding.award.organisation_id)
    require(session, finding, FINDING, "settle", act)
    require_no_letter(finding)
    refunds = {refund.id: refund for refund in refunds_of(session, finding.award_id)}
    refund = refunds.get(refund_id)
    if refund is None:
        raise DomainError(_("Choose a refund of this grant."))
    if available_of(session, refund).minor < finding.claimed_minor:
        raise DomainError(
            _("This refund does not cover %(amount)s.", amount=plain_money(finding.claimed))
        )
    finding.refund_id = refund.id
    advance(session, finding, FINDING, "settle", act, bank_reference=refund.bank_reference)
    inform_owner(session, finding, "closed", act)


def require_no_letter(finding: Finding) -> None:
    """Conflict where a letter asked for the money: its refund closes the finding."""
    if finding.request is not None:
        raise Conflict(
            _(
                "It is closed when the refund %(reference)s is recorded.",
                reference=finding.request.reference,
            )
        )


def require_refund(session: Session, finding: Finding) -> None:
    """DomainError while no refund of the grant covers what is asked back."""
    require_no_letter(finding)
    refunds = refunds_of(session, finding.award_id)
    if all(available_of(session, refund).minor < finding.claimed_minor for refund in refunds):
        raise DomainError(
            _(
                "No refund of this grant covers %(amount)s yet. Record the refund first.",
                amount=plain_money(finding.claimed),
            )
        )


def available_of(session: Session, refund: Refund) -> Money:
    """What of a refund has settled no finding yet."""
    query = select(func.coalesce(func.sum(Finding.claimed_minor), 0))
    settled = session.scalar(query.where(Finding.refund_id == refund.id)) or 0
    return max(refund.amount - usd(int(settled)), usd(0), key=lambda amount: amount.minor)
