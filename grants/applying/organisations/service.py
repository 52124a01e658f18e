"""An organisation registers, describes itself, and gathers the colleagues who act for it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.organisations.facts import PROFILE, fill, profile_of
from grants.applying.organisations.profile import Profile
from grants.applying.organisations.queries import (
    INVITATION,
    REGISTRATION,
    alike,
    invitations_to,
    kept_for,
    member_row,
    waiting_invitations,
)
from grants.applying.organisations.verification.service import open_file
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.audit.values import seal_value
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Forbidden, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.slots import Slot
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people import credentials
from grants.core.people.models import Membership, Organisation, Person
from grants.core.people.permissions import OF_APPLICANTS, Permission, Role
from grants.core.people.queries import members, viewer_of
from grants.core.people.service import appoint, enter_organisation, enter_person
from grants.core.people.viewer import Scope
from grants.platform.messages.service import Recipient, send
from grants.platform.signin.joining import (
    admit,
    give_role,
    is_only_one,
    require_seldom,
    send_invitation,
)

SCREENED: Slot[Callable[[Session, Organisation, Act], None]] = Slot(
    "grants.applying.organisations.service.SCREENED"
)
"""What compares the names of a new or changed organisation with the sanctions list."""


@dataclass(frozen=True, slots=True)
class Registrant:
    """Who registers it, and becomes its first administrator."""

    name: str
    email: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Onward:
    """Where a person wanted to go when they registered, and which fund it belongs to."""

    page: str = ""
    fund: Fund | None = None


def ask_registration(
    session: Session, profile: Profile, registrant: Registrant, onward: Onward | None = None
) -> None:
    """Send the link that proves the address; nothing is entered before it is followed. The link
    leads on to the page that the person came from.

    DomainError if the organisation is here already, with whom to ask.
    """
    _not_here_yet(session, profile)
    require_seldom(session, REGISTRATION, registrant.email)
    token = credentials.make_link(
        session,
        REGISTRATION,
        registrant.email.strip(),
        {"profile": PROFILE.plain(profile)},
        name=registrant.name,
        language=registrant.language,
        onward=onward.page if onward else "",
    )
    send(
        session,
        Recipient(registrant.email.strip(), registrant.name, registrant.language),
        "applying/organisations/confirm",
        event=f"registration:{credentials.digest(token)[:20]}",
        fund=onward.fund if onward else None,
        organisation=profile.name,
        url=absolute(f"/register/{token}"),
    )


def register(session: Session, token: str) -> tuple[Organisation, Person]:
    """The address is proved: the organisation is entered, with its first administrator."""
    link = credentials.use_link(session, token, REGISTRATION)
    profile = PROFILE.restored(link.facts["profile"])
    _not_here_yet(session, profile)
    person = enter_person(session, link.email, link.facts["name"], link.facts["language"])
    organisation = enter_organisation(session, profile.name, DonorKind.NGO, profile.country)
    fill(organisation, profile)
    appoint(session, person, Role.ORGANISATION_ADMIN, organisation=organisation)
    viewer = viewer_of(session, person.id)
    assert viewer is not None
    record(session, organisation, "register", Act(viewer))
    open_file(session, organisation, Act(viewer))
    _screen_organisation(session, organisation, Act(viewer))
    return organisation, person


def _sealed_profile(session: Session, organisation: Organisation) -> dict[str, Any]:
    """The profile as the trail keeps it: persons who are named in it are sealed."""
    before: dict[str, Any] = PROFILE.plain(profile_of(organisation))
    for name in ("key_persons", "referees"):
        if before.get(name):
            before[name] = seal_value(session, json.dumps(before[name], ensure_ascii=False))
    return before


def describe(session: Session, organisation: Organisation, profile: Profile, act: Act) -> None:
    """An organisation's own people bring its profile up to date; the trail keeps the former one."""
    _require_permission(act, Permission.ORGANISATION_EDIT, organisation)
    before = _sealed_profile(session, organisation)
    fill(organisation, profile)
    record(session, organisation, "describe", act, before=before)
    _screen_organisation(session, organisation, act)


def _screen_organisation(session: Session, organisation: Organisation, act: Act) -> None:
    for compare in SCREENED:
        compare(session, organisation, act)


def invite(
    session: Session, organisation: Organisation, name: str, email: str, role: Role, act: Act
) -> None:
    """Ask a colleague to join, by a link that works once; following it makes them a member."""
    _require_permission(act, Permission.ORGANISATION_EDIT, organisation)
    if role not in OF_APPLICANTS:
        raise DomainError(_("Choose a role within the organisation."))
    address = email.strip()
    if any(
        row.person.email.lower() == address.lower() for row in members(session, organisation.id)
    ):
        raise DomainError(_("%(email)s already acts for this organisation.", email=address))
    require_seldom(session, INVITATION, address)
    sealed = seal_value(session, address, email=address)
    record(session, organisation, "invite", act, email=sealed, role=role.value)
    facts = {"name": name, "role": role.value, "language": act.actor.language}
    _send_invitation(session, organisation, address, facts, act.actor.name)


