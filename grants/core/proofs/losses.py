"""A lost second factor: its owner reports it, an administrator confirms, a day passes."""

from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session, joinedload

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, Forbidden, Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.proofs.models import FactorLoss, RecoveryCode
from grants.core.proofs.queries import factors_of

WAIT = timedelta(days=1)
"""Between the confirmation and the end of the factors: time for the owner to say no."""


def open_loss(session: Session, person_id: int) -> FactorLoss | None:
    """The report of this person that is not settled."""
    return session.scalar(
        select(FactorLoss).where(FactorLoss.person_id == person_id, FactorLoss.ended_at.is_(None))
    )


def loss_by_id(session: Session, loss_id: int) -> FactorLoss:
    """A report that is not settled; Missing otherwise."""
    loss = session.get(FactorLoss, loss_id)
    if loss is None or loss.ended_at:
        raise Missing(_("Report not found, or already settled."))
    return loss


def waiting_losses(person_id: int | None) -> Select[FactorLoss]:
    """The reports of other people that no administrator has looked at, the oldest first."""
    return (
        select(FactorLoss)
        .where(
            FactorLoss.ended_at.is_(None),
            FactorLoss.confirmed_at.is_(None),
            FactorLoss.person_id != person_id,
        )
        .options(joinedload(FactorLoss.person))
        .order_by(FactorLoss.id)
    )


def count_losses(person_id: int | None) -> Select[int]:
    """How many of them there are."""
    return select(func.count()).select_from(waiting_losses(person_id).order_by(None).subquery())


def works_from(loss: FactorLoss) -> datetime | None:
    """When the person may set up a new factor; None while nobody has confirmed."""
    return loss.confirmed_at + WAIT if loss.confirmed_at else None


def report_loss(session: Session, person: Person, act: Act) -> FactorLoss:
    """The person says that every factor is lost. A report that waits already is kept."""
    session.refresh(person, with_for_update=True)
    present = open_loss(session, person.id)
    if present:
        return present
    loss = FactorLoss(person_id=person.id, reported_at=clock.now())
    session.add(loss)
    record(session, loss, "report", act)
    return loss


def confirm_loss(session: Session, loss: FactorLoss, act: Act) -> None:
    """An administrator has made sure, outside of this system, that it is this person."""
    act.demand(Permission.PEOPLE_CONFIRM, None)
    if act.actor.person_id == loss.person_id:
        raise Forbidden(_("Another administrator must confirm this."))
    session.refresh(loss, with_for_update=True)
    if loss.confirmed_at or loss.ended_at:
        raise Conflict(_("This report has already been settled."))
    loss.confirmed_by_id, loss.confirmed_at = act.actor.person_id, clock.now()
    record(session, loss, "confirm", act)


def take_back_loss(session: Session, loss: FactorLoss, act: Act) -> None:
    """Nothing is lost: the owner has used a factor, or an administrator refuses."""
    if act.actor.person_id != loss.person_id:
        act.demand(Permission.PEOPLE_CONFIRM, None)
    loss.ended_at = clock.now()
    record(session, loss, "take_back", act)


def end_lost(session: Session, person: Person, act: Act) -> bool:
    """End the factors and recovery codes of a person whose loss is confirmed, after the wait."""
    loss = open_loss(session, person.id)
    until = works_from(loss) if loss else None
    if loss is None or until is None or clock.now() < until:
        return False
    for factor in factors_of(session, person.id):
        factor.ended_at = clock.now()
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    loss.ended_at = clock.now()
    record(session, loss, "end_factors", act)
    return True
