"""Requests for refunds: of a grant, and what of them waits for a person."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from grants.books.ledger.accounts import Account
from grants.books.ledger.positions import position
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total, usd
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.workflow import RequestState
from grants.granting.reporting.queries import read_by, within, written_by


def requests_of(session: Session, award_id: int) -> Sequence[RefundRequest]:
    """Every request on a grant, the first one first."""
    return session.scalars(
        select(RefundRequest)
        .where(RefundRequest.award_id == award_id)
        .order_by(RefundRequest.number)
    ).all()


def open_requests(session: Session, award_id: int) -> list[RefundRequest]:
    """The requests of which money has still to come back, the first one first."""
    return [
        request for request in requests_of(session, award_id) if request.state is RequestState.SENT
    ]


def requests_by_grant(session: Session, awards: Sequence[int]) -> dict[int, list[RefundRequest]]:
    """The requests on several grants, by the id of the grant."""
    requests: dict[int, list[RefundRequest]] = {award_id: [] for award_id in awards}
    for request in session.scalars(
        select(RefundRequest)
        .where(RefundRequest.award_id.in_(awards))
        .order_by(RefundRequest.number)
    ):
        requests[request.award_id].append(request)
    return requests


def request_for_viewer(
    session: Session, reference: str, number: int, viewer: Viewer
) -> RefundRequest:
    """One request on a grant, or Missing."""
    request = session.scalar(
        select(RefundRequest)
        .join(RefundRequest.award)
        .where(
            Award.reference == reference,
            RefundRequest.number == number,
            or_(within(viewer, Permission.DISBURSEMENT_SEE), read_by(viewer)),
        )
        .options(contains_eager(RefundRequest.award))
    )
    if request is None:
        raise Missing(_("Request for a refund not found."))
    return request


def refundable(session: Session, award: Award) -> Money:
    """What was paid, has not come back and is not asked for yet, in USD: nothing where the bank
    gave a payment back after a letter asked for it.
    """
    paid = position(session, award.fund_id, Account.GRANT_EXPENSE, award.account).amount
    left = paid - total(request.outstanding for request in open_requests(session, award.id))
    return usd(max(left.minor, 0))


def to_be_set_off(session: Session, award_id: int) -> Money:
    """What of the refunds of a grant is agreed to be deducted from payments still to be made."""
    cents = select(func.sum(RefundRequest.set_off_minor)).where(RefundRequest.award_id == award_id)
    return usd(session.scalar(cents) or 0)


def waiting_for(viewer: Viewer) -> Select[RefundRequest]:
    """The refunds that the funds of this person wait for."""
    ours = within(viewer, Permission.DISBURSEMENT_SEE)
    return (
        select(RefundRequest)
        .join(RefundRequest.award)
        .join(Award.organisation)
        .where(ours, RefundRequest.state == RequestState.SENT)
        .options(contains_eager(RefundRequest.award).contains_eager(Award.organisation))
    )


def to_refund(viewer: Viewer) -> Select[int]:
    """How many refunds the organisations of this person are asked for."""
    return _count(written_by(viewer), *_to_be_sent(), RefundRequest.transferred_on.is_(None))


def with_fund(viewer: Viewer) -> Select[int]:
    """How many refunds this person's organisations have paid, as they say, or asked about, and the
    fund has neither found nor answered.
    """
    theirs = or_(RefundRequest.transferred_on.is_not(None), RefundRequest.to_answer.is_(True))
    return _count(read_by(viewer), RefundRequest.state == RequestState.SENT, theirs)


def to_answer(viewer: Viewer) -> Select[int]:
    """On how many refunds this person is to answer what the grantee asked or reported."""
    funds = viewer.funds_with(Permission.REFUND_REQUEST)
    ours = within(viewer, Permission.REFUND_REQUEST) if funds is None or funds else false()
    asked = RefundRequest.state == RequestState.SENT, RefundRequest.to_answer.is_(True)
    return _count(ours, *asked)


def late_for(viewer: Viewer) -> Select[int]:
    """How many refunds to this person's funds are late."""
    funds = viewer.funds_with(Permission.REFUND_REQUEST)
    ours = within(viewer, Permission.REFUND_REQUEST) if funds is None or funds else false()
    return _count(ours, *late())


def late() -> tuple[ColumnElement[bool], ...]:
    """Requests past their day, of which something is still to be sent back."""
    return *_to_be_sent(), RefundRequest.due_on < clock.today()


def _to_be_sent() -> tuple[ColumnElement[bool], ...]:
    return RefundRequest.state == RequestState.SENT, RefundRequest.to_send_minor > 0


def _count(*conditions: ColumnElement[bool]) -> Select[int]:
    query = select(func.count()).select_from(RefundRequest).join(RefundRequest.award)
    return query.where(*conditions)
