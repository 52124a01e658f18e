"""Drawing payments at random for an audit."""

from datetime import date
from hashlib import sha256
from secrets import token_hex

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.desk.audit_samples.models import AuditSample
from grants.desk.audit_samples.queries import payments_between
from grants.granting.payments.models import Instalment

LARGEST_SAMPLE = 500
"""Payments that one sample may hold."""


def rank_of(seed: str, instalment: Instalment) -> str:
    """The place of a payment in a draw: SHA-256 of the seed, the grant and the instalment's number.
    Anyone can draw again by it, and nobody can foresee it.
    """
    return sha256(f"{seed}:{instalment.award.reference}/{instalment.number}".encode()).hexdigest()


def draw_sample(
    session: Session, fund: Fund, paid_from: date, paid_until: date, size: int, act: Act
) -> AuditSample:
    """Draw `size` of the payments to grantees of these days, each as likely as any other.

    DomainError if no payment was made in them. The trail keeps who drew what, so that a draw cannot
    be repeated unseen until it suits.
    """
    act.demand(Permission.AUDIT_SAMPLE, Scope(fund.id))
    if paid_from > paid_until:
        raise DomainError(_("The period must end on or after the day on which it begins."))
    payments = session.scalars(payments_between(fund.id, paid_from, paid_until)).all()
    if not payments:
        raise DomainError(_("No grantee was paid in this period. Choose a longer one."))
    seed = token_hex(16)
    drawn = sorted(payments, key=lambda payment: rank_of(seed, payment))[:size]
    sample = AuditSample(
        fund_id=fund.id,
        drawn_by_id=act.actor.person_id,
        drawn_at=act.at,
        paid_from=paid_from,
        paid_until=paid_until,
        size=size,
        seed=seed,
        instalments=[payment.id for payment in drawn],
    )
    session.add(sample)
    session.flush()
    record(session, sample, "draw_sample", act, size=len(drawn), of=len(payments), seed=seed)
    return sample
