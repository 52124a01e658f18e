"""Who is on the fund's staff, what waits for a second person, and what roles exclude each other."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from grants.core.audit.models import TrailRow
from grants.core.audit.queries import handled_by
from grants.core.database.moments import TODAY
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.duties import KEPT_APART
from grants.core.people.models import Expertise, Membership, Person
from grants.core.people.permissions import OUTSIDE, Permission, Role
from grants.core.people.queries import held_now, in_funds_with
from grants.core.people.role_permissions import GRANTED
from grants.core.people.viewer import Scope, Viewer
from grants.platform.staff.models import Appointment
from grants.platform.staff.workflow import AppointmentState

P = Permission
STAFF_ROLES = tuple(role for role in Role if role not in OUTSIDE)
"""The roles of the fund's own people."""


def not_ended() -> ColumnElement[bool]:
    """Held now, or to be held from a later day."""
    return Membership.ended_at.is_(None) & or_(
        Membership.until_on.is_(None), Membership.until_on >= TODAY
    )


def memberships_for(viewer: Viewer, *, ended: bool = False) -> Select[Membership]:
    """Roles of the fund's people that this person may see, with the person and the fund."""
    query = (
        select(Membership)
        .join(Membership.person)
        .outerjoin(Membership.fund)
        .where(Membership.organisation_id.is_(None), ~not_ended() if ended else not_ended())
        .options(contains_eager(Membership.person), contains_eager(Membership.fund))
    )
    ours = in_funds_with(viewer, P.PEOPLE_INVITE, Membership.fund_id)
    return query.where(Membership.fund_id.is_(None) | ours)


def membership_for_viewer(session: Session, number: int, viewer: Viewer) -> Membership:
    """One role that has not ended, or Missing."""
    membership = session.scalar(memberships_for(viewer).where(Membership.id == number))
    if membership is None:
        raise Missing(_("This person does not hold this role."))
    return membership


def staff(session: Session, viewer: Viewer) -> Sequence[Person]:
    """The people who hold a role of the fund, or will, by name."""
    person_ids = memberships_for(viewer).with_only_columns(
        Membership.person_id, maintain_column_froms=True
    )
    return session.scalars(
        select(Person).where(Person.id.in_(person_ids)).order_by(Person.name, Person.id)
    ).all()


def roles_of(session: Session, person: Person, viewer: Viewer) -> Sequence[Membership]:
    """Every role that a person holds or held and this viewer may see, the newest first."""
    queries = [memberships_for(viewer, ended=ended) for ended in (False, True)]
    roles = [
        row for query in queries for row in session.scalars(query.filter_by(person_id=person.id))
    ]
    return sorted(roles, key=lambda row: -row.id)


def may_end(membership: Membership, viewer: Viewer) -> bool:
    """Does the page offer to end this role? The act asks again."""
    needed = P.PEOPLE_CONFIRM if membership.role is Role.ADMINISTRATOR else P.PEOPLE_INVITE
    return membership.ended_at is None and viewer.may(needed, Scope(membership.fund_id))


def held_as(session: Session, person_id: int, role: Role, fund_id: int | None) -> Membership | None:
    """What makes a person hold this role in this fund (None: in every fund), now or later."""
    query = select(Membership).where(
        Membership.person_id == person_id,
        Membership.role == role,
        Membership.fund_id.is_not_distinct_from(fund_id),
        not_ended(),
    )
    return session.scalar(query)


def expertise_of(session: Session, person: Person) -> Expertise:
    """What a reviewer knows; empty until it is noted."""
    return session.get(Expertise, person.id) or Expertise(
        person_id=person.id, languages=[], regions=[], aid=[], country=None
    )


def person_for_viewer(session: Session, number: int, viewer: Viewer) -> Person:
    """A person who works for the fund, or is proposed to; else Missing."""
    person = session.get(Person, number)
    if person is None or not (
        roles_of(session, person, viewer)
        or session.scalar(appointments_for(viewer).filter_by(person_id=number).limit(1))
    ):
        raise Missing(_("Person not found."))
    return person


def appointments_for(viewer: Viewer) -> Select[Appointment]:
    """Appointments that this person may see."""
    query = select(Appointment).options(
        joinedload(Appointment.person), joinedload(Appointment.fund)
    )
    return query.where(in_funds_with(viewer, P.PEOPLE_INVITE, Appointment.fund_id))


def appointment_for_viewer(session: Session, number: int, viewer: Viewer) -> Appointment:
    """One appointment, or Missing."""
    appointment = session.scalar(appointments_for(viewer).where(Appointment.id == number))
    if appointment is None:
        raise Missing(_("Appointment not found."))
    return appointment


def waiting(viewer: Viewer) -> Select[Appointment]:
    """The appointments that wait for a second person."""
    return (
        appointments_for(viewer)
        .where(Appointment.state == AppointmentState.PROPOSED)
        .order_by(Appointment.id)
    )


def proposed_by(session: Session, appointment: Appointment) -> int | None:
    """Who proposed it; None if nobody of the fund did."""
    return session.scalar(
        select(TrailRow.person_id).where(
            TrailRow.subject == Appointment.__tablename__,
            TrailRow.subject_id == appointment.id,
            TrailRow.action == "create",
        )
    )


def to_confirm(viewer: Viewer) -> Select[int]:
    """How many appointments of other people, proposed by others, wait for this person."""
    appointments = waiting(viewer).where(
        Appointment.id.not_in(handled_by(viewer, Appointment, "create")),
        Appointment.person_id != viewer.person_id,
    )
    return select(func.count()).select_from(appointments.order_by(None).subquery())


def roles_beside(session: Session, person_id: int, fund_id: int | None) -> Sequence[Role]:
    """Roles that a person holds or will hold in this fund (None: in any), or in organisations."""
    query = select(Membership.role).where(Membership.person_id == person_id, not_ended())
    if fund_id is not None:
        query = query.where(Membership.fund_id.is_(None) | (Membership.fund_id == fund_id))
    return session.scalars(query.distinct().order_by(Membership.role)).all()


def kept_apart(role: Role, roles: Iterable[Role]) -> tuple[Role, str] | None:
    """The first of the roles held that this one excludes, and in words what one person may not do
    both of.
    """
    for other in roles:
        for first, second, words in KEPT_APART:
            pair = {first, second}
            powers, other_powers = pair & GRANTED[role], pair & GRANTED[other]
            if role is not other and powers and other_powers and powers | other_powers == pair:
                return other, str(words)
    return None


def successors(session: Session, membership: Membership) -> Sequence[Person]:
    """People who hold the same role in the same fund now, and could take over open work."""
    query = (
        select(Person)
        .join(Membership)
        .where(held_now(), Membership.role == membership.role, Person.id != membership.person_id)
        .distinct()
        .order_by(Person.name, Person.id)
    )
    if membership.fund_id is not None:
        query = query.where(
            Membership.fund_id.is_(None) | (Membership.fund_id == membership.fund_id)
        )
    return session.scalars(query).all()
