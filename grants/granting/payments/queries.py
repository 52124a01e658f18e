"""Instalments and refunds: of one grant, for lists, for figures, for the to-do list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import (
    ColumnElement,
    Select,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, contains_eager

from grants.core.audit.queries import has_acted
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Permission
from grants.core.people.queries import organisations_called
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.workflow import OPEN, DetailsState
from grants.granting.payments.models import GrantRefund, Instalment, ReturnedPayment
from grants.granting.payments.workflow import (
    PAID,
    UNFINISHED,
    UNPAID,
)
from grants.granting.reporting.queries import read_by, within

SOON = 30
"""Days ahead that the lists call soon."""


def payment_key(instalment: Instalment, bank_reference: str) -> str:
    """What the books call the entry of a payment."""
    return f"instalment:{instalment.id}:{bank_reference}"


def return_key(payment: ReturnedPayment) -> str:
    """What the books call the entry of a payment that came back."""
    return f"returned-payment:{payment.id}:{payment.return_reference}"


def refund_key(refund: GrantRefund) -> str:
    """What the books call the entry of a refund."""
    return f"grant-refund:{refund.id}:{refund.bank_reference}"


def instalments_for(viewer: Viewer) -> Select[Instalment]:
    """Every instalment this person may see, with its grant: the own ones, or those of the fund."""
    return _of_grants(or_(within(viewer, Permission.DISBURSEMENT_SEE), read_by(viewer)))


def _of_grants(condition: ColumnElement[bool]) -> Select[Instalment]:
    return (
        select(Instalment)
        .join(Instalment.award)
        .join(Award.organisation)
        .where(condition)
        .options(contains_eager(Instalment.award).contains_eager(Award.organisation))
    )


def payments_of_fund(viewer: Viewer, permission: Permission) -> Select[Instalment]:
    """Instalments of running grants in whose funds this person has the permission."""
    return _of_grants(within(viewer, permission) & Award.is_running)


def instalment_for_viewer(
    session: Session, reference: str, number: int, viewer: Viewer
) -> Instalment:
    """One instalment of a grant, or Missing."""
    instalment = session.scalar(
        instalments_for(viewer).where(Award.reference == reference, Instalment.number == number)
    )
    if instalment is None:
        raise Missing(_("Instalment not found."))
    return instalment


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a list of instalments is filtered by; nothing means all."""

    text: str | None = None
    state: str | None = None
    """A state, or "open" for all that is not finished."""
    due: str | None = None
    """Either "now", "soon" or, of these, "coming": not paid yet."""


def instalments_wanted(viewer: Viewer, filters: Criteria) -> Select[Instalment]:
    """The instalments that fit, of the funds one works for."""
    query = _of_grants(within(viewer, Permission.DISBURSEMENT_SEE))
    if filters.state == "open":
        query = query.where(Instalment.state.in_(UNFINISHED))
    elif filters.state:
        query = query.where(Instalment.state == filters.state)
    if filters.text:
        query = query.where(
            or_(
                Award.organisation_id.in_(organisations_called(filters.text)),
                Award.reference.istartswith(filters.text, autoescape=True),
                Instalment.bank_reference == filters.text,
            )
        )
    if filters.due:
        last = clock.today() + timedelta(0 if filters.due == "now" else SOON)
        query = query.where(Instalment.due_on <= last, Instalment.state.not_in(PAID))
    if filters.due == "coming":
        query = query.where(Instalment.due_on > clock.today())
    return query


def award_for_refund(session: Session, reference: str, viewer: Viewer) -> Award:
    """A grant of a fund whose payments this person makes, or Missing."""
    award = session.scalar(
        select(Award).where(
            Award.reference == reference, within(viewer, Permission.INSTALMENT_RELEASE)
        )
    )
    if award is None:
        raise Missing(_("Grant not found."))
    return award


def refund_with_evidence(
    session: Session, reference: str, refund_id: int, viewer: Viewer
) -> GrantRefund:
    """A refund that has a paper of the bank, for the people of the fund; or Missing."""
    refund = session.scalar(
        select(GrantRefund)
        .join(GrantRefund.award)
        .where(
            Award.reference == reference,
            GrantRefund.id == refund_id,
            GrantRefund.evidence_id.is_not(None),
            within(viewer, Permission.DISBURSEMENT_SEE),
        )
    )
    if refund is None:
        raise Missing(_("Refund not found."))
    return refund


