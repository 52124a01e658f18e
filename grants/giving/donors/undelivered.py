"""Donors whom e-mails do not reach: who is told of it, and what goes by post instead.

No appeal goes to such an address; what a donor is owed (a receipt, a letter) reaches another
contact person of the donor, or is sent by post.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with, people_of_funds
from grants.core.people.viewer import Viewer
from grants.giving.donors.models import Contact, Donor
from grants.platform.casework.models import CaseOwner
from grants.platform.messages.models import Message
from grants.platform.messages.service import Recipient, send
from grants.platform.undelivered.models import UndeliveredEmail
from grants.platform.undelivered.queries import is_undeliverable, undeliverable_addresses
from grants.platform.undelivered.reading import read_report
from grants.platform.undelivered.service import lift, mark_posted, note_undelivered

MOST = 200
TOGETHER = 100
"""E-mails of one act are written one after the other: so far apart at most."""


def take_back(session: Session, content: bytes, act: Act) -> UndeliveredEmail | None:
    """A delivery report came in: the e-mail is noted, and who looks after the donor is told once
    nothing reaches the address any more. None if it is no report of ours.
    """
    report = read_report(content)
    row = note_undelivered(session, report, act) if report else None
    if row is not None and undeliverable_addresses(session, row.email):
        for contact in session.scalars(_contacts_at(row.email)):
            _tell_owner(session, contact, row)
    return row


def _contacts_at(email: str) -> Select[Contact]:
    return (
        select(Contact)
        .where(func.lower(Contact.email) == email.lower(), Contact.left_on.is_(None))
        .options(joinedload(Contact.donor).joinedload(Donor.organisation))
        .order_by(Contact.id)
    )


def _tell_owner(session: Session, contact: Contact, row: UndeliveredEmail) -> None:
    """Once for each time that an address stops working, however many e-mails come back."""
    first = session.scalar(
        select(func.min(UndeliveredEmail.id)).where(
            func.lower(UndeliveredEmail.email) == row.email.lower(),
            UndeliveredEmail.lifted_at.is_(None),
        )
    )
    organisation = contact.donor.organisation
    owner = (
        select(Person)
        .join(CaseOwner, CaseOwner.person_id == Person.id)
        .where(CaseOwner.kind == "donor", CaseOwner.subject_id == organisation.id)
    )
    for person in session.scalars(owner).all() or people_of_funds(session, Permission.DONOR_EDIT):
        send(
            session,
            Recipient.of(person),
            "giving/donors/undeliverable",
            event=f"undeliverable:{contact.id}:{first}",
            fund=None,
            donor=organisation.name,
            contact=contact.name,
            email=contact.email,
            url=absolute("/donors/undelivered"),
        )


def require_unreached(session: Session, contact: Contact, _act: Act) -> None:
    """Conflict unless e-mails to this contact person come back."""
    if not contact.email or not undeliverable_addresses(session, contact.email):
        raise Conflict(_("E-mails to this person are being delivered."))


def reach_again(session: Session, contact: Contact, act: Act) -> None:
    """E-mails reach a contact person again: they, or their office, said so."""
    act.demand(Permission.DONOR_EDIT, None)
    require_unreached(session, contact, act)
    lift(session, contact.email or "", act)


def send_by_post(session: Session, row: UndeliveredEmail, act: Act) -> None:
    """The papers of an e-mail that came back went out by post."""
    act.demand(Permission.DONOR_EDIT, None)
    session.refresh(row, with_for_update={"of": UndeliveredEmail})
    mark_posted(session, row, act)


UNREACHED = Contact.left_on.is_(None) & is_undeliverable(Contact.email)
"""A contact person acts for a donor, and e-mails to them come back."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """A contact person whom e-mails do not reach, and the newest one that came back."""

    contact: Contact
    newest: UndeliveredEmail


def unreached(session: Session) -> list[Unreached]:
    """The contact persons whom e-mails do not reach, by donor."""
    query = select(Contact).where(UNREACHED).order_by(Contact.organisation_id, Contact.id)
    loaded = query.options(joinedload(Contact.donor).joinedload(Donor.organisation)).limit(MOST)
    contacts = session.scalars(loaded).all()
    newest = _newest_to(session, [contact.email or "" for contact in contacts])
    return [Unreached(contact, newest[(contact.email or "").lower()]) for contact in contacts]


def _newest_to(session: Session, emails: Collection[str]) -> Mapping[str, UndeliveredEmail]:
    rows = session.scalars(
        select(UndeliveredEmail)
        .where(
            func.lower(UndeliveredEmail.email).in_({email.lower() for email in emails}),
            UndeliveredEmail.lifted_at.is_(None),
        )
        .order_by(UndeliveredEmail.id)
    )
    return {row.email.lower(): row for row in rows}


def unreached_among(session: Session, contacts: Sequence[Contact]) -> frozenset[int]:
    """The contact persons among these whom e-mails do not reach."""
    addresses = undeliverable_addresses(session, *(card.email for card in contacts if card.email))
    return frozenset(card.id for card in contacts if (card.email or "").lower() in addresses)


def count_unreached() -> Select[int]:
    """How many contact persons e-mails do not reach."""
    return select(func.count()).select_from(Contact).where(UNREACHED)


def _is_to_post(viewer: Viewer) -> ColumnElement[bool]:
    """An e-mail to a donor came back with a paper of a fund of this person, and reached nobody
    else of the donor with it.
    """
    other = aliased(Message)
    reference = Message.attachments[0]["reference"].astext
    of_fund = select(Fund.id).where(
        in_funds_with(viewer, Permission.PLEDGE_SEE, Fund.id),
        or_(reference.startswith(Fund.code + "-"), reference.endswith("/" + Fund.code)),
    )
    came_back = select(UndeliveredEmail.id).where(UndeliveredEmail.message_id == other.id)
    reached = select(other.id).where(
        other.id.between(Message.id - TOGETHER, Message.id + TOGETHER),
        other.id != Message.id,
        other.attachments == Message.attachments,
        other.sent_at.is_not(None),
        ~came_back.correlate(other).exists(),
    )
    donors = select(Contact.id).where(
        func.lower(Contact.email) == func.lower(UndeliveredEmail.email)
    )
    return (
        UndeliveredEmail.posted_at.is_(None)
        & (func.jsonb_array_length(Message.attachments) > 0)
        & Message.unsubscribe.is_(None)
        & donors.correlate(UndeliveredEmail).exists()
        & of_fund.correlate(Message).exists()
        & ~reached.correlate(Message).exists()
    )


def count_to_post(viewer: Viewer) -> Select[int]:
    """How many e-mails with papers came back, which are to go by post."""
    return _papers_to_post(viewer).with_only_columns(func.count())


def _papers_to_post(viewer: Viewer) -> Select[UndeliveredEmail]:
    return select(UndeliveredEmail).join(UndeliveredEmail.message).where(_is_to_post(viewer))


@dataclass(frozen=True, slots=True)
class PaperToPost:
    """An e-mail with papers that came back, and the donor to whom they go by post."""

    row: UndeliveredEmail
    contact: Contact

    @property
    def address(self) -> str:
        """Where letters to the donor go."""
        donor = self.contact.donor
        return donor.mailing_address or donor.organisation.address or ""


def papers_to_post(session: Session, viewer: Viewer) -> list[PaperToPost]:
    """The papers to send by post, the oldest first."""
    query = _papers_to_post(viewer).options(joinedload(UndeliveredEmail.message))
    rows = session.scalars(query.order_by(UndeliveredEmail.id).limit(MOST)).all()
    addresses = {row.email.lower() for row in rows}
    contacts = session.scalars(
        select(Contact)
        .where(func.lower(Contact.email).in_(addresses))
        .options(joinedload(Contact.donor).joinedload(Donor.organisation))
        .order_by(Contact.id)
    )
    by_address = {(contact.email or "").lower(): contact for contact in contacts}
    return [PaperToPost(row, by_address[row.email.lower()]) for row in rows]


def paper_to_post(session: Session, number: int, viewer: Viewer) -> UndeliveredEmail:
    """An e-mail whose papers are to go by post, or Missing."""
    row = session.scalar(_papers_to_post(viewer).where(UndeliveredEmail.id == number))
    if row is None:
        raise Missing(_("There is nothing to send by post here."))
    return row
