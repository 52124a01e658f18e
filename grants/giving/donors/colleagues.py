"""Who signs in for a donor: a contact is invited by e-mail, joins, and hands over to the next one.

The donor's own people who pledge invite, and the fund's people do for every donor. Pledges and
papers are the donor's, so nothing is lost with a person.
"""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people import credentials
from grants.core.people.models import Link, Membership, Person
from grants.core.people.permissions import OF_DONORS, Role
from grants.giving.donors.models import Contact, Donor
from grants.giving.donors.queries import membership_of
from grants.giving.donors.roles import GIVING, SIGNING
from grants.giving.donors.service import close_card, permitted, require_still_there
from grants.giving.donors.signatories import ask_fund, role_for_now
from grants.platform.messages.service import Recipient
from grants.platform.signin.joining import (
    admit,
    give_role,
    is_only_one,
    require_seldom,
    send_invitation,
)

INVITATION = "donor invitation"


def invite(
    session: Session,
    contact: Contact,
    act: Act,
    role: Role = Role.DONOR,
    *,
    in_place_of: Contact | None = None,
) -> None:
    """Ask a contact by e-mail to sign in for the donor. Once they follow the link they act for it
    in this role, and `in_place_of` does no longer.
    """
    permitted(act, contact.donor)
    require_still_there(contact)
    _require_donor_role(role)
    if not contact.email:
        raise DomainError(_("Enter the e-mail address of %(name)s first.", name=contact.name))
    if membership_of(session, contact):
        raise Conflict(_("%(name)s already acts for this donor.", name=contact.name))
    require_seldom(session, INVITATION, contact.email)
    contact.invited_at, contact.invited_as = act.at, role
    contact.replaces_id = in_place_of.id if in_place_of else None
    organisation = contact.donor.organisation
    record(session, organisation, "invite", act, contact=contact.id, role=role.value)
    _send_link(session, contact, act.actor.name)


def _require_donor_role(role: Role) -> None:
    if role not in OF_DONORS:
        raise DomainError(_("Choose what this person may do for the donor."))


def invite_again(session: Session, email: str) -> None:
    """Someone who was invited asks for a link to sign in, perhaps after the first one expired."""
    invited = session.scalars(
        select(Contact).where(
            func.lower(Contact.email) == email.strip().lower(),
            Contact.invited_at.is_not(None),
            Contact.left_on.is_(None),
        )
    )
    for contact in invited.all():
        allowed = not credentials.too_many_links(session, INVITATION, email)
        if allowed and membership_of(session, contact) is None:
            _send_link(session, contact, contact.donor.organisation.name)


def _send_link(session: Session, contact: Contact, inviter: str) -> None:
    assert contact.email is not None
    token = credentials.make_link(session, INVITATION, contact.email, {"contact": contact.id})
    recipient = Recipient(contact.email, contact.name, contact.language)
    names = {"donor": contact.donor.organisation.name, "inviter": inviter}
    letter = "giving/donors/invitation"
    page = f"/giving/donors/join/{token}"
    send_invitation(session, recipient, letter, token, page, **names)


def invited_by(session: Session, link: Link) -> Contact:
    """The contact whom a link invites; Conflict if they have left or have another address now."""
    contact = session.get_one(Contact, link.facts["contact"])
    require_still_there(contact)
    if link.email.lower() != (contact.email or "").lower():
        raise Conflict(_("This invitation went to an earlier address. Ask for a new one."))
    return contact


def join(session: Session, token: str) -> tuple[Donor, Person]:
    """A contact follows the invitation and acts for the donor from now on, perhaps in the place of
    a colleague who leaves. The fund confirms first who signs for a Member State.
    """
    link = credentials.use_link(session, token, INVITATION)
    contact = invited_by(session, link)
    role = contact.invited_as or Role.DONOR
    for_now = role_for_now(contact, role)
    recipient = Recipient(link.email, contact.name, contact.language)
    person, act = admit(session, contact.donor.organisation, recipient, for_now)
    if for_now is not role:
        ask_fund(session, contact, act)
    former = session.get(Contact, contact.replaces_id) if contact.replaces_id else None
    if former is not None and former.left_on is None:
        _end_access(session, former, act)
    return contact.donor, person


