"""A person asks that their data be erased; officers decide, and the person is told why."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, require
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_funds
from grants.desk.data_protection.erasing import erase_person
from grants.desk.data_protection.models import ErasureRequest
from grants.desk.data_protection.own_data import tables_naming
from grants.desk.data_protection.queries import has_decided
from grants.desk.data_protection.words import LAW
from grants.desk.data_protection.workflow import ERASURE, OPEN
from grants.desk.retention.queries import is_on_hold, wait_for_holds
from grants.platform.messages.service import Recipient, send


def ask_erasure(session: Session, person: Person, wish: str, act: Act) -> ErasureRequest:
    """Ask that one's own data be erased. Conflict while an earlier request waits."""
    if act.actor.person_id != person.id:
        raise Forbidden(_("Only the person concerned can ask for their data to be erased."))
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    waits = ErasureRequest.person_id == person.id, ErasureRequest.state.in_(OPEN)
    if session.scalar(select(ErasureRequest.id).where(*waits)):
        raise Conflict(_("You have already asked for this. We will answer by e-mail."))
    request = ErasureRequest(
        person=person,
        wish=wish.strip(),
        needs_second=has_decided(session, person),
        asked_at=act.at,
    )
    begin(session, request, ERASURE, act)
    for officer in people_of_funds(session, Permission.ERASURE_DECIDE):
        if officer.id != person.id:
            send(
                session,
                Recipient.of(officer),
                "desk/data_protection/asked",
                event=f"erasure:{request.id}:asked",
                url=absolute(f"/data-protection/requests/{request.id}"),
                person=person.name,
            )
    return request


def erase_at_once(session: Session, request: ErasureRequest, act: Act) -> None:
    """Erase the data of a person who never decided or paid for a fund."""
    _keep_from_own(request, act)
    require(session, request, ERASURE, "erase", act)
    request.answer = (act.reason or "").strip()
    _erase(session, request, "erase", act)


def propose(session: Session, request: ErasureRequest, act: Act) -> None:
    """Propose to erase the data of a person who decided or paid; another person confirms."""
    _keep_from_own(request, act)
    require(session, request, ERASURE, "propose", act)
    request.answer = (act.reason or "").strip()
    advance(session, request, ERASURE, "propose", act)


def confirm(session: Session, request: ErasureRequest, act: Act) -> None:
    """Erase as the second person."""
    _keep_from_own(request, act)
    require(session, request, ERASURE, "confirm", act)
    _erase(session, request, "confirm", act)


def refuse(session: Session, request: ErasureRequest, act: Act) -> None:
    """Refuse, and tell the person why: nothing is erased."""
    _keep_from_own(request, act)
    require(session, request, ERASURE, "refuse", act)
    request.answer, request.decided_at = (act.reason or "").strip(), act.at
    advance(session, request, ERASURE, "refuse", act)
    _answer(session, request, Recipient.of(request.person), "refused")


def withdraw(session: Session, request: ErasureRequest, act: Act) -> None:
    """The person wants to keep their account after all. They need no role for it: many who ask
    have left.
    """
    if act.actor.person_id != request.person_id:
        raise Forbidden(_("Only the person who asked can withdraw the request."))
    session.refresh(request, with_for_update=True)
    request.decided_at = act.at
    own = Act(replace(act.actor, system=True), act.reason, act.at)
    advance(session, request, ERASURE, "withdraw", own)


def _erase(session: Session, request: ErasureRequest, action: str, act: Act) -> None:
    wait_for_holds(session)
    if is_on_hold(session, request.person_id):
        raise DomainError(
            _("There is a legal hold on this person. Refuse the request, or lift the hold first.")
        )
    person = session.get_one(Person, request.person_id, with_for_update=True)
    recipient = Recipient(person.email, person.name, person.language)
    request.stays, request.decided_at = tables_naming(session, person), act.at
    request.wish = ""
    advance(session, request, ERASURE, action, act, stays=request.stays)
    erase_person(session, person)
    _answer(session, request, recipient, "erased")


def _answer(session: Session, request: ErasureRequest, recipient: Recipient, template: str) -> None:
    """Told to the address that the person had: after an erasure it is known to nothing else."""
    send(
        session,
        recipient,
        f"desk/data_protection/{template}",
        event=f"erasure:{request.id}:{template}",
        answer=request.answer,
        stays=[LAW[name] for name in request.stays],
    )


def _keep_from_own(request: ErasureRequest, act: Act) -> None:
    if act.actor.person_id == request.person_id:
        raise DomainError(_("A different person must decide on your own request."))
