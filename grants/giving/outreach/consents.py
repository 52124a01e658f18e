"""Who may be sent appeals: consent of private persons, and addresses that want none.

States and organisations are written to at the addresses that they gave for it. A private person is
written to only after consenting. An address that has unsubscribed is never written to again: its
salted hash is kept, which outlives the erasure of the person.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.database.seals import text_in, token
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Missing
from grants.core.kernel.language import current_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.giving.donors.models import Contact
from grants.giving.donors.service import opt_out
from grants.giving.outreach.models import AppealConsent, SuppressedAddress

LEAVING = "no more appeals"
"""Purpose of the token in the address with which one unsubscribes."""


def give_consent(
    session: Session, email: str, wording: str, source: str, act: Act
) -> AppealConsent:
    """A private person agrees to appeals: the words agreed to, when and where. Repeatable."""
    address = email.strip().lower()
    earlier = session.scalar(
        select(AppealConsent).where(
            func.lower(AppealConsent.email) == address, AppealConsent.source == source
        )
    )
    if earlier is not None:
        return earlier
    consent = AppealConsent(
        email=address,
        wording=wording,
        language=current_language().code,
        source=source,
        given_at=act.at,
    )
    session.add(consent)
    record(session, consent, "give_consent", act, source=source)
    if act.actor.person_id is not None:  # who has signed in takes back what they said before
        _take_up(session, address)
    return consent


@dataclass(frozen=True, slots=True)
class PaperConsent:
    """What a private person agreed to on paper: in which words, where and on which day."""

    wording: str
    source: str
    given_on: date


def record_consent(
    session: Session, contact: Contact, consent: PaperConsent, act: Act
) -> AppealConsent:
    """Staff enter what a private person agreed to on paper. DomainError for an address that has
    unsubscribed since or before: only the person takes that back, online.
    """
    act.demand(Permission.DONOR_EDIT, None)
    if contact.donor.organisation.kind is not DonorKind.INDIVIDUAL:
        raise DomainError(_("Only individuals are asked for consent to appeals."))
    if not contact.email:
        raise DomainError(_("Enter the e-mail address of the contact person first."))
    if consent.given_on > clock.today():
        raise DomainError(_("The date of the consent cannot be in the future."))
    if is_suppressed(session, contact.email):
        raise DomainError(
            _("This address has unsubscribed. Only the person can change that, with a new gift.")
        )
    entered = AppealConsent(
        email=contact.email.strip().lower(),
        wording=consent.wording.strip(),
        language=contact.language,
        source=" ".join(consent.source.split())[:80],
        given_at=datetime.combine(consent.given_on, time(12), clock.zone()),
    )
    if _is_entered(session, entered):
        raise Conflict(_("A consent with this source has already been recorded."))
    session.add(entered)
    contact.opted_out_at = None
    record(session, entered, "record_consent", act, source=entered.source)
    return entered


def _is_entered(session: Session, consent: AppealConsent) -> bool:
    same = (AppealConsent.email == consent.email) & (AppealConsent.source == consent.source)
    return bool(session.scalar(select(exists().where(same))))


def _take_up(session: Session, address: str) -> None:
    cards = select(Contact).join(Organisation, Organisation.id == Contact.organisation_id)
    own = cards.where(
        func.lower(Contact.email) == address, Organisation.kind == DonorKind.INDIVIDUAL
    )
    for card in session.scalars(own):
        card.opted_out_at = None


def consents_of(session: Session, donor: Organisation) -> Sequence[AppealConsent]:
    """What a private person agreed to, at the addresses of the contacts of the donor; the newest
    first.
    """
    addresses = select(func.lower(Contact.email)).where(Contact.organisation_id == donor.id)
    return session.scalars(
        select(AppealConsent)
        .where(AppealConsent.email.in_(addresses))
        .order_by(AppealConsent.id.desc())
    ).all()


def leaving_token(session: Session, email: str) -> str:
    """What the link to unsubscribe carries: it names nobody, and works without any record of the
    person.
    """
    return token(LEAVING, _digest_of(session, email))


def require_leaving(given: str) -> str:
    """The hash in a link to unsubscribe; Missing if the link is not ours."""
    digest = text_in(LEAVING, given)
    if digest is None:
        raise Missing(_("This link is not valid. Copy the complete link from the e-mail."))
    return digest


def unsubscribe(session: Session, given: str, act: Act) -> None:
    """No appeal goes to an address any more: all contacts that have it are opted out, and its hash
    stays. Repeatable.
    """
    digest = require_leaving(given)
    _lock_addresses(session)
    earlier = session.scalar(select(SuppressedAddress).where(SuppressedAddress.digest == digest))
    if earlier is None:
        row = SuppressedAddress(digest=digest, salt=_salt(session), since=act.at)
        session.add(row)
        record(session, row, "unsubscribe", act)
    for contact in session.scalars(
        select(Contact).where(_hash_of(Contact.email, _salt(session)) == digest)
    ):
        opt_out(session, contact, act)


def is_suppressed(session: Session, email: str) -> bool:
    """Has this address unsubscribed?"""
    digest = _digest_of(session, email)
    return bool(session.scalar(select(exists().where(SuppressedAddress.digest == digest))))


def suppressed() -> ColumnElement[bool]:
    """Has the address of the contact of a query unsubscribed?"""
    return exists().where(
        SuppressedAddress.digest == _hash_of(Contact.email, SuppressedAddress.salt)
    )


def without_consent() -> ColumnElement[bool]:
    """Is the donor of a query a private person, who has not consented at the address of the contact
    of the query?
    """
    consented = exists().where(
        AppealConsent.email == func.lower(func.trim(func.coalesce(Contact.email, "")))
    )
    return (Organisation.kind == DonorKind.INDIVIDUAL) & ~consented


def _hash_of(email: object, salt: object) -> ColumnElement[str]:
    """As `_digest_of`, by the database."""
    address = func.lower(func.trim(func.coalesce(email, "")))
    text = func.concat(salt, address)
    return func.encode(func.sha256(func.convert_to(text, "UTF8")), "hex")


def _digest_of(session: Session, email: str) -> str:
    text = _salt(session) + email.strip().lower()
    return hashlib.sha256(text.encode()).hexdigest()


def _salt(session: Session) -> str:
    """The salt of this installation. It is in the database, so that no change of a key makes the
    list useless.
    """
    salt = session.scalar(select(SuppressedAddress.salt).order_by(SuppressedAddress.id).limit(1))
    if salt is None:
        _lock_addresses(session)
        salt = session.scalar(select(SuppressedAddress.salt).limit(1))
    if salt is None:
        salt = secrets.token_hex(16)
        session.add(SuppressedAddress(digest="0" * 64, salt=salt, since=clock.now()))
        session.flush()
    return salt


def _lock_addresses(session: Session) -> None:
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("unsubscribed", 20))))
