"""Who signs in for a donor: a contact is invited by e-mail, joins, and hands over to the next one.

The donor's own people invite, and the fund's people do for every donor.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people import credentials
from grants.core.people.models import Link, Person
from grants.core.people.permissions import Role
from grants.core.people.queries import members, viewer_of
from grants.core.people.service import appoint, enter_person
from grants.giving.donors.models import Contact, Donor
from grants.giving.donors.queries import membership_of
from grants.giving.donors.service import end_contact, permitted, require_still_there
from grants.platform.messages.service import Recipient, send

INVITATION = "donor invitation"


def invite(
    session: Session, contact: Contact, act: Act, *, in_place_of: Contact | None = None
) -> None:
    """Ask a contact by e-mail to sign in for the donor. Once they follow the link they act for it,
    and `in_place_of` does no longer.
    """
    permitted(act, contact.donor)
    require_still_there(contact)
    if not contact.email:
        raise DomainError(_("Enter the e-mail address of %(name)s first.", name=contact.name))
    if membership_of(session, contact):
        raise Conflict(_("%(name)s already acts for this donor.", name=contact.name))
    if credentials.too_many_links(session, INVITATION, contact.email):
        raise DomainError(
            _(
                "We have already sent several links to %(email)s. Wait one hour before "
                "requesting another.",
                email=contact.email,
            )
        )
    contact.invited_at = act.at
    contact.replaces_id = in_place_of.id if in_place_of else None
    record(session, contact.donor.organisation, "invite", act, contact=contact.id)
    _send_link(session, contact, act.actor.name)


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
    send(
        session,
        Recipient(contact.email, contact.name, contact.language),
        "giving/donors/invitation",
        event=f"invitation:{credentials.digest(token)[:20]}",
        fund=None,
        donor=contact.donor.organisation.name,
        inviter=inviter,
        url=absolute(f"/giving/donors/join/{token}"),
    )


def invited_by(session: Session, link: Link) -> Contact:
    """The contact whom a link invites; Conflict if they have left or have another address now."""
    contact = session.get_one(Contact, link.facts["contact"])
    require_still_there(contact)
    if link.email.lower() != (contact.email or "").lower():
        raise Conflict(_("This invitation went to an earlier address. Ask for a new one."))
    return contact


def join(session: Session, token: str) -> tuple[Donor, Person]:
    """A contact follows the invitation and acts for the donor from now on, perhaps in the place of
    a colleague who leaves.
    """
    link = credentials.use_link(session, token, INVITATION)
    contact = invited_by(session, link)
    person = enter_person(session, link.email, contact.name, contact.language)
    appoint(session, person, Role.DONOR, organisation=contact.donor.organisation)
    viewer = viewer_of(session, person.id)
    assert viewer is not None
    act = Act(viewer)
    record(session, contact.donor.organisation, "join", act)
    former = session.get(Contact, contact.replaces_id) if contact.replaces_id else None
    if former is not None and former.left_on is None:
        leave(session, former, act)
    return contact.donor, person


def hand_over(session: Session, contact: Contact, successor: Contact, act: Act) -> None:
    """A contact leaves and a colleague takes over: at once if the colleague signs in already, else
    when they have followed their invitation. Until then the account stays as it is.
    """
    permitted(act, contact.donor)
    require_still_there(contact)
    if successor is contact or successor.donor is not contact.donor:
        raise DomainError(_("Choose another contact person of this donor."))
    if membership_of(session, successor):
        leave(session, contact, act)
    else:
        invite(session, successor, act, in_place_of=contact)


def leave(session: Session, contact: Contact, act: Act) -> None:
    """A contact no longer acts for the donor: nothing is sent to them, and they sign in for it no
    more. A donor's own people cannot end the last one who signs in: nobody would be left.
    """
    staff = permitted(act, contact.donor)
    donor = contact.donor.organisation
    session.refresh(donor, with_for_update=True)
    membership = membership_of(session, contact)
    acting = [row for row in members(session, donor.id) if row.role is Role.DONOR]
    if membership is not None and not staff and len(acting) == 1:
        raise DomainError(
            _(
                "%(name)s is the only person who signs in for this donor. Hand over to a "
                "colleague.",
                name=contact.name,
            )
        )
    end_contact(session, contact, act)
    if membership is not None:
        membership.ended_at = act.at
        record(session, donor, "end_membership", act, person=membership.person_id)
