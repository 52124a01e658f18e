"""Finding people and organisations."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from grants.core.database.moments import TODAY
from grants.core.database.typed import any_typed
from grants.core.database.words import as_said, has_words, says
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Membership, Organisation, Person
from grants.core.people.permissions import Permission
from grants.core.people.role_permissions import GRANTED
from grants.core.people.viewer import Standing, Viewer


def in_funds_with(viewer: Viewer, permission: Permission, fund_id: Any) -> ColumnElement[bool]:
    """Of the funds for which this person has a permission; `fund_id` is a column of the record."""
    funds = viewer.funds_with(permission)
    if funds is None:
        return true()
    return fund_id.in_(funds) if funds else false()


def person_by_email(session: Session, email: str) -> Person | None:
    return session.scalar(select(Person).where(func.lower(Person.email) == email.strip().lower()))


def organisation_by_code(session: Session, code: str) -> Organisation:
    organisation = session.scalar(select(Organisation).where(Organisation.code == code))
    if organisation is None:
        raise Missing(_("Organisation %(code)s not found.", code=code))
    return organisation


@lru_cache(maxsize=256)
def organisations_called(text: str) -> Select[int]:
    """The ids of the organisations of that name, by index and once in a statement: not joined to
    what is theirs, where each name would be taken apart again.
    """
    return _evaluated_once(named_so(literal(as_said(text)), by_words=has_words(text)))


@cache
def any_organisations_called(*, by_words: bool) -> Select[int]:
    """The ids of the organisations of a name that the question is given as `any_typed`."""
    return _evaluated_once(named_so(any_typed(by_words=by_words).said, by_words=by_words))


def _evaluated_once(called: Select[int]) -> Select[int]:
    return select(called.cte().prefix_with("MATERIALIZED").c.id)


def named_so(typed: Any, *, by_words: bool) -> Select[int]:
    """The ids of the organisations of a name, given what `as_said` makes of it."""
    return select(Organisation.id).where(says(typed, Organisation.name, by_words=by_words))


def held_now() -> ColumnElement[bool]:
    """A role that has begun and has not ended, by the calendar of this installation."""
    return _held_on(TODAY)


def _held_on(today: Any) -> ColumnElement[bool]:
    return and_(
        Membership.ended_at.is_(None),
        or_(Membership.from_on.is_(None), Membership.from_on <= today),
        or_(Membership.until_on.is_(None), Membership.until_on >= today),
    )


def viewer_of(session: Session, person_id: int) -> Viewer | None:
    """The person with the roles held at this moment; a role taken away is gone at once."""
    rows = session.execute(viewers().where(Person.id == person_id)).all()
    return viewer_from(rows) if rows else None


def viewers(*beside: Any) -> Select[Any]:
    """Persons with the roles held at this moment, one row for each role; `beside`: more columns."""
    columns = (Membership.role, Membership.fund_id, Membership.organisation_id)
    now = and_(Membership.person_id == Person.id, held_now())
    return (
        select(Person.name, Person.id, Person.email, Person.language, *columns, *beside)
        .outerjoin(Membership, now)
        .order_by(Membership.id)
    )


def viewer_from(rows: Sequence[Row[Any]]) -> Viewer:
    """The person of these rows of `viewers`."""
    name, key, email, language, *_held = tuple(rows[0])
    standings = tuple(
        Standing(row.role, row.fund_id, row.organisation_id) for row in rows if row.role is not None
    )
    return Viewer(name, key, email, language, standings)


def members(session: Session, organisation_id: int) -> Sequence[Membership]:
    """Who acts for an organisation now."""
    return session.scalars(
        select(Membership)
        .where(Membership.organisation_id == organisation_id, held_now())
        .order_by(Membership.id)
    ).all()


def _holders_of(permission: Permission, today: Any = None) -> Select[Person]:
    """`today`: a parameter in its place, for a question that is worded once."""
    roles = [role for role, granted in GRANTED.items() if permission in granted]
    in_office = held_now() if today is None else _held_on(today)
    return (
        select(Person)
        .join(Membership)
        .where(Membership.role.in_(roles), in_office)
        .distinct()
        .order_by(Person.id)
    )


def holds_for(permission: Permission, fund_id: Any) -> ColumnElement[bool]:
    """Does a person of the query hold a permission for the fund that a column names?"""
    roles = [role for role, granted in GRANTED.items() if permission in granted]
    return (
        select(Membership.id)
        .where(
            Membership.person_id == Person.id,
            Membership.role.in_(roles),
            held_now(),
            Membership.organisation_id.is_(None),
            Membership.fund_id.is_(None) | (Membership.fund_id == fund_id),
        )
        .exists()
    )


def people_of_fund(session: Session, permission: Permission, fund_id: int) -> Sequence[Person]:
    """The fund's people who hold a permission: whom to inform, whom to ask."""
    return session.scalars(
        _holders_of(permission).where(
            Membership.organisation_id.is_(None),
            Membership.fund_id.is_(None) | (Membership.fund_id == fund_id),
        )
    ).all()


def people_of_funds(session: Session, *permissions: Permission) -> list[Person]:
    """The people who hold one of these permissions for every fund or for one, each once."""
    queries = [
        _holders_of(permission).where(Membership.organisation_id.is_(None))
        for permission in permissions
    ]
    people = {person.id: person for query in queries for person in session.scalars(query)}
    return list(people.values())


def people_with(session: Session, permission: Permission) -> Sequence[Person]:
    """The people who hold a permission for every fund."""
    return session.scalars(
        _holders_of(permission).where(
            Membership.organisation_id.is_(None), Membership.fund_id.is_(None)
        )
    ).all()


def people_of_organisations(
    session: Session, organisation_ids: Collection[int]
) -> Mapping[int | None, Sequence[Person]]:
    """Who acts for each of these organisations."""
    people: dict[int | None, list[Person]] = {number: [] for number in organisation_ids}
    query = select(Membership.organisation_id, Person).join(Person.memberships)
    conditions = Membership.organisation_id.in_(organisation_ids), held_now()
    for number, person in session.execute(query.where(*conditions).order_by(Person.id)):
        if person not in people[number]:
            people[number].append(person)
    return people


def people_of_organisation(
    session: Session, organisation_id: int, permission: Permission | None = None
) -> Sequence[Person]:
    """Who acts for an organisation (with a permission, where one is named)."""
    today = clock.today()
    query = (
        _holders_of(permission, today)
        if permission
        else select(Person).join(Membership).where(_held_on(today)).order_by(Person.id)
    )
    return session.scalars(query.where(Membership.organisation_id == organisation_id)).all()
