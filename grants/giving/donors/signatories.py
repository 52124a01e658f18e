"""Who signs for a Member State: a change of its signatory counts once the fund has confirmed it.

Until then the person does all else that the role lets them do.
"""

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.audit.models import TrailRow
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Membership, Organisation
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import people_of_funds
from grants.giving.donors.models import Contact
from grants.giving.donors.queries import membership_of
from grants.giving.donors.roles import SIGNING
from grants.platform.messages.service import Recipient, send
from grants.platform.signin.joining import give_role

ASKED = ("invite", "ask_signatory")
"""Acts about a contact after which another person confirms that they sign."""

WAITS = Contact.signing_asked_at.is_not(None) & Contact.left_on.is_(None)
"""A contact person is to sign, and the fund has not confirmed it."""


def role_for_now(contact: Contact, role: Role, present: Role | None = None) -> Role:
    """The role itself, or the one without signing while the fund has to confirm the signatory."""
    is_state = contact.donor.organisation.kind is DonorKind.MEMBER_STATE
    return SIGNING.get(role, role) if is_state and present not in SIGNING else role


def ask_fund(session: Session, contact: Contact, act: Act) -> None:
    """The fund is to confirm that this person signs for the Member State."""
    contact.signing_asked_at = act.at
    for person in people_of_funds(session, Permission.DONOR_EDIT):
        send(
            session,
            Recipient.of(person),
            "giving/donors/signatory_to_confirm",
            event=f"signatory:{contact.id}:{act.at:%Y%m%d%H%M%S}",
            fund=None,
            donor=contact.donor.organisation.name,
            contact=contact.name,
            url=absolute(f"/donors/{contact.donor.organisation.code}"),
        )


def require_to_confirm(session: Session, contact: Contact, act: Act) -> None:
    """Conflict unless this person waits to be confirmed; Forbidden to who asked for it."""
    if contact.signing_asked_at is None:
        raise Conflict(_("There is no signatory to confirm for this donor."))
    chosen = exists().where(
        TrailRow.subject == "organisation",
        TrailRow.subject_id == contact.organisation_id,
        TrailRow.action.in_(ASKED),
        TrailRow.facts["contact"].as_integer() == contact.id,
        TrailRow.person_id == act.actor.person_id,
    )
    if session.scalar(select(chosen)):
        raise Forbidden(_("A different person must do this, because you chose this signatory."))


def confirm_signatory(session: Session, contact: Contact, act: Act) -> None:
    """The fund knows that this person may sign for the Member State; the reason says how."""
    row = _decided_row(session, contact, act)
    assert contact.invited_as is not None
    give_role(session, row, contact.invited_as, act)
    record(session, contact.donor.organisation, "confirm_signatory", act, contact=contact.id)
    _tell_contact(session, contact, "signatory_confirmed", act)


def refuse_signatory(session: Session, contact: Contact, act: Act) -> None:
    """The fund does not take this person's signature, for a reason that they read."""
    row = _decided_row(session, contact, act)
    contact.invited_as = row.role
    record(session, contact.donor.organisation, "refuse_signatory", act, contact=contact.id)
    _tell_contact(session, contact, "signatory_refused", act)


def _decided_row(session: Session, contact: Contact, act: Act) -> Membership:
    """The present role of who waits to be confirmed, and waits no more."""
    act.demand(Permission.DONOR_EDIT, None)
    session.refresh(contact, with_for_update={"of": Contact})
    require_to_confirm(session, contact, act)
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    row = membership_of(session, contact)
    if row is None:
        raise Conflict(_("%(name)s no longer acts for this donor.", name=contact.name))
    contact.signing_asked_at = None
    return row


def _tell_contact(session: Session, contact: Contact, name: str, act: Act) -> None:
    assert contact.email is not None
    send(
        session,
        Recipient(contact.email, contact.name, contact.language),
        f"giving/donors/{name}",
        event=f"signatory:{contact.id}:{name}:{act.at:%Y%m%d%H%M%S}",
        fund=None,
        donor=contact.donor.organisation.name,
        reason=act.reason or "",
        url=absolute("/giving"),
    )


def unconfirmed_for(session: Session, email: str) -> list[str]:
    """The Member States for which a person is to sign, once the fund has confirmed it."""
    query = select(Organisation.name).join(Contact, Contact.organisation_id == Organisation.id)
    mine = func.lower(Contact.email) == email.lower()
    return list(session.scalars(query.where(WAITS, mine).order_by(Contact.id)))


def to_confirm() -> Select[int]:
    """How many signatories of Member States wait to be confirmed."""
    return select(func.count()).select_from(Contact).where(WAITS)


def signatories_to_confirm(session: Session, organisation_id: int) -> list[Contact]:
    """Signatories of one Member State who wait to be confirmed."""
    of_state = Contact.organisation_id == organisation_id
    return list(session.scalars(select(Contact).where(of_state, WAITS).order_by(Contact.id)))