def change_role(session: Session, contact: Contact, role: Role, act: Act) -> None:
    """A contact who signs in may do something else for the donor from now on. The fund confirms
    first who signs for a Member State.
    """
    staff = permitted(act, contact.donor)
    _require_donor_role(role)
    row = _standing_row(session, contact)
    if role not in GIVING and not staff:
        _require_another(session, contact, row)
    for_now = role_for_now(contact, role, row.role)
    contact.invited_as, contact.signing_asked_at = role, None
    if for_now is not row.role:
        give_role(session, row, for_now, act)
    if for_now is not role:
        record(session, contact.donor.organisation, "ask_signatory", act, contact=contact.id)
        ask_fund(session, contact, act)


def _standing_row(session: Session, contact: Contact) -> Membership:
    """Under which a contact signs in, the donor's people locked meanwhile."""
    session.refresh(contact.donor.organisation, with_for_update=True)
    row = membership_of(session, contact)
    if row is None:
        raise Conflict(_("%(name)s does not sign in for this donor.", name=contact.name))
    return row


def hand_over(
    session: Session, contact: Contact, successor: Contact, act: Act, last_day: date | None = None
) -> None:
    """A contact leaves and a colleague takes over with the same role. On the `last_day`, if it is
    known; else at once if the colleague signs in already, or when they have followed their
    invitation. Until then the account stays as it is.
    """
    permitted(act, contact.donor)
    require_still_there(contact)
    if successor is contact or successor.donor is not contact.donor:
        raise DomainError(_("Choose another contact person of this donor."))
    present, row = membership_of(session, contact), membership_of(session, successor)
    role = present.role if present else successor.invited_as or Role.DONOR
    if last_day is not None:
        _leave_on(session, contact, present, last_day, act)
    if row is None:
        invite(session, successor, act, role, in_place_of=None if last_day else contact)
        return
    if present is not None and row.role is not role:
        change_role(session, successor, _joined(row.role, role), act)
    if last_day is None:
        leave(session, contact, act)


def _joined(first: Role, second: Role) -> Role:
    """The role that lets a person do what either lets them do."""
    gives, signs = {first, second} & {*GIVING}, {first, second} & {*SIGNING}
    if gives:
        return Role.DONOR if signs else Role.DONOR_GIVER
    return Role.DONOR_SIGNATORY if signs else Role.DONOR_READER


def _leave_on(
    session: Session, contact: Contact, row: Membership | None, last_day: date, act: Act
) -> None:
    """The last day of a contact is known: from the next one they sign in for the donor no more."""
    if last_day < clock.today():
        raise DomainError(_("The last day has passed. Mark the person as having left."))
    contact.leaves_on = last_day
    if row is not None:
        row.until_on = last_day
    about = {"contact": contact.id, "last_day": last_day.isoformat()}
    record(session, contact.donor.organisation, "leave_on", act, **about)


def end_those_who_left(session: Session, act: Act) -> int:
    """The contacts whose last day has passed are contacts no more; returns how many."""
    gone = select(Contact).where(Contact.leaves_on < clock.today(), Contact.left_on.is_(None))
    leaving = session.scalars(gone.order_by(Contact.id)).all()
    for contact in leaving:
        _end_access(session, contact, act)
    return len(leaving)


def leave(session: Session, contact: Contact, act: Act) -> None:
    """A contact no longer acts for the donor: nothing is sent to them, and they sign in for it no
    more. A donor's own people cannot end the last one who pledges: nobody would be left.
    """
    staff = permitted(act, contact.donor)
    session.refresh(contact.donor.organisation, with_for_update=True)
    row = membership_of(session, contact)
    if row is not None and not staff:
        _require_another(session, contact, row)
    _end_access(session, contact, act)


def _require_another(session: Session, contact: Contact, row: Membership) -> None:
    """DomainError if this is the last person who pledges for the donor."""
    if is_only_one(session, row, GIVING):
        raise DomainError(
            _(
                "%(name)s is the only person who signs in for this donor and pledges. Hand over "
                "to a colleague.",
                name=contact.name,
            )
        )


def _end_access(session: Session, contact: Contact, act: Act) -> None:
    """The contact and its role end; who acts was allowed to before."""
    row = membership_of(session, contact)
    close_card(session, contact, act)
    if row is not None:
        row.ended_at = act.at
        donor = contact.donor.organisation
        record(session, donor, "end_membership", act, person=row.person_id)