def instalments_of(session: Session, award_id: int) -> Sequence[Instalment]:
    """The instalments of a grant, in order."""
    return session.scalars(
        select(Instalment).where(Instalment.award_id == award_id).order_by(Instalment.number)
    ).all()


def refunds_of(session: Session, award_id: int) -> Sequence[GrantRefund]:
    """What the grantee sent back, the oldest first."""
    return session.scalars(
        select(GrantRefund)
        .where(GrantRefund.award_id == award_id)
        .order_by(GrantRefund.refunded_on, GrantRefund.id)
    ).all()


def sent_refunds_of(session: Session, award_id: int) -> Sequence[GrantRefund]:
    """What the grantee sent back itself: nothing that was deducted from a payment."""
    return [refund for refund in refunds_of(session, award_id) if refund.set_off_id is None]


def returns_of(session: Session, award_id: int) -> Sequence[ReturnedPayment]:
    """The payments of a grant that the bank gave back, the oldest first."""
    return session.scalars(
        select(ReturnedPayment)
        .join(ReturnedPayment.instalment)
        .where(Instalment.award_id == award_id)
        .order_by(ReturnedPayment.returned_on, ReturnedPayment.id)
    ).all()


def returns_of_instalment(session: Session, instalment: Instalment) -> Sequence[ReturnedPayment]:
    """Payments of an instalment that the bank gave back, the oldest first."""
    return [
        payment
        for payment in returns_of(session, instalment.award_id)
        if payment.instalment_id == instalment.id
    ]


def paid(session: Session, award_id: int) -> Money:
    """What was paid on a grant."""
    cents = select(func.sum(Instalment.amount_minor)).where(
        Instalment.award_id == award_id, Instalment.state.in_(PAID)
    )
    return usd(session.scalar(cents) or 0)


def refunded(session: Session, award_id: int) -> Money:
    """What came back from a grantee."""
    cents = select(func.sum(GrantRefund.amount_minor)).where(GrantRefund.award_id == award_id)
    return usd(session.scalar(cents) or 0)


def confirmed_by(session: Session, instalment: Instalment, person: Viewer) -> bool:
    """Did this person confirm by a call the account for which the instalment was certified?"""
    account = instalment.bank_details_id
    return account is not None and has_acted(
        session, BankDetails.__tablename__, account, ("check",), person
    )


def lacks_account() -> ColumnElement[bool]:
    """Grants with money still to be paid, of organisations that have given the fund no account."""
    details = select(BankDetails.id).where(
        BankDetails.fund_id == Award.fund_id,
        BankDetails.organisation_id == Award.organisation_id,
        BankDetails.state.in_((*OPEN, DetailsState.IN_FORCE)),
    )
    unpaid = select(Instalment.id).where(
        Instalment.award_id == Award.id, Instalment.state.in_(UNPAID)
    )
    running = Award.is_running & unpaid.exists()
    return (Award.awaits_agreement | running) & ~details.exists()


def without_account(session: Session, awards: Sequence[int]) -> frozenset[int]:
    """The ids of these grants whose organisation still has to give its bank details."""
    lacking = select(Award.id).where(Award.id.in_(awards), lacks_account())
    return frozenset(session.scalars(lacking))


def refused_payments(session: Session, awards: Sequence[int]) -> Mapping[int, int]:
    """By grant, the number of the instalment that the bank refused or returned for its account,
    while the organisation has not corrected the account.
    """
    refused = (
        select(Instalment.award_id, Instalment.number)
        .join(BankDetails, BankDetails.id == Instalment.refused_details_id)
        .where(
            Instalment.award_id.in_(awards),
            Instalment.state.in_(UNPAID),
            BankDetails.is_in_force,
        )
    )
    return {row.award_id: row.number for row in session.execute(refused)}


def accounts_to_give(viewer: Viewer) -> Select[int]:
    """How many bank details this person's organisations still have to give, one for each fund:
    counted by the first grant that needs them.
    """
    gives = viewer.organisations_with(Permission.PAYEE_REQUEST)
    concerned = Award.organisation_id.in_(gives) if gives else false()
    first_grants = (
        select(func.min(Award.id))
        .where(concerned, lacks_account())
        .group_by(Award.fund_id, Award.organisation_id)
    )
    return select(func.count()).select_from(first_grants.subquery())
