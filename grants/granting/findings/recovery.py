"""Money that was spent against the agreement: asked back, and settled by a refund."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, require
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_money
from grants.deciding.awards.locking import lock_award
from grants.granting.findings.letters import inform_owner
from grants.granting.findings.models import Finding
from grants.granting.findings.queries import Refund, refunds_of
from grants.granting.findings.service import conclude, lock_finding
from grants.granting.findings.workflow import FINDING


def claim(session: Session, finding: Finding, amount: Money, conclusion: str, act: Act) -> None:
    """Ask the grantee to refund an ineligible amount. Without an answer this can be done too."""
    lock_finding(session, finding)
    keep_apart(act.actor, finding.award.organisation_id)
    if amount.currency != "USD" or not 0 < amount.minor <= finding.award.amount_minor:
        raise DomainError(_("Enter an amount above 0 and up to the award, in USD."))
    conclude(session, finding, "claim", conclusion, act, claimed=amount.minor)
    inform_owner(session, finding, "claimed", act)


def settle(session: Session, finding: Finding, refund_id: int, act: Act) -> None:
    """Close a finding by the refund that brought the money. One refund may settle several findings,
    up to its amount.
    """
    lock_finding(session, finding)
    keep_apart(act.actor, finding.award.organisation_id)
    require(session, finding, FINDING, "settle", act)
    lock_award(session, finding.award_id)  # of two findings one at a time counts what is left
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


def require_refund(session: Session, finding: Finding) -> None:
    """DomainError while no refund of the grant covers what is asked back."""
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
    return refund.amount - usd(int(settled))