def _send_invitation(
    session: Session, organisation: Organisation, email: str, facts: dict[str, Any], inviter: str
) -> None:
    about = {"organisation": organisation.id}
    token = credentials.make_link(session, INVITATION, email, about, **facts)
    recipient = Recipient(email, facts["name"], facts["language"])
    names = {
        "organisation": organisation.name,
        "inviter": inviter,
        "role": Role(facts["role"]),
    }
    letter = "applying/organisations/invitation"
    send_invitation(session, recipient, letter, token, f"/join/{token}", **names)


def invite_again(session: Session, email: str) -> None:
    """A colleague who was invited asks for a link to sign in: the invitation is sent again."""
    for link in invitations_to(session, email):
        if not credentials.too_many_links(session, INVITATION, email):
            organisation = session.get_one(Organisation, link.facts["organisation"])
            facts = {key: link.facts[key] for key in ("name", "role", "language")}
            _send_invitation(session, organisation, link.email, facts, organisation.name)


def join(session: Session, token: str) -> tuple[Organisation, Person]:
    """A colleague follows the invitation and acts for the organisation from now on."""
    link = credentials.use_link(session, token, INVITATION)
    invited = session.get_one(Organisation, link.facts["organisation"])
    organisation = kept_for(session, invited)
    recipient = Recipient(link.email, link.facts["name"], link.facts["language"])
    person, _act = admit(session, organisation, recipient, Role(link.facts["role"]))
    return organisation, person


def take_back(session: Session, organisation: Organisation, link_id: int, act: Act) -> str:
    """An invitation that nobody has followed stops working; returns the address it went to."""
    _require_permission(act, Permission.ORGANISATION_EDIT, organisation)
    for link in waiting_invitations(session, organisation):
        if link.id == link_id:
            link.used_at = act.at
            sealed = seal_value(session, link.email, email=link.email)
            record(session, organisation, "take_back", act, email=sealed)
            return link.email
    raise Missing(_("Invitation not found."))


def change_role(
    session: Session, organisation: Organisation, membership_id: int, role: Role, act: Act
) -> None:
    """A colleague takes up the other role and is told; the last administrator keeps theirs."""
    _require_permission(act, Permission.ORGANISATION_EDIT, organisation)
    row = _changeable_membership(session, organisation, membership_id, act)
    if role not in OF_APPLICANTS:
        raise DomainError(_("Choose a role within the organisation."))
    if row.role is role:
        return
    fresh = give_role(session, row, role, act)
    if row.person_id != act.actor.person_id:
        send(
            session,
            Recipient.of(row.person),
            "applying/organisations/role_changed",
            event=f"membership:{fresh.id}:given",
            person=act.actor.name,
            organisation=organisation.name,
            role=role.label,
            url=absolute(f"/organisations/{organisation.code}"),
        )


def end_membership(
    session: Session, organisation: Organisation, membership_id: int, act: Act
) -> Membership:
    """A person acts for the organisation no longer: an administrator says so, or they leave
    themselves. Its last administrator stays.
    """
    row = _changeable_membership(session, organisation, membership_id, act)
    row.ended_at = act.at
    record(session, organisation, "end_membership", act, person=row.person_id)
    return row


def _changeable_membership(
    session: Session, organisation: Organisation, membership_id: int, act: Act
) -> Membership:
    """A membership that this person may change, the organisation's people locked meanwhile."""
    session.refresh(organisation, with_for_update=True)
    row = member_row(session, organisation, membership_id)
    if row.person_id != act.actor.person_id:
        _require_permission(act, Permission.ORGANISATION_EDIT, organisation)
    require_another(session, row)
    return row


def require_another(session: Session, row: Membership) -> None:
    """DomainError if this is the organisation's only administrator."""
    if row.role is Role.ORGANISATION_ADMIN and is_only_one(session, row):
        raise DomainError(
            _("Appoint another administrator first: an organisation must always have one.")
        )


def _not_here_yet(session: Session, profile: Profile) -> None:
    existing = alike(session, profile)
    if existing is not None:
        raise DomainError(
            _(
                "%(name)s is already registered. Ask a colleague who has an account to invite "
                "you. If no one does, contact the secretariat.",
                name=existing.name,
            )
        )


def _require_permission(act: Act, permission: Permission, organisation: Organisation) -> None:
    scope = Scope(organisation_id=organisation.id)
    holds_role = organisation.id in act.actor.organisations_with(permission)
    if not (act.actor.system or (holds_role and act.actor.may(permission, scope))):
        raise Forbidden(_("Your role does not allow this."))
