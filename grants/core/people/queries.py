"""Finding people and organisations."""

from collections.abc import Sequence

from sqlalchemy import ScalarSelect, Select, and_, func, select
from sqlalchemy.orm import Session

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Membership, Organisation, Person
from grants.core.people.permissions import GRANTED, Permission
from grants.core.people.viewer import Standing, Viewer


def person_by_email(session: Session, email: str) -> Person | None:
    return session.scalar(select(Person).where(func.lower(Person.email) == email.strip().lower()))


def organisation_by_code(session: Session, code: str) -> Organisation:
    organisation = session.scalar(select(Organisation).where(Organisation.code == code))
    if organisation is None:
        raise Missing(_("There is no organisation with the code %(code)s.", code=code))
    return organisation


def viewer_of(session: Session, person_id: int | ScalarSelect[int]) -> Viewer | None:
    """The person with the roles held at this moment; a role taken away is gone at once."""
    standing = (Membership.role, Membership.fund_id, Membership.organisation_id)
    now = and_(Membership.person_id == Person.id, Membership.ended_at.is_(None))
    rows = session.execute(
        select(Person.name, Person.id, Person.email, Person.language, *standing)
        .outerjoin(Membership, now)
        .where(Person.id == person_id)
        .order_by(Membership.id)
    ).all()
    if not rows:
        return None
    name, key, email, language, *_held = rows[0]
    held = tuple(Standing(*row[4:]) for row in rows if row.role is not None)
    return Viewer(name, key, email, language, held)


def members(session: Session, organisation_id: int) -> Sequence[Membership]:
    """Who acts for an organisation now."""
    return session.scalars(
        select(Membership)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
    ).all()


def _holders(permission: Permission) -> Select[Person]:
    roles = [role for role, granted in GRANTED.items() if permission in granted]
    return (
        select(Person)
        .join(Membership)
        .where(Membership.role.in_(roles), Membership.ended_at.is_(None))
        .distinct()
        .order_by(Person.id)
    )


def people_of_fund(session: Session, permission: Permission, fund_id: int) -> Sequence[Person]:
    """The fund's people who hold a permission: whom to inform, whom to ask."""
    return session.scalars(
        _holders(permission).where(
            Membership.organisation_id.is_(None),
            Membership.fund_id.is_(None) | (Membership.fund_id == fund_id),
        )
    ).all()


def people_of_organisation(
    session: Session, organisation_id: int, permission: Permission | None = None
) -> Sequence[Person]:
    """Who acts for an organisation (with a permission, where one is named)."""
    query = _holders(permission) if permission else select(Person).join(Membership)
    return session.scalars(
        query.where(
            Membership.organisation_id == organisation_id, Membership.ended_at.is_(None)
        ).order_by(Person.id)
    ).all()
