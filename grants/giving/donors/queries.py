"""Finding donors and their contacts, for a person who may see them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select, union_all
from sqlalchemy.orm import Session, contains_eager, with_expression

from grants.core.database.moments import TODAY
from grants.core.database.typed import Typed, typed
from grants.core.database.words import found_first
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Membership, Organisation
from grants.core.people.permissions import OF_DONORS, Permission
from grants.core.people.queries import members
from grants.core.people.viewer import Viewer
from grants.core.texts.formats import COUNTED
from grants.giving.donors.models import Contact, Donor
from grants.integrity.diligence.queries import Clearance, clearance, is_new, stands_as
from grants.platform.casework.queries import is_owned_by


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which donors to list; nothing set means all."""

    text: str = ""
    kind: DonorKind | None = None
    country: str = ""
    clearance: Clearance | None = None
    unconfirmed: bool = False
    """Only Member States whose sender the fund has not confirmed."""
    signatory: bool = False
    """Only Member States with a signatory whom the fund is to confirm."""
    owner: int | None = None
    """Only those that this person owns."""


NOT_MERGED = Organisation.merged_into_id.is_(None)
"""A donor that was not merged into another one."""


def donors() -> Select[Donor]:
    """Donors with their organisations; who may read them is asked by the caller's page."""
    return _every_donor().where(NOT_MERGED)


def _every_donor() -> Select[Donor]:
    """Donors that were merged into another one among them."""
    return select(Donor).join(Donor.organisation).options(contains_eager(Donor.organisation))


def listed_donors(filters: Criteria) -> Select[Donor]:
    """The donors of a list, with the state of due diligence for each today."""
    stands = clearance(TODAY)
    query = (
        donors().where(*_conditions_of(filters)).options(with_expression(Donor.clearance, stands))
    )
    return query.where(stands == filters.clearance.value) if filters.clearance else query


def _conditions_of(filters: Criteria) -> Iterable[ColumnElement[bool]]:
    if filters.kind is not None:
        yield Organisation.kind == filters.kind
    if filters.country:
        yield Organisation.country == filters.country
    if filters.owner is not None:
        yield is_owned_by("donor", Donor.organisation_id, filters.owner)
    if filters.unconfirmed:
        yield Organisation.kind == DonorKind.MEMBER_STATE
        yield Donor.sender_confirmed_at.is_(None)
    if filters.signatory:
        waits = Contact.signing_asked_at.is_not(None) & Contact.left_on.is_(None)
        yield Donor.contacts.any(waits)
    if text := filters.text.strip():
        words = typed(text)
        yield or_(words.is_in(Organisation.name), Organisation.code == words.capitals)


def fitting(text: Typed, called: Select[int]) -> ColumnElement[bool]:
    """Donors of a code, or among the organisations `called` so: no look at all the others."""
    coded = select(Organisation.id).where(Organisation.code == text.capitals).correlate(None)
    return found_first(Donor.organisation_id, union_all(called, coded))


def count_standing(*codes: Clearance) -> Select[int]:
    """How many donors are in this state today, whom a person has to examine; it stops at one more
    than COUNTED.
    """
    if codes == (Clearance.NOT_BEGUN,):
        merged = select(Organisation.id).where(~NOT_MERGED)
        fresh = is_new(Donor.organisation_id)
        donor_ids = select(Donor.organisation_id).where(
            fresh, Donor.organisation_id.not_in(merged.correlate(None))
        )
    else:
        stands = stands_as(codes, TODAY)
        donor_ids = select(Donor.organisation_id).join(Donor.organisation).where(stands, NOT_MERGED)
    return select(func.count()).select_from(donor_ids.limit(COUNTED + 1).subquery())


def donor_for_viewer(session: Session, code: str, viewer: Viewer) -> Donor:
    """A donor for the fund's people who see donors, or Missing."""
    return _find_donor(session, code, may=viewer.may(Permission.DONOR_SEE))


def own_donor(
    session: Session, code: str, viewer: Viewer, permission: Permission = Permission.PLEDGE_READ
) -> Donor:
    """A donor this person acts for with a permission, or Missing, whatever else they may see."""
    organisation_id = session.scalar(select(Organisation.id).where(Organisation.code == code))
    organisations = viewer.organisations_with(permission)
    return _find_donor(session, code, may=organisation_id in organisations)


def _find_donor(session: Session, code: str, *, may: bool) -> Donor:
    donor = session.scalar(_every_donor().where(Organisation.code == code))
    if donor is None or not may:
        raise Missing(_("Donor %(code)s not found.", code=code))
    return donor


def contact_of(donor: Donor, contact_id: int) -> Contact:
    """A contact of this donor, or Missing."""
    for contact in donor.contacts:
        if contact.id == contact_id:
            return contact
    raise Missing(_("Contact person not found."))


def contacts_of(session: Session, organisation_id: int) -> Sequence[Contact]:
    """A donor's contacts, those who left last."""
    return session.scalars(
        select(Contact)
        .where(Contact.organisation_id == organisation_id)
        .order_by(Contact.left_on.is_not(None), Contact.id)
    ).all()


def membership_of(session: Session, contact: Contact) -> Membership | None:
    """Under which a contact signs in for the donor, if they do."""
    return _memberships_by_email(session, contact.donor).get((contact.email or "").lower())


def _memberships_by_email(session: Session, donor: Donor) -> Mapping[str, Membership]:
    """By the e-mail address, who signs in for a donor."""
    session.flush()
    return {
        row.person.email.lower(): row
        for row in members(session, donor.organisation_id)
        if row.role in OF_DONORS
    }


def signing_in(session: Session, donor: Donor) -> Mapping[int, Membership]:
    """The contacts of a donor who sign in for it, each with the role."""
    memberships = _memberships_by_email(session, donor)
    return {
        contact.id: memberships[(contact.email or "").lower()]
        for contact in donor.contacts
        if contact.left_on is None and (contact.email or "").lower() in memberships
    }
