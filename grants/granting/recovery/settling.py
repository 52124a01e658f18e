"""Money that comes back settles what was asked for, the oldest request first."""

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance
from grants.core.kernel.money import Money
from grants.deciding.awards.models import Award
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.notices import tell_grantee
from grants.granting.recovery.queries import open_requests
from grants.granting.recovery.workflow import REFUND_REQUEST, RequestState


def settle_requests(session: Session, award: Award, amount: Money, act: Act) -> list[RefundRequest]:
    """A refund of this amount (USD) was recorded; the grant is locked by the act that did. What is
    received in full is settled, and the organisation is told. What is to be deducted from a payment
    waits for that. Returns what was settled.
    """
    settled, left = list[RefundRequest](), amount
    for request in open_requests(session, award.id):
        part = min(left, request.not_set_off, key=lambda money: money.minor)
        left -= part
        settled += receive(session, request, part, act)
    return settled


def receive(
    session: Session, request: RefundRequest, amount: Money, act: Act
) -> list[RefundRequest]:
    """So much of a refund has come; the grant is locked. Returns the request if it is settled."""
    request.received_minor += amount.minor
    if amount.minor and request.transferred_on:
        request.to_answer = False
        if request.outstanding:  # the rest can be reported
            request.transferred_on = request.advice = None
    is_settled = request.is_awaited and not request.outstanding
    if is_settled:
        advance(session, request, REFUND_REQUEST, "settle", act)
        tell_grantee(session, request, "received", act)
    session.flush()
    return [request] if is_settled else []


def give_back(session: Session, request: RefundRequest, amount: Money, act: Act) -> None:
    """So much of a refund has not come after all, because the bank returned the payment that it was
    deducted from: it is asked for again. The grant is locked.
    """
    request.received_minor -= amount.minor
    if request.state is RequestState.SETTLED:
        advance(session, request, REFUND_REQUEST, "reopen", act)
    session.flush()
