"""Two records of one organisation or donor become one: one person proposes, another confirms.

Payments lock a grant and then its organisation, deposits a pledge, and so does a merge: what is
paid and what is merged wait for each other.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.places import take_in
from grants.applying.organisations.queries import waiting_invitations
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.database.seals import fits, seal
from grants.core.funds.queries import all_funds
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.core.people.service import appoint
from grants.core.people.viewer import keep_apart
from grants.desk.merging.facts import sides, write_together
from grants.desk.merging.models import OrganisationMerge
from grants.desk.merging.obstacles import obstacles
from grants.desk.merging.parts import LOCKED_FIRST, MOVING, MOVING_UNSEEN, Part, people_of
from grants.desk.merging.queries import open_merge
from grants.desk.merging.workflow import MERGE
from grants.giving.donors.models import Contact, Donor
from grants.giving.donors.service import close_card, welcome
from grants.giving.outreach.models import CampaignDonor
from grants.integrity.sanctions.matching import watch_later
from grants.integrity.sanctions.models import SanctionsWatch
from grants.platform.casework.service import carry_over
from grants.platform.messages.service import tell


def propose(
    session: Session,
    target: Organisation,
    merged: Organisation,
    keys: Collection[str],
    act: Act,
) -> OrganisationMerge:
    """Propose that two records are one; `keys` name the facts of the one that is closed which the
    profile is to have. Nothing moves before another person confirms.

    DomainError with what stands in the way; Conflict while one of them is in another proposal.
    """
    act.demand(Permission.ORGANISATION_MERGE, None)
    for organisation in (target, merged):
        keep_apart(act.actor, organisation.id)
    if target.id == merged.id:
        raise DomainError(_("Choose two different records."))
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    _lock_organisations(session, target.id, merged.id)
    _refuse_obstacles(session, target, merged)
    if open_merge(session, target, merged):
        raise Conflict(
            _("A proposal to merge one of these records is already waiting for a decision.")
        )
    merge = OrganisationMerge(
        kept=target,
        merged=merged,
        taken=[f.key for f in sides(session, target, merged) if f.is_chosen and f.key in keys],
        reason=(act.reason or "").strip(),
        proposed_at=act.at,
    )
    begin(session, merge, MERGE, act, kept=target.code, merged=merged.code)
    return merge


def confirm(session: Session, merge: OrganisationMerge, act: Act) -> None:
    """Merge as the second person: everything of the one that is closed moves, its people act for
    the one that is kept, and the administrators of both are told.

    DomainError with what stands in the way now.
    """
    target, merged = merge.kept, merge.merged
    _keep_apart(merge, act)
    for part in LOCKED_FIRST:
        part.moving(session, target, merged)
    _lock_organisations(session, target.id, merged.id)
    session.refresh(merge)
    require(session, merge, MERGE, "merge", act)
    _refuse_obstacles(session, target, merged)
    notified = _administrators_of(session, target, merged)
    merged.merged_into_id, merged.merged_at = target.id, act.at
    _join_donors(session, target, merged, act)
    session.flush()
    moving = [(part, part.moving(session, target, merged)) for part in MOVING]
    take_in(session, _applications_in(moving), target.id)
    numbers = _move_records(moving, target)
    _move_records([(p, p.moving(session, target, merged)) for p in MOVING_UNSEEN], target)
    for model in (Organisation, Donor):
        carry_over(session, model.__tablename__, merged.id, target.id)
    numbers["membership"] = _move_people(session, target, merged, act)
    _close_merged(session, merge, act)
    merge.moved = numbers
    advance(session, merge, MERGE, "merge", act, moved=numbers)
    _notify_administrators(session, merge, notified, act)


def refuse(session: Session, merge: OrganisationMerge, act: Act) -> None:
    """Refuse as the second person, who has found that they are two: nothing has changed."""
    _keep_apart(merge, act)
    advance(session, merge, MERGE, "refuse", act)


def withdraw(session: Session, merge: OrganisationMerge, act: Act) -> None:
    """The proposal is taken back: nothing has changed."""
    _keep_apart(merge, act)
    advance(session, merge, MERGE, "withdraw", act)


def _keep_apart(merge: OrganisationMerge, act: Act) -> None:
    keep_apart(act.actor, merge.kept_id)
    keep_apart(act.actor, merge.merged_id)


def _lock_organisations(session: Session, *numbers: int) -> None:
    """Lock both records until the transaction ends, in the same order everywhere."""
    session.execute(
        select(Organisation)
        .where(Organisation.id.in_(numbers))
        .order_by(Organisation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _refuse_obstacles(session: Session, target: Organisation, merged: Organisation) -> None:
    if why := obstacles(session, target, merged):
        raise DomainError(" ".join(why))


def _applications_in(moving: Sequence[tuple[Part, Collection[Any]]]) -> Collection[Application]:
    return next(rows for part, rows in moving if part.model is Application)


def _move_records(
    moving: Sequence[tuple[Any, Collection[Any]]], target: Organisation
) -> dict[str, int]:
    for part, rows in moving:
        for row in rows:
            setattr(row, part.owner, target.id)
    return {part.model.__tablename__: len(rows) for part, rows in moving}


def _move_people(session: Session, target: Organisation, merged: Organisation, act: Act) -> int:
    """Give each person the same role with the organisation that is kept, unless they have one
    there.
    """
    members = {row.person_id for row in people_of(session, target)}
    rows = people_of(session, merged)
    for row in rows:
        row.ended_at = act.at
    session.flush()
    for row in rows:
        if row.person_id not in members:
            appoint(session, row.person, row.role, organisation=target)
    return len(rows)


def _close_merged(session: Session, merge: OrganisationMerge, act: Act) -> None:
    target, merged = merge.kept, merge.merged
    before = write_together(session, target, merged, merge.taken)
    for link in waiting_invitations(session, merged):
        if fits(link):
            link.facts = {**link.facts, "organisation": target.id}
            seal(link)
    record(session, merged, "close_merged", act, into=target.code, proposal=merge.id)
    record(session, target, "take_in", act, merged=merged.code, before=before, proposal=merge.id)
    _compare_as_one(session, target, merged, act)


def _join_donors(session: Session, target: Organisation, merged: Organisation, act: Act) -> None:
    """The one that is kept is a donor if either was. Who was left out of appeals stays so: an
    address that both had is one contact, and a campaign that either was kept out of.
    """
    closed = session.get(Donor, merged.id)
    if closed is None:
        return
    donor = welcome(session, target, act)
    donor.known_since = min(donor.known_since, closed.known_since)
    contacts = {
        (contact.email or "").lower(): contact for contact in donor.contacts if _is_reached(contact)
    }
    for contact in closed.contacts:
        same = contacts.get((contact.email or "").lower())
        if same is not None and _is_reached(contact):
            same.opted_out_at = same.opted_out_at or contact.opted_out_at
            close_card(session, contact, act)
    for choice in session.scalars(select(CampaignDonor).where(CampaignDonor.donor_id == merged.id)):
        other = session.get(CampaignDonor, (choice.campaign_id, target.id))
        if other is not None:
            other.wanted = other.wanted and choice.wanted


def _is_reached(contact: Contact) -> bool:
    return contact.left_on is None and bool(contact.email)


def _compare_as_one(session: Session, target: Organisation, merged: Organisation, act: Act) -> None:
    """Compare all names with the sanctions list as names of the organisation that is kept."""
    earlier = session.get(SanctionsWatch, merged.id)
    if earlier is None and target.kind is DonorKind.MEMBER_STATE:
        return
    persons = list(earlier.persons) if earlier else []
    if earlier is not None:
        session.delete(earlier)
    watch_later(session, target, act)
    watched = session.get_one(SanctionsWatch, target.id)
    watched.persons = list(dict.fromkeys([*watched.persons, *persons]))


def _administrators_of(session: Session, *organisations: Organisation) -> list[Person]:
    people = [
        person
        for organisation in organisations
        for person in people_of_organisation(session, organisation.id, Permission.ORGANISATION_EDIT)
    ]
    return list(dict.fromkeys(people))


def _notify_administrators(
    session: Session, merge: OrganisationMerge, people: Sequence[Person], act: Act
) -> None:
    applies = merge.kept.kind is DonorKind.NGO
    pages = "/organisations" if applies else "/giving/donors"
    tell(
        session,
        people,
        "desk/merging/merged" if applies else "desk/merging/merged_donor",
        act,
        event=f"organisation_merge:{merge.id}",
        kept=merge.kept.name,
        merged=merge.merged.name,
        funds=all_funds(session),
        url=absolute(f"{pages}/{merge.kept.code}"),
    )
