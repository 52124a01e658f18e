"""Appointing the fund's people and ending their roles.

A role that decides, pays or audits is proposed by one person and confirmed by an administrator who
did not propose it, and so is its end; any other is given and ended at once. Nobody appoints
themselves. What the owner of the
installation does on the command line (the system) needs no second person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people import credentials
from grants.core.people.duties import decides
from grants.core.people.models import Membership, Person
from grants.core.people.permissions import OUTSIDE, Permission, Role
from grants.core.people.queries import people_with
from grants.core.people.service import ALWAYS, Tenure, enter_person
from grants.core.people.service import appoint as give
from grants.core.people.viewer import Scope
from grants.platform.messages.service import Recipient, send, tell
from grants.platform.staff.handover import hand_over
from grants.platform.staff.models import Appointment
from grants.platform.staff.queries import held_as, kept_apart, proposed_by, roles_beside
from grants.platform.staff.workflow import APPOINTMENT, AppointmentState


@dataclass(frozen=True, slots=True)
class Invitee:
    """The person who is to hold a role; an address that is known stays the person it is."""

    email: str
    name: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Office:
    """A role in a fund (None: in every fund), with its first and last day."""

    role: Role
    fund: Fund | None = None
    tenure: Tenure = field(default=ALWAYS)

    @property
    def fund_id(self) -> int | None:
        return self.fund.id if self.fund else None


def appoint(
    session: Session, invitee: Invitee, office: Office, act: Act
) -> Appointment | Membership:
    """Give a person a role, or propose it where another administrator has to confirm it.

    Forbidden for oneself; DomainError for a role that one person may not hold beside what they
    hold already, for days in the wrong order, and where no administrator is there to confirm.
    """
    _require_may_give(act, office)
    person = enter_person(session, invitee.email, invitee.name, invitee.language)
    _refuse_oneself(person, act)
    _require_sound(session, person, office)
    if act.actor.system or not decides(office.role):
        return _take_up(session, person, office, act)
    return _propose_role(session, person, office, act)


def _require_may_give(act: Act, office: Office) -> None:
    """Who may give this role, or end it."""
    if office.role in OUTSIDE:
        raise DomainError(_("The role “%(role)s” cannot be used here.", role=office.role.label))
    act.demand(Permission.PEOPLE_INVITE, Scope(office.fund_id))
    if office.role is Role.ADMINISTRATOR:
        act.demand(Permission.PEOPLE_CONFIRM, Scope())
        if office.fund is not None:
            raise DomainError(_("An administrator serves every fund. Choose “All funds”."))


def _refuse_oneself(person: Person, act: Act) -> None:
    if person.id == act.actor.person_id:
        raise Forbidden(_("You cannot give yourself a role. Another administrator must do so."))


def _require_sound(session: Session, person: Person, office: Office) -> None:
    tenure, today = office.tenure, clock.today()
    if tenure.until_on and tenure.until_on < max(tenure.from_on or today, today):
        raise DomainError(_("The last day must not be before the first day, nor in the past."))
    if tenure.regional_group and office.role is not Role.TRUSTEE:
        raise DomainError(_("Only a trustee has a regional group."))
    clash = kept_apart(office.role, roles_beside(session, person.id, office.fund_id))
    if clash:
        raise DomainError(
            _(
                "%(name)s already has the role “%(role)s”, and one person may not %(both)s.",
                name=person.name,
                role=clash[0].label,
                both=clash[1],
            )
        )


def _propose_role(session: Session, person: Person, office: Office, act: Act) -> Appointment:
    _require_reason(act)
    administrators = _who_confirms(session, act, person)
    appointment = _appointment_of(session, person, office, act)
    begin(session, appointment, APPOINTMENT, act, person=person.id, **_facts_of(office))
    _ask_for_confirmation(session, appointment, administrators, act)
    return appointment


def _require_reason(act: Act) -> None:
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))


def _appointment_of(session: Session, person: Person, office: Office, act: Act) -> Appointment:
    """What is proposed; Conflict if a proposal for this role of the person waits already."""
    _none_waits(session, person, office)
    return Appointment(
        person=person,
        role=office.role,
        fund=office.fund,
        from_on=office.tenure.from_on,
        until_on=office.tenure.until_on,
        regional_group=office.tenure.regional_group,
        reason=act.reason or "",
        proposed_at=act.at,
    )


def _ask_for_confirmation(
    session: Session, appointment: Appointment, administrators: Sequence[Person], act: Act
) -> None:
    tell(
        session,
        administrators,
        "platform/staff/to_confirm",
        act,
        event=f"appointment:{appointment.id}:proposed",
        appointment=appointment,
        proposer=act.actor.name,
        url=absolute(f"/people/appointments/{appointment.id}"),
    )


def _who_confirms(session: Session, act: Act, appointed: Person | None = None) -> list[Person]:
    """The administrators who neither propose it nor would appoint themselves."""
    apart = {appointed.id if appointed else None, act.actor.person_id}
    administrators = [
        admin for admin in people_with(session, Permission.PEOPLE_CONFIRM) if admin.id not in apart
    ]
    if not administrators:
        raise DomainError(
            _(
                "Another administrator must confirm this role, but there is none. The owner of "
                "the installation can invite one: flask admin invite."
            )
        )
    return administrators


def _none_waits(session: Session, person: Person, office: Office) -> None:
    waiting = select(Appointment.id).where(
        Appointment.person_id == person.id,
        Appointment.role == office.role,
        Appointment.fund_id.is_not_distinct_from(office.fund_id),
        Appointment.state == AppointmentState.PROPOSED,
    )
    if session.scalar(waiting):
        raise Conflict(_("This appointment is already awaiting confirmation."))


def confirm(session: Session, appointment: Appointment, act: Act) -> Membership:
    """A second administrator gives, or ends, the role as another person proposed."""
    session.refresh(appointment, with_for_update={"of": Appointment})
    require(session, appointment, APPOINTMENT, "confirm", act)
    if appointment.ends is not None:
        advance(session, appointment, APPOINTMENT, "confirm", act)
        because = replace(act, reason=appointment.reason)
        _end_role(session, appointment.ends, because, appointment.successor)
        return appointment.ends
    _refuse_oneself(appointment.person, act)
    office = _office_of(appointment)
    _require_sound(session, appointment.person, office)
    advance(session, appointment, APPOINTMENT, "confirm", act)
    return _take_up(session, appointment.person, office, act)


def decline(session: Session, appointment: Appointment, act: Act) -> None:
    """A second administrator refuses the appointment, for a reason."""
    session.refresh(appointment, with_for_update={"of": Appointment})
    advance(session, appointment, APPOINTMENT, "decline", act)
    _tell_proposer(session, appointment, act)


def withdraw(session: Session, appointment: Appointment, act: Act) -> None:
    """The appointment is not wanted any more, for a reason."""
    session.refresh(appointment, with_for_update={"of": Appointment})
    advance(session, appointment, APPOINTMENT, "withdraw", act)
    _tell_proposer(session, appointment, act)


def _tell_proposer(session: Session, appointment: Appointment, act: Act) -> None:
    """The person who proposed an appointment is told what became of it, and why."""
    proposer = session.get(Person, proposed_by(session, appointment) or 0)
    if proposer and proposer.id != act.actor.person_id:
        send(
            session,
            Recipient.of(proposer),
            "platform/staff/not_appointed",
            event=f"appointment:{appointment.id}:{appointment.state.value}",
            appointment=appointment,
            by=act.actor.name,
            reason=act.reason,
            url=absolute(f"/people/appointments/{appointment.id}"),
        )


def _office_of(term: Appointment | Membership) -> Office:
    tenure = Tenure(term.from_on, term.until_on, term.regional_group)
    return Office(term.role, term.fund, tenure)


def _facts_of(office: Office) -> dict[str, str | None]:
    """The office as the trail keeps it."""
    tenure = office.tenure
    return {
        "role": office.role.value,
        "fund": office.fund.code if office.fund else None,
        "from": tenure.from_on.isoformat() if tenure.from_on else None,
        "until": tenure.until_on.isoformat() if tenure.until_on else None,
        "regional_group": tenure.regional_group,
    }


def _take_up(session: Session, person: Person, office: Office, act: Act) -> Membership:
    """The person holds the role, or holds it for other days or another group, and is told."""
    before = held_as(session, person.id, office.role, office.fund_id)
    membership = give(session, person, office.role, fund_id=office.fund_id, tenure=office.tenure)
    record(session, person, "appoint", act, **_facts_of(office))
    joined = person.password_hash is not None or act.actor.system  # the owner hands over a link
    send(
        session,
        Recipient.of(person),
        "platform/staff/appointed",
        event=f"membership:{membership.id}:{act.at.isoformat()}",
        membership=membership,
        changed=before is not None and before is not membership,
        known=joined,
        url=absolute("/sign-in") if joined else invitation(session, person),
    )
    return membership


def invitation(session: Session, person: Person) -> str:
    """The address of a one-time link with which a person chooses a passphrase."""
    token = credentials.make_link(session, credentials.CHOOSE, person.email)
    return absolute(f"/sign-in/passphrase/{token}")


def end(
    session: Session, membership: Membership, act: Act, successor: Person | None = None
) -> Appointment | int:
    """End a role for a reason, and hand open work to a successor: how much of it they took. Where
    another administrator has to confirm the end, propose it: the proposal.

    The last administrator stays.
    """
    _require_may_give(act, _office_of(membership))
    _require_reason(act)
    if act.actor.system or not decides(membership.role):
        return _end_role(session, membership, act, successor)
    return _propose_end(session, membership, act, successor)


def _propose_end(
    session: Session, membership: Membership, act: Act, successor: Person | None
) -> Appointment:
    _require_held(session, membership)
    administrators, office = _who_confirms(session, act), _office_of(membership)
    proposal = _appointment_of(session, membership.person, office, act)
    proposal.ends, proposal.successor = membership, successor
    facts = {**_facts_of(office), "ends": True}
    begin(session, proposal, APPOINTMENT, act, person=membership.person_id, **facts)
    _ask_for_confirmation(session, proposal, administrators, act)
    return proposal


def _end_role(session: Session, membership: Membership, act: Act, successor: Person | None) -> int:
    """The role has ended: how much open work the successor took."""
    _require_held(session, membership)
    handed_over = hand_over(session, membership, successor, act) if successor else 0
    membership.ended_at = act.at
    facts = {"successor": successor.name, "handed_over": handed_over} if successor else {}
    record(
        session, membership.person, "end_role", act, **_facts_of(_office_of(membership)), **facts
    )
    send(
        session,
        Recipient.of(membership.person),
        "platform/staff/ended",
        event=f"membership:{membership.id}:ended",
        membership=membership,
        reason=act.reason,
    )
    return handed_over


def _require_held(session: Session, membership: Membership) -> None:
    """Lock the role; Conflict if another person has ended it meanwhile, DomainError if it is the
    last administrator's: all administrators are locked, so that two cannot end each other.
    """
    same_role = select(Membership).where(
        Membership.role == membership.role,
        Membership.fund_id.is_not_distinct_from(membership.fund_id),
        Membership.ended_at.is_(None),
    )
    rows = session.scalars(same_role.order_by(Membership.id).with_for_update()).all()
    if membership not in rows:
        raise Conflict(_("This role has already ended."))
    lasting = {row.person_id for row in rows if row.until_on is None and _has_begun(row)}
    if membership.role is Role.ADMINISTRATOR and not lasting - {membership.person_id}:
        raise DomainError(
            _("Appoint another administrator without a last day first: one must remain.")
        )


def _has_begun(membership: Membership) -> bool:
    return membership.from_on is None or membership.from_on <= clock.today()
