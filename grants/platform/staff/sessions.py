"""Signing a person out of every browser: after a lost device, or on any suspicion."""

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.people.credentials import end_sign_ins, open_sign_ins
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.platform.messages.service import Recipient, send


def sign_out_everywhere(session: Session, person: Person, act: Act) -> None:
    """End every signed-in browser of another person, who is told why and may sign in again.

    What is to keep a person out is the end of the roles. One's own are ended on the own account.
    """
    act.demand(Permission.PEOPLE_CONFIRM, None)
    if person.id == act.actor.person_id:
        raise Forbidden(_("To sign out yourself, use the page of your own account."))
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    browsers = len(open_sign_ins(session, person.id))
    end_sign_ins(session, person.id)
    record(session, person, "sign_out_everywhere", act, browsers=browsers)
    send(
        session,
        Recipient.of(person),
        "platform/staff/signed_out",
        event=f"person:{person.id}:signed-out:{act.at.isoformat()}",
        by=act.actor.name,
        reason=act.reason,
    )
