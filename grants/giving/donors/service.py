"""A donor is welcomed, described, and gains and loses contacts.

The fund's people do so for every donor (`DONOR_EDIT`), a donor's own people for theirs.
"""

import json
from dataclasses import asdict, dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.audit.values import seal_value
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.service import lock_organisation
from grants.core.people.viewer import Scope
from grants.giving.donors.facts import FACTS, PROFILE, Profile, profile_of
from grants.giving.donors.models import Contact, ContactRole, Donor, Honorific, Way
from grants.giving.donors.queries import membership_of
from grants.integrity.sanctions.matching import watch


@dataclass(frozen=True, slots=True)
class Card:
    """The balance of a contact's card, and how they like to be reached."""

    name: str
    function: str = ""
    role: ContactRole = ContactRole.OTHER
    email: str = ""
    phone: str = ""
    language: str = "en"
    way: Way = Way.EMAIL
    takes_appeals: bool = True
    honorific: Honorific | None = None


def welcome(
    session: Session, organisation: Organisation, act: Act, *, claimed: bool = False
) -> Donor:
    """The organisation gives, or is asked to: it stands among the donors, and all but States are
    compared with the sanctions list from now on. Repeatable.

    `claimed`: the sender alone says who it is, so the fund has to confirm a Member State. Conflict
    if it was merged into another donor.
    """
    session.flush()
    lock_organisation(session, organisation.id)
    donor = session.get(Donor, organisation.id)
    if donor is None:
        donor = Donor(organisation=organisation, language="en", known_since=act.at)
        if not claimed:
            donor.sender_confirmed_at = act.at
        session.add(donor)
        record(session, organisation, "welcome", act)
        if organisation.kind is not DonorKind.MEMBER_STATE:
            watch(session, organisation, act)
    return donor


def describe(session: Session, donor: Donor, profile: Profile, act: Act) -> None:
    """Bring a donor's profile up to date; the trail keeps what it said before.

    What a donor is called, and the fund's notes, only the fund's people change: the name stands
    on receipts, and was screened.
    """
    staff = permitted(act, donor)
    before = profile_of(donor)
    for fact in FACTS:
        if not staff and fact.changed == "fund" and fact.of(profile) != fact.of(before):
            raise Forbidden(
                _("Contact the fund to change the name, because it appears on your receipts.")
            )
    PROFILE.write(profile, donor.organisation, donor)
    read = {fact.key for fact in FACTS if staff or fact.read == "both"}
    stated = {key: value for key, value in PROFILE.plain(before).items() if key in read}
    record(session, donor.organisation, "describe_donor", act, before=stated)
    if donor.organisation.kind is not DonorKind.MEMBER_STATE:
        watch(session, donor.organisation, act)


def add_contact(session: Session, donor: Donor, card: Card, act: Act) -> Contact:
    """Another person to write to. DomainError if the address is a contact's already."""
    permitted(act, donor)
    return _add_contact(session, donor, card, act)


def _add_contact(session: Session, donor: Donor, card: Card, act: Act) -> Contact:
    _require_reachable(card)
    _require_single(session, donor, card.email)
    contact = Contact(donor=donor)
    session.add(contact)
    _write_card(contact, card, act)
    record(session, donor.organisation, "add_contact", act, contact=contact.id)
    return contact


def change_contact(session: Session, contact: Contact, card: Card, act: Act) -> None:
    """The contact's card says something else from now on; the trail keeps the old one."""
    permitted(act, contact.donor)
    require_still_there(contact)
    _require_reachable(card)
    if card.email.strip().lower() != (contact.email or "").lower():
        _require_no_account(session, contact)
    _require_single(session, contact.donor, card.email, contact.id)
    card_before = json.dumps(asdict(card_of(contact)), ensure_ascii=False, default=str)
    before = seal_value(session, card_before, email=contact.email)
    _write_card(contact, card, act)
    facts = {"contact": contact.id, "before": before}
    record(session, contact.donor.organisation, "change_contact", act, **facts)


