"""Finding an applicant's organisation, and one that may be it already."""

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import Session

from grants.applying.organisations.duplicates import plain_number
from grants.applying.organisations.facts import telling
from grants.applying.organisations.profile import Profile
from grants.core.database.typed import Typed, typed
from grants.core.database.words import Numbers, among, found_first
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Link, Membership, Organisation
from grants.core.people.permissions import OF_APPLICANTS, Permission
from grants.core.people.queries import held_now
from grants.core.people.viewer import Viewer

REGISTRATION, INVITATION = "registration", "invitation"


def organisation_for_viewer(session: Session, code: str, viewer: Viewer) -> Organisation:
    """An organisation this person acts for, or may see as one of the fund's people. One that was
    merged is seen by those who see the one that was kept.
    """
    organisation = session.scalar(select(Organisation).where(Organisation.code == code))
    visible = organisation is not None and (
        kept_for(session, organisation).id in viewer.organisation_ids
        or (viewer.may(Permission.ORGANISATION_SEE) and sees_all_organisations(viewer))
    )
    if organisation is None or not visible:
        raise Missing(_("Organisation %(code)s not found.", code=code))
    return organisation


def kept_for(session: Session, organisation: Organisation) -> Organisation:
    """The organisation itself, or the one that it was merged into."""
    while organisation.merged_into_id is not None:
        organisation = session.get_one(Organisation, organisation.merged_into_id)
    return organisation


def sees_all_organisations(viewer: Viewer) -> bool:
    """Is this one of the fund's people who see organisations?"""
    return viewer.funds_with(Permission.ORGANISATION_SEE) != frozenset()


def own_organisations(session: Session, viewer: Viewer) -> Sequence[Organisation]:
    """Organisations this person acts for, by name."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.id.in_(viewer.organisation_ids))
        .order_by(Organisation.name)
    ).all()


def applying_organisations(session: Session, viewer: Viewer) -> Sequence[Organisation]:
    """Organisations for which this person may write applications."""
    organisation_ids = viewer.organisations_with(Permission.APPLICATION_WRITE)
    return session.scalars(
        select(Organisation)
        .where(Organisation.id.in_(organisation_ids))
        .order_by(Organisation.name)
    ).all()


def alike(session: Session, profile: Profile) -> Organisation | None:
    """An organisation registered here that is probably the same: name, or a number of an office."""
    plain = re.sub(r"\W+", "", profile.name.lower())
    same = [func.regexp_replace(func.lower(Organisation.name), r"\W+", "", "g") == plain]
    for fact in telling("number"):
        if number := fact.of(profile):
            stated = func.upper(getattr(Organisation, fact.key))
            in_letters = func.regexp_replace(stated, "[^A-Z0-9]", "", "g")
            same.append(in_letters == plain_number(number))
    return session.scalar(
        select(Organisation)
        .where(
            Organisation.kind == DonorKind.NGO,
            Organisation.country == profile.country,
            or_(*same),
            select(Membership.id)
            .where(
                Membership.organisation_id == Organisation.id,
                Membership.role.in_(OF_APPLICANTS),
                held_now(),
            )
            .exists(),
        )
        .limit(1)
    )


def waiting_invitations(session: Session, organisation: Organisation) -> Sequence[Link]:
    """Invitations that were sent and neither followed, taken back nor out of date."""
    of_these = Link.facts["organisation"].as_integer() == organisation.id
    return session.scalars(_select_waiting().where(of_these)).all()


def invitations_to(session: Session, email: str) -> Sequence[Link]:
    """The invitations that wait for the person who reads an address."""
    to_address = func.lower(Link.email) == email.strip().lower()
    return session.scalars(_select_waiting().where(to_address)).all()


def _select_waiting() -> Select[Link]:
    return (
        select(Link)
        .where(
            Link.purpose == INVITATION,
            Link.used_at.is_(None),
            Link.expires_at > clock.now(),
        )
        .order_by(Link.id)
    )


def organisations_of_staff(
    viewer: Viewer, text: str = "", country: str = ""
) -> Select[Organisation]:
    """Organisations that apply or have applied, for the fund's people who see organisations."""
    query = _of_staff(viewer).where(
        select(Membership.id)
        .where(Membership.organisation_id == Organisation.id, Membership.role.in_(OF_APPLICANTS))
        .exists(),
    )
    if text:
        words = typed(text)
        query = query.where(words.is_in(Organisation.name) | _registered_so(words))
    return query.where(Organisation.country == country) if country else query


def _of_staff(viewer: Viewer) -> Select[Organisation]:
    return select(Organisation).where(
        Organisation.kind == DonorKind.NGO,
        Organisation.merged_into_id.is_(None),
        true() if sees_all_organisations(viewer) else false(),
    )


def _registered_so(text: Typed) -> ColumnElement[bool]:
    stated = (getattr(Organisation, fact.key) for fact in telling("number"))
    return or_(*(number.icontains(text.plain, escape="/") for number in stated))


def organisations_fitting(viewer: Viewer, text: Typed, called: Numbers) -> Select[Organisation]:
    """Organisations of applicants that are `called` so, or have such a number; the database begins
    with those that apply.
    """
    applying = select(Membership.organisation_id).where(
        Membership.role.in_(OF_APPLICANTS), Membership.organisation_id.is_not(None)
    )
    fitting = among(Organisation.id, called) | _registered_so(text)
    return _of_staff(viewer).where(found_first(Organisation.id, applying), fitting)


def member_row(session: Session, organisation: Organisation, membership_id: int) -> Membership:
    """One standing membership of this organisation."""
    row = session.get(Membership, membership_id)
    if row is None or row.organisation_id != organisation.id or row.ended_at is not None:
        raise Missing(_("This person does not act for %(name)s.", name=organisation.name))
    return row
