"""Colleagues who join an organisation: a link by e-mail, followed once, and the role it gives.

Organisations that apply and donors invite their people in this one way; each says itself who may
invite whom, and as what.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people import credentials
from grants.core.people.models import Membership, Organisation, Person
from grants.core.people.permissions import Role
from grants.core.people.queries import members, viewer_of
from grants.core.people.service import Tenure, appoint, enter_person
from grants.platform.messages.service import Recipient, send


def require_seldom(session: Session, purpose: str, email: str) -> None:
    """DomainError once several links of this purpose have gone to an address within the hour."""
    if credentials.too_many_links(session, purpose, email):
        raise DomainError(
            _(
                "We have already sent several links to %(email)s. Wait one hour before "
                "requesting another.",
                email=email.strip(),
            )
        )


def send_invitation(
    session: Session, recipient: Recipient, letter: str, token: str, page: str, **facts: Any
) -> None:
    """E-mail the link of an invitation; `page` is the address at which it is followed."""
    event = f"invitation:{credentials.digest(token)[:20]}"
    send(session, recipient, letter, event=event, fund=None, url=absolute(page), **facts)


def admit(
    session: Session, organisation: Organisation, recipient: Recipient, role: Role
) -> tuple[Person, Act]:
    """Who followed an invitation acts for the organisation from now on; the act is their own."""
    person = enter_person(session, recipient.email, recipient.name, recipient.language)
    appoint(session, person, role, organisation=organisation)
    viewer = viewer_of(session, person.id)
    assert viewer is not None
    act = Act(viewer)
    record(session, organisation, "join", act)
    return person, act


def give_role(session: Session, row: Membership, role: Role, act: Act) -> Membership:
    """A colleague takes up another role within the organisation, as long as the former one."""
    assert row.organisation is not None
    row.ended_at = act.at
    session.flush()
    tenure = Tenure(row.from_on, row.until_on)
    fresh = appoint(session, row.person, role, organisation=row.organisation, tenure=tenure)
    record(session, row.organisation, "change_role", act, person=row.person_id, role=role.value)
    return fresh


def is_only_one(session: Session, row: Membership, roles: Collection[Role] = ()) -> bool:
    """Is this the organisation's last person in one of these roles (none: in that of the row)?"""
    assert row.organisation_id is not None
    counted_roles = roles or (row.role,)
    holders = [
        other.id for other in members(session, row.organisation_id) if other.role in counted_roles
    ]
    return holders == [row.id]
