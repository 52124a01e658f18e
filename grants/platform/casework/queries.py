"""Reading who looks after a case, what is remarked on it, and what concerns a person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from grants.core.audit.models import TrailLink, TrailRow
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Membership, Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import held_now, viewer_from, viewers
from grants.core.people.role_permissions import GRANTED
from grants.core.people.viewer import Viewer
from grants.platform.casework.cases import Case, cases_for, may_see, share_a_fund
from grants.platform.casework.models import CaseFollower, CaseOwner, Remark

MOST = 100
"""Lines of the inbox, the newest; read ones make room for others."""
REMARKS = 50
"""Remarks beside a case."""
SOON = timedelta(minutes=15)
"""So long after it was written, a withdrawn remark is hidden from colleagues; later they go on
reading what they may have acted on.
"""


def colleagues(session: Session, case: Case) -> list[Viewer]:
    """Who may look after a case, be mentioned on it and follow it, by name."""
    people = _people_at_work(session)
    return [person for person in people if may_see(person, case, Permission.CASEWORK_WRITE)]


def people_beside(session: Session, viewer: Viewer) -> list[Viewer]:
    """The people who work on cases of the person's own funds, by name."""
    return [person for person in _people_at_work(session) if share_a_fund(viewer, person)]


def colleagues_owning(session: Session, viewer: Viewer, kind: str) -> list[Viewer]:
    """The people of the person's own funds who own a case of this kind, by name; none for a member
    of a Board. A list does not read every case to find its owners.
    """
    if viewer.may(Permission.BOARD_SIT):
        return []
    owning = select(CaseOwner.person_id).where(CaseOwner.kind == kind)
    people = _people_at_work(session, Person.id.in_(owning))
    return [person for person in people if share_a_fund(viewer, person)]


def _people_at_work(session: Session, *who: ColumnElement[bool]) -> list[Viewer]:
    """The people of all funds who work on cases, by name; of them those `who` fit."""
    roles = [role for role, granted in GRANTED.items() if Permission.CASEWORK_WRITE in granted]
    holders = select(Membership.person_id).where(Membership.role.in_(roles), held_now())
    rows: dict[int, list[Any]] = {}
    for row in session.execute(viewers().where(Person.id.in_(holders), *who)):
        rows.setdefault(row.id, []).append(row)
    return sorted((viewer_from(terms) for terms in rows.values()), key=lambda person: person.name)


def owner_of(session: Session, case: Case) -> Person | None:
    """Who looks after a case."""
    return session.scalar(
        select(Person)
        .join(CaseOwner, CaseOwner.person_id == Person.id)
        .where(CaseOwner.kind == case.kind.name, CaseOwner.subject_id == case.id)
    )


def owned_cases(
    session: Session, viewer: Viewer, most: int = 500, of: int | None = None
) -> list[Case]:
    """The cases that a person, or a colleague, owns and that the person may read, the latest
    first.
    """
    query = select(CaseOwner.kind, CaseOwner.subject_id).where(
        CaseOwner.person_id == (of or viewer.person_id)
    )
    latest = query.order_by(CaseOwner.assigned_at.desc(), CaseOwner.id.desc()).limit(most)
    keys = [(kind, number) for kind, number in session.execute(latest)]
    cases = cases_for(session, viewer, _by_kind(keys))
    return [cases[key] for key in keys if key in cases]


def names_of_owners(kind: str, numbers: Iterable[int]) -> Select[int, str]:
    """Number and owner of those of these records that have one."""
    return (
        select(CaseOwner.subject_id, Person.name)
        .join(Person, Person.id == CaseOwner.person_id)
        .where(CaseOwner.kind == kind, CaseOwner.subject_id.in_(numbers))
    )


def owners(session: Session, viewer: Viewer) -> Sequence[Person]:
    """Who owns a case that the person may read, by name. Of owners of what is every
    fund's, those who share a fund with the person.
    """
    query = select(Person, CaseOwner.kind, CaseOwner.subject_id)
    query = query.join(CaseOwner, CaseOwner.person_id == Person.id)
    rows = session.execute(query.order_by(Person.name, Person.id)).all()
    cases = cases_for(session, viewer, _by_kind([(each, number) for _owner, each, number in rows]))
    of_all_funds = any(case.scope is None for case in cases.values())
    people = people_beside(session, viewer) if of_all_funds else ()
    beside = {person.person_id for person in people}
    owning = (
        owner
        for owner, each, number in rows
        if (case := cases.get((each, number))) and (case.scope or owner.id in beside)
    )
    return [*dict.fromkeys(owning)]


def is_owned_by(kind: str, number: Any, person_id: int | None) -> ColumnElement[bool]:
    """Of a list: records that this person looks after."""
    return exists().where(
        CaseOwner.kind == kind, CaseOwner.subject_id == number, CaseOwner.person_id == person_id
    )


def remarks_on(session: Session, case: Case, newest: int | None = None) -> Sequence[Remark]:
    """The remarks on a case, the newest (or that of this number) first; withdrawn ones too. One
    more than stand beside it: the first of the earlier ones.
    """
    query = select(Remark).where(Remark.kind == case.kind.name, Remark.subject_id == case.id)
    if newest:
        query = query.where(Remark.id <= newest)
    query = query.options(joinedload(Remark.written_by)).order_by(Remark.id.desc())
    return session.scalars(query.limit(REMARKS + 1)).all()


def remark_numbered(session: Session, viewer: Viewer, number: int) -> tuple[Remark, Case]:
    """A remark and its case; Missing for people who may not read it."""
    remark = session.get(Remark, number)
    key = (remark.kind, remark.subject_id) if remark else ("", 0)
    case = cases_for(session, viewer, _by_kind([key])).get(key)
    if remark is None or case is None:
        raise Missing(_("This remark was not found."))
    return remark, case


