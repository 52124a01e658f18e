"""Declaring interests: no conflict, which opens an application, or a conflict, which shuts it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.deciding.interests.models import Interest
from grants.deciding.interests.queries import mark_of, undeclared_in


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a trustee declares about the applications that were shown, by their ids."""

    shown: Collection[int]
    conflicts: Collection[int] = ()
    nature: str = ""
    """Of the conflicts, in the trustee's words."""
    rest: str | None = None
    """No conflict in any other application of the call either: those of which this is the mark."""


def declare(session: Session, call: Call, declaration: Declaration, act: Act) -> list[Interest]:
    """A trustee declares about each application that was shown: no conflict of interest, and it
    opens, or a conflict, and it stays shut. What was declared before stays as it is. The rest
    of the call, which other pages show, is declared on only where the trustee says so.

    An application of an organisation that the trustee acts for is a conflict in any case.
    DomainError where the rest is not what was counted for the trustee.
    """
    act.demand(Permission.BOARD_SIT, call.scope)
    if not set(declaration.conflicts) <= set(declaration.shown):
        raise DomainError(_("Choose from the applications in the list."))
    if declaration.conflicts and not declaration.nature.strip():
        raise DomainError(_("Describe your conflict of interest."))
    session.execute(
        select(Person.id).where(Person.id == act.actor.person_id).with_for_update(key_share=True)
    )
    declared = [
        _interest_of(application.id, application.organisation_id, declaration, act)
        for application in _select_declared(session, call, declaration, act)
    ]
    session.add_all(declared)
    for interest in declared:
        record(session, interest, "declare_interest", act, conflict=interest.conflict)
    return declared


def _select_declared(
    session: Session, call: Call, declaration: Declaration, act: Act
) -> Sequence[Application]:
    if declaration.rest is None:
        on_page = Application.id.in_(declaration.shown)
        return undeclared_in(session, call, act.actor, on_page)
    applications = undeclared_in(session, call, act.actor)
    other_ids = {application.id for application in applications}.difference(declaration.shown)
    if other_ids and mark_of(other_ids) != declaration.rest:
        raise DomainError(
            _(
                "The applications on the other pages have changed since you opened this page. "
                "Check them, then make the declaration."
            )
        )
    return applications


def _interest_of(
    application_id: int, organisation_id: int, declaration: Declaration, act: Act
) -> Interest:
    acts_for_applicant = organisation_id in act.actor.organisation_ids
    conflict = acts_for_applicant or application_id in declaration.conflicts
    nature = declaration.nature.strip() or (
        _("Acts for the applicant.") if acts_for_applicant else ""
    )
    assert act.actor.person_id is not None
    return Interest(
        application_id=application_id,
        trustee_id=act.actor.person_id,
        conflict=conflict,
        nature=nature if conflict else "",
        declared_at=act.at,
    )


def recuse(session: Session, interest: Interest, act: Act) -> None:
    """A trustee who declared no conflict finds one after all: the application is shut from now
    on. The act's reason is the nature of the conflict.
    """
    session.refresh(interest, with_for_update={"of": Interest})
    if act.actor.person_id != interest.trustee_id:
        raise Forbidden(_("Only the trustee concerned can do this."))
    act.demand(Permission.BOARD_SIT, interest.application.scope)
    if interest.conflict:
        raise Conflict(_("You have already recused yourself from this application."))
    if not (act.reason or "").strip():
        raise DomainError(_("Describe your conflict of interest."))
    interest.conflict, interest.nature = True, str(act.reason).strip()
    record(session, interest, "declare_conflict", act)