def close_card(session: Session, contact: Contact, act: Act) -> None:
    """Nothing is sent to a contact any more; who may end it was asked before."""
    require_still_there(contact)
    contact.left_on, contact.signing_asked_at = clock.today(), None
    record(session, contact.donor.organisation, "end_contact", act, contact=contact.id)


def opt_out(session: Session, contact: Contact, act: Act) -> None:
    """No appeal is sent to them from now on: asked by themselves, or noted for them. Repeatable."""
    if contact.opted_out_at is None:
        contact.opted_out_at = act.at
        record(session, contact.donor.organisation, "opt_out", act, contact=contact.id)


def note_contact(session: Session, donor: Donor, card: Card, act: Act) -> Contact:
    """A person who pledges becomes a contact of the donor, unless they are one: known by the
    address.
    """
    contact = _by_email(session, donor, card.email)
    return contact or _add_contact(session, donor, card, act)


def card_of(contact: Contact) -> Card:
    return Card(
        contact.name,
        contact.function or "",
        contact.role,
        contact.email or "",
        contact.phone or "",
        contact.language,
        contact.way,
        contact.opted_out_at is None,
        contact.honorific,
    )


def _write_card(contact: Contact, card: Card, act: Act) -> None:
    contact.name = card.name.strip()[:120]
    contact.honorific = card.honorific
    contact.function = card.function.strip() or None
    contact.role = card.role
    contact.email = card.email.strip() or None
    contact.phone = card.phone.strip() or None
    contact.language = card.language
    contact.way = card.way
    if card.takes_appeals:
        contact.opted_out_at = None
    elif contact.opted_out_at is None:
        contact.opted_out_at = act.at


def _require_reachable(card: Card) -> None:
    """Refuse a card without what reaches the contact in the way they like."""
    if card.way is Way.EMAIL and not card.email.strip():
        raise DomainError(_("Enter the e-mail address, or choose another means of contact."))
    if card.way is Way.PHONE and not card.phone.strip():
        raise DomainError(_("Enter the telephone number, or choose another means of contact."))


def _require_single(session: Session, donor: Donor, email: str, but: int = 0) -> None:
    """Refuse an address that another contact of this donor has."""
    other = _by_email(session, donor, email)
    if other is not None and other.id != but:
        raise DomainError(
            _("%(email)s is already a contact person of this donor.", email=email.strip())
        )


def _require_no_account(session: Session, contact: Contact) -> None:
    """DomainError once a contact signs in: the account belongs to the address."""
    if membership_of(session, contact):
        raise DomainError(
            _(
                "%(name)s signs in with %(email)s. Add a contact with the new address and hand "
                "over to it.",
                name=contact.name,
                email=contact.email,
            )
        )


def _by_email(session: Session, donor: Donor, email: str) -> Contact | None:
    if not email.strip():
        return None
    session.flush()
    return session.scalar(
        select(Contact).where(
            Contact.organisation_id == donor.organisation_id,
            func.lower(Contact.email) == email.strip().lower(),
            Contact.left_on.is_(None),
        )
    )


def require_still_there(contact: Contact) -> None:
    """Conflict once a contact has left."""
    if contact.left_on is not None:
        raise Conflict(_("%(name)s no longer acts for this donor.", name=contact.name))


def permitted(act: Act, donor: Donor) -> bool:
    """Whether the actor is one of the fund's people; Forbidden to others but the donor's own.
    Conflict if the donor was merged into another one.
    """
    if donor.organisation.merged_into_id is not None:
        raise Conflict(
            _(
                "This donor has been merged with another one. Open the page of the "
                "other one and continue there."
            )
        )
    if act.actor.may(Permission.DONOR_EDIT):
        return True
    act.demand(Permission.PLEDGE_MAKE, Scope(organisation_id=donor.organisation_id))
    return False