def is_hidden(remark: Remark) -> bool:
    """Was it withdrawn so soon that colleagues no longer read it?"""
    withdrawn = remark.withdrawn_at
    return withdrawn is not None and withdrawn - remark.written_at <= SOON


@dataclass(frozen=True, slots=True)
class Panel:
    """What stands beside a case for one person, apart from the remarks themselves."""

    owner_id: int | None
    owner: str
    """Their name; empty while nobody owns the case."""
    follows: bool
    has_remarks: bool


def facts_beside(session: Session, case: Case, person_id: int | None) -> Panel:
    """The panel of a case for this person, in one question."""
    of_case = (CaseOwner.kind == case.kind.name, CaseOwner.subject_id == case.id)
    names = select(Person.name).join(CaseOwner, CaseOwner.person_id == Person.id).where(*of_case)
    follows = exists().where(
        CaseFollower.kind == case.kind.name,
        CaseFollower.subject_id == case.id,
        CaseFollower.person_id == person_id,
    )
    owner_id = select(CaseOwner.person_id).where(*of_case).scalar_subquery()
    has_remarks = exists().where(Remark.kind == case.kind.name, Remark.subject_id == case.id)
    number, name, following, remarked = session.execute(
        select(owner_id, names.scalar_subquery(), follows, has_remarks)
    ).one()
    return Panel(number, name or "", following, remarked)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a case that a person follows."""

    case: Case
    place: int
    """In the trail."""
    row: TrailRow
    unread: bool
    remark: Remark | None = None
    concerned: int | None = None
    """The person to whom the case was assigned."""

    @property
    def at(self) -> datetime:
        return self.row.at


def inbox(session: Session, person: Viewer) -> list[Event]:
    """What concerns a person, the newest first: cases assigned to them, remarks, and new states of
    the cases that they follow. Whether they may read the case is asked now.
    """
    return _events(session, person, events_for(person.person_id).limit(MOST))


def to_mail(session: Session, person: Viewer) -> list[Event]:
    """What the person has not read, and was not told of by e-mail, the oldest first."""
    events = events_for(person.person_id)
    fresh = and_(
        TrailLink.position > CaseFollower.read_to, TrailLink.position > CaseFollower.mailed_to
    )
    return _events(session, person, events.where(fresh).limit(MOST))[::-1]


def unread_count(person: Viewer) -> Select[int]:
    """How many lines of the inbox are unread, for the menu: no further than the inbox is long. It
    looks at no record, so what was closed to the person since they followed it counts until it is
    marked as read.
    """
    fresh = events_for(person.person_id).where(TrailLink.position > CaseFollower.read_to)
    few = fresh.with_only_columns(TrailLink.position).order_by(None).limit(MOST).subquery()
    return select(func.count()).select_from(few)


def events_for(person_id: int | None) -> Select[TrailRow, int, CaseFollower]:
    """The acts on cases that a person follows, by others, since they began: place in the trail and
    the case.
    """
    itself = select(
        CaseFollower.id, CaseFollower.kind.label("subject"), CaseFollower.subject_id, literal(True)
    )
    parts = (_subjects_of(Remark), _subjects_of(CaseOwner), itself)
    by_reader = CaseFollower.person_id == person_id
    subjects = union_all(*(part.where(by_reader) for part in parts)).subquery("subjects")
    follows, subject, number, is_record = subjects.c
    is_new_state = and_(
        TrailRow.target.is_not(None), TrailRow.source.is_distinct_from(TrailRow.target)
    )
    return (
        select(TrailRow, TrailLink.position, CaseFollower)
        .join(TrailLink, TrailLink.row_id == TrailRow.id)
        .join(subjects, and_(subject == TrailRow.subject, number == TrailRow.subject_id))
        .join(CaseFollower, CaseFollower.id == follows)
        .where(
            TrailRow.id > CaseFollower.since,
            TrailRow.person_id.is_distinct_from(person_id),
            or_(~is_record, is_new_state),
        )
        .order_by(TrailLink.position.desc())
    )


def _subjects_of(model: Any) -> Select[Any]:
    """The records of the trail that tell of a followed case."""
    same = and_(model.kind == CaseFollower.kind, model.subject_id == CaseFollower.subject_id)
    subject = literal(model.__tablename__).label("subject")
    return select(CaseFollower.id, subject, model.id, literal(False)).join(model, same)


def _events(
    session: Session, person: Viewer, query: Select[TrailRow, int, CaseFollower]
) -> list[Event]:
    rows = session.execute(query).all()
    keys = {(following.kind, following.subject_id) for _row, _place, following in rows}
    cases = cases_for(session, person, _by_kind(keys))
    numbers = [row.subject_id for row, _place, _kept in rows if row.subject == "remark"]
    written = select(Remark).where(Remark.id.in_(numbers)).options(joinedload(Remark.written_by))
    remarks = {remark.id: remark for remark in session.scalars(written)} if numbers else {}
    return [
        Event(
            cases[following.kind, following.subject_id],
            place,
            row,
            place > following.read_to,
            remarks.get(row.subject_id) if row.subject == "remark" else None,
            row.facts.get("person") if row.subject == CaseOwner.__tablename__ else None,
        )
        for row, place, following in rows
        if (following.kind, following.subject_id) in cases
    ]


def _by_kind(keys: Collection[tuple[str, int]]) -> Mapping[str, list[int]]:
    numbers: dict[str, list[int]] = {}
    for kind, number in keys:
        numbers.setdefault(kind, []).append(number)
    return numbers
