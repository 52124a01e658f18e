"""Two records of one organisation become one: one person proposes, another confirms.

Payments lock a grant and then its organisation, and so does a merge: what is paid and what is
merged wait for each other.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.places import take_in
from grants.applying.organisations.profile import fill, profile_of
from grants.applying.organisations.profile import kept as plain
from grants.applying.organisations.queries import waiting_invitations
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.seals import fits, seal
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.core.people.service import appoint
from grants.core.people.viewer import keep_apart
from grants.desk.merging.facts import FACTS, together
from grants.desk.merging.models import OrganisationMerge
from grants.desk.merging.parts import MOVING, Part, obstacles, people_of
from grants.desk.merging.queries import open_merge
from grants.desk.merging.workflow import MERGE
from grants.integrity.sanctions.matching import watch_later
from grants.integrity.sanctions.models import SanctionsWatch
from grants.platform.messages.service import tell


def propose(
    session: Session,
    kept: Organisation,
    merged: Organisation,
    taken: Collection[str],
    act: Act,
) -> OrganisationMerge:
    """Propose that two records are one organisation; `taken` names the facts of the one that is
    closed which its profile is to have. Nothing moves before another person confirms.

    DomainError with what stands in the way; Conflict while one of them is in another proposal.
    """
    act.demand(Permission.ORGANISATION_MERGE, None)
    for one in (kept, merged):
        keep_apart(act.actor, one.id)
        if one.kind is not DonorKind.NGO:
            raise DomainError(_("Only organisations that apply can be merged."))
    if kept.id == merged.id:
        raise DomainError(_("Choose two different organisations."))
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    _lock(session, kept.id, merged.id)
    _refuse_obstacles(session, kept, merged)
    if open_merge(session, kept, merged):
        raise Conflict(_("A proposal to merge one of these organisations waits already."))
    merge = OrganisationMerge(
        kept=kept,
        merged=merged,
        taken=[key for key in FACTS if key in taken],
        reason=(act.reason or "").strip(),
        proposed_at=act.at,
    )
    begin(session, merge, MERGE, act, kept=kept.code, merged=merged.code)
    return merge


def confirm(session: Session, merge: OrganisationMerge, act: Act) -> None:
    """Another person confirms: everything of the one that is closed moves, its people act for the
    one that is kept, and the administrators of both are told.

    DomainError with what stands in the way now.
    """
    kept, merged = merge.kept, merge.merged
    _apart(merge, act)
    MOVING[0].moving(session, kept, merged)
    _lock(session, kept.id, merged.id)
    session.refresh(merge)
    require(session, merge, MERGE, "merge", act)
    _refuse_obstacles(session, kept, merged)
    notified = _administrators(session, kept, merged)
    moving = [(part, part.moving(session, kept, merged)) for part in MOVING]
    take_in(session, _applications(moving), kept.id)
    numbers = _move(moving, kept)
    numbers["membership"] = _move_people(session, kept, merged, act)
    _close(session, merge, act)
    merge.moved = numbers
    advance(session, merge, MERGE, "merge", act, moved=numbers)
    _tell(session, merge, notified, act)


def refuse(session: Session, merge: OrganisationMerge, act: Act) -> None:
    """Another person has found that they are two: nothing has changed."""
    _apart(merge, act)
    advance(session, merge, MERGE, "refuse", act)


def withdraw(session: Session, merge: OrganisationMerge, act: Act) -> None:
    """The proposal is taken back: nothing has changed."""
    _apart(merge, act)
    advance(session, merge, MERGE, "withdraw", act)


def _apart(merge: OrganisationMerge, act: Act) -> None:
    keep_apart(act.actor, merge.kept_id)
    keep_apart(act.actor, merge.merged_id)


def _lock(session: Session, *numbers: int) -> None:
    """Both records until the transaction ends, in the same order everywhere."""
    session.execute(
        select(Organisation)
        .where(Organisation.id.in_(numbers))
        .order_by(Organisation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _refuse_obstacles(session: Session, kept: Organisation, merged: Organisation) -> None:
    if why := obstacles(session, kept, merged):
        raise DomainError(" ".join(why))


def _applications(moving: Sequence[tuple[Part, Collection[Any]]]) -> Collection[Application]:
    return next(rows for part, rows in moving if part.model is Application)


def _move(moving: Sequence[tuple[Any, Collection[Any]]], kept: Organisation) -> dict[str, int]:
    for _part, rows in moving:
        for row in rows:
            row.organisation_id = kept.id
    return {part.model.__tablename__: len(rows) for part, rows in moving}


def _move_people(session: Session, kept: Organisation, merged: Organisation, act: Act) -> int:
    """Each gets the same role with the organisation that is kept, unless they have one there."""
    there = {row.person_id for row in people_of(session, kept)}
    rows = people_of(session, merged)
    for row in rows:
        row.ended_at = act.at
    session.flush()
    for row in rows:
        if row.person_id not in there:
            appoint(session, row.person, row.role, organisation=kept)
    return len(rows)


def _close(session: Session, merge: OrganisationMerge, act: Act) -> None:
    kept, merged = merge.kept, merge.merged
    before = plain(profile_of(kept))
    fill(kept, together(kept, merged, merge.taken))
    for link in waiting_invitations(session, merged):
        if fits(link):
            link.facts = {**link.facts, "organisation": kept.id}
            seal(link)
    merged.merged_into_id, merged.merged_at = kept.id, act.at
    record(session, merged, "close_merged", act, into=kept.code, proposal=merge.id)
    record(session, kept, "take_in", act, merged=merged.code, before=before, proposal=merge.id)
    _compare_as_one(session, kept, merged, act)


def _compare_as_one(session: Session, kept: Organisation, merged: Organisation, act: Act) -> None:
    """All names are compared with the sanctions list as names of the one that is kept."""
    earlier = session.get(SanctionsWatch, merged.id)
    persons = list(earlier.persons) if earlier else []
    if earlier is not None:
        session.delete(earlier)
    watch_later(session, kept, act)
    watched = session.get_one(SanctionsWatch, kept.id)
    watched.persons = list(dict.fromkeys([*watched.persons, *persons]))


def _administrators(session: Session, *organisations: Organisation) -> list[Person]:
    found = [
        person
        for one in organisations
        for person in people_of_organisation(session, one.id, Permission.ORGANISATION_EDIT)
    ]
    return list(dict.fromkeys(found))


def _tell(session: Session, merge: OrganisationMerge, people: Sequence[Person], act: Act) -> None:
    tell(
        session,
        people,
        "desk/merging/merged",
        act,
        event=f"organisation_merge:{merge.id}",
        kept=merge.kept.name,
        merged=merge.merged.name,
        url=absolute(f"/organisations/{merge.kept.code}"),
    )
