"""Plain typed functions that bring the records a test needs, through the real acts."""

from sqlalchemy.orm import Session

from grants.audit.act import Act
from grants.kernel.taxonomies import DonorKind
from grants.people.models import Organisation, Person
from grants.people.permissions import Role
from grants.people.queries import viewer_of
from grants.people.service import appoint, enter_organisation, enter_person

# People ------------------------------------------------------------------------------------------


def a_person(session: Session, name: str = "Ama Mensah", language: str = "en") -> Person:
    """Somebody with an address of their own and no role."""
    email = f"{name.lower().replace(' ', '.')}@example.org"
    return enter_person(session, email, name, language)


def staff(session: Session, role: Role, name: str = "") -> Person:
    """One of the fund's people, with a role in every fund."""
    person = a_person(session, name or role.value.replace("_", " ").title())
    appoint(session, person, role)
    return person


def an_organisation(
    session: Session, name: str = "Casa Segura", country: str = "HN"
) -> Organisation:
    """A non-governmental organisation."""
    return enter_organisation(session, name, DonorKind.NGO, country)


def member(
    session: Session,
    organisation: Organisation,
    role: Role = Role.ORGANISATION_ADMIN,
    name: str = "Luz Reyes",
) -> Person:
    """Somebody who acts for an organisation."""
    person = a_person(session, name)
    appoint(session, person, role, organisation=organisation)
    return person


def act_of(session: Session, person: Person, reason: str | None = None) -> Act:
    """An act by this person, with the roles held now."""
    viewer = viewer_of(session, person.id)
    assert viewer is not None
    return Act(viewer, reason)
