"""Money that comes back settles what was asked for, the oldest request first."""

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance
from grants.core.kernel.money import Money
from grants.deciding.awards.models import Award
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.notices import tell_grantee
from grants.granting.recovery.queries import open_requests
from grants.granting.recovery.workflow import REFUND_REQUEST


def settle_requests(session: Session, award: Award, amount: Money, act: Act) -> list[RefundRequest]:
    """A refund of this amount (USD) was recorded; the grant is locked by the act that did. What is
    received in full is settled, and the organisation is told. Returns what was settled.
    """
    settled = list[RefundRequest]()
    left = amount.minor
    for request in open_requests(session, award.id):
        received = min(left, request.outstanding.minor)
        request.received_minor += received
        left -= received
        if not request.outstanding:
            advance(session, request, REFUND_REQUEST, "settle", act)
            tell_grantee(session, request, "received", act)
            settled.append(request)
    session.flush()
    return settled
