"""Set-offs: of a refund, of an instalment, for lists, and what waits for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from grants.core.audit.queries import handled_by
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total, usd
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import instalments_of, refunded
from grants.granting.payments.workflow import PAID
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.queries import to_be_set_off
from grants.granting.reporting.queries import read_by, within
from grants.granting.set_offs.models import SetOff
from grants.granting.set_offs.workflow import BINDING, SetOffState


def set_offs_for(viewer: Viewer) -> Select[SetOff]:
    """The set-offs that this person reads: those of the funds, and of the own organisations once
    they were agreed.
    """
    own = and_(read_by(viewer), SetOff.agreed_at.is_not(None))
    return (
        select(SetOff)
        .join(SetOff.award)
        .join(Award.organisation)
        .where(or_(within(viewer, Permission.DISBURSEMENT_SEE), own))
        .options(
            contains_eager(SetOff.award).contains_eager(Award.organisation),
            joinedload(SetOff.request).joinedload(RefundRequest.award),
        )
    )


def set_offs_of_fund(viewer: Viewer) -> Select[SetOff]:
    """Every set-off of the funds that this person works for."""
    return set_offs_for(viewer).where(within(viewer, Permission.DISBURSEMENT_SEE))


def set_off_for_viewer(session: Session, reference: str, number: int, viewer: Viewer) -> SetOff:
    """One set-off on a payment of a grant, or Missing."""
    of_grant = Award.reference == reference, SetOff.number == number
    set_off = session.scalar(set_offs_for(viewer).where(*of_grant))
    if set_off is None:
        raise Missing(_("Set-off not found."))
    return set_off


def set_offs_on_refund(viewer: Viewer, request_id: int) -> Select[SetOff]:
    """The set-offs of one refund that this person reads, the oldest first."""
    return set_offs_for(viewer).where(SetOff.request_id == request_id).order_by(SetOff.id)


def set_offs_on_payment(viewer: Viewer, instalment: Instalment) -> Select[SetOff]:
    """The set-offs against one instalment that this person reads, the oldest first."""
    of_part = (
        SetOff.award_id == instalment.award_id,
        SetOff.instalment_number == instalment.number,
    )
    return set_offs_for(viewer).where(*of_part).order_by(SetOff.id)


def of_instalment(session: Session, instalment: Instalment, state: SetOffState) -> Sequence[SetOff]:
    """The set-offs against an instalment in a state, the oldest first, locked."""
    return session.scalars(
        select(SetOff)
        .where(
            SetOff.award_id == instalment.award_id,
            SetOff.instalment_number == instalment.number,
            SetOff.state == state,
        )
        .order_by(SetOff.id)
        .with_for_update(of=SetOff)
        .execution_options(populate_existing=True)
    ).all()


@dataclass(frozen=True, slots=True)
class Deducted:
    """What does not leave the bank with an instalment that is still to be paid."""

    award_id: int
    instalment_number: int
    due_on: date
    amount: Money
    """What is deducted, with the support costs that are credited back on the refund."""


OWING = aliased(Award)
"""The grant whose refund is deducted: its percentage of support costs is credited back."""


def agreed_set_offs(fund: Fund) -> Select[SetOff]:
    """Set-offs that wait for their payments, with these and with the grants that owe."""
    return (
        select(SetOff)
        .join(SetOff.award)
        .join(SetOff.request)
        .join(OWING, OWING.id == RefundRequest.award_id)
        .join(
            Instalment,
            (Instalment.award_id == SetOff.award_id)
            & (Instalment.number == SetOff.instalment_number),
        )
        .where(Award.fund_id == fund.id, SetOff.state == SetOffState.AGREED)
    )


def to_be_deducted(session: Session, fund: Fund) -> Sequence[Deducted]:
    """What set-offs that were agreed deduct from the payments of a fund which are still to come."""
    rows = session.execute(
        agreed_set_offs(fund)
        .with_only_columns(
            *(SetOff.award_id, SetOff.instalment_number, Instalment.due_on),
            *(SetOff.amount_minor, OWING.psc_percent),
        )
        .order_by(SetOff.id)
    )
    return [
        Deducted(award_id, number, due_on, usd(minor) + usd(minor).share(percent))
        for award_id, number, due_on, minor, percent in rows
    ]


def part_of(session: Session, set_off: SetOff) -> Instalment | None:
    """The instalment that a set-off lessens; None once a change of the grant has dropped it."""
    return session.scalar(
        select(Instalment).where(
            Instalment.award_id == set_off.award_id,
            Instalment.number == set_off.instalment_number,
        )
    )


def next_instalment(session: Session, award_id: int) -> Instalment | None:
    """The instalment of a grant that is paid next."""
    parts = instalments_of(session, award_id)
    return next((part for part in parts if not part.is_paid), None)


def next_payments(session: Session, request: RefundRequest) -> Sequence[Instalment]:
    """What is paid next to the organisation on each of its running grants of the fund; its own
    grant first.
    """
    award, unpaid = request.award, Instalment.state.not_in(PAID)
    first = (
        select(Instalment.award_id, func.min(Instalment.number).label("number"))
        .where(unpaid)
        .group_by(Instalment.award_id)
        .subquery()
    )
    return session.scalars(
        select(Instalment)
        .join(Instalment.award)
        .join(
            first,
            and_(first.c.award_id == Instalment.award_id, first.c.number == Instalment.number),
        )
        .where(
            Award.fund_id == award.fund_id,
            Award.organisation_id == award.organisation_id,
            Award.is_running,
        )
        .order_by(Award.id != award.id, Award.id)
        .options(contains_eager(Instalment.award))
    ).all()


def refunds_to_set_off(session: Session, instalment: Instalment) -> Sequence[RefundRequest]:
    """The refunds that the organisation of an instalment still owes the fund."""
    award = instalment.award
    return session.scalars(
        select(RefundRequest)
        .join(RefundRequest.award)
        .where(
            Award.fund_id == award.fund_id,
            Award.organisation_id == award.organisation_id,
            Award.is_running,
            RefundRequest.is_awaited,
        )
        .order_by(RefundRequest.id)
        .options(contains_eager(RefundRequest.award))
    ).all()


def certain(session: Session, award_id: int) -> Money:
    """What may be set off of what a grant was paid: its organisation confirmed that it came, so no
    bank gives it back; it was not refunded, and no other set-off counts on it.
    """
    parts = instalments_of(session, award_id)
    confirmed = total(part.amount for part in parts if part.is_confirmed)
    left = confirmed - refunded(session, award_id) - to_be_set_off(session, award_id)
    return usd(max(left.minor, 0))


def to_approve(viewer: Viewer) -> Select[int]:
    """How many set-offs wait for this person: none of their own."""
    return (
        select(func.count())
        .select_from(SetOff)
        .join(SetOff.award)
        .where(
            within(viewer, Permission.INSTALMENT_APPROVE),
            SetOff.state == SetOffState.PROPOSED,
            SetOff.id.not_in(handled_by(viewer, SetOff, "create")),
        )
    )


def unfinished_on(session: Session, award_id: int) -> Sequence[SetOff]:
    """The set-offs of refunds of a grant whose payment is not confirmed: until then a bank may give
    it back, and the refund is owed again.
    """
    return session.scalars(
        select(SetOff)
        .join(SetOff.request)
        .where(RefundRequest.award_id == award_id, _awaits_payment())
        .order_by(SetOff.id)
    ).all()


def holds_up_closing() -> ColumnElement[bool]:
    """Grants of whose refunds a set-off is not finished."""
    request = aliased(RefundRequest)
    return (
        select(SetOff.id)
        .join(request, request.id == SetOff.request_id)
        .where(request.award_id == Award.id, _awaits_payment())
        .exists()
    )


def _awaits_payment() -> ColumnElement[bool]:
    confirmed = select(Instalment.id).where(
        Instalment.award_id == SetOff.award_id,
        Instalment.number == SetOff.instalment_number,
        Instalment.is_confirmed,
    )
    return SetOff.state.in_(BINDING) & ~confirmed.exists()
