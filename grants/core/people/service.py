"""Organisations and persons enter, and take up roles.

The trail is above this room, so a person who calls writes the trail row of its own act.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import DonorKind, RegionalGroup
from grants.core.people.models import Membership, Organisation, Person
from grants.core.people.permissions import OUTSIDE, Role
from grants.core.people.queries import person_by_email

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")


def enter_person(session: Session, email: str, name: str, language: str = "en") -> Person:
    """The person who reads this address; entered now if new. An address is one person."""
    address = email.strip()
    if not _EMAIL.fullmatch(address) or len(address) > 254:
        raise DomainError(_("“%(email)s” is not an e-mail address.", email=email))
    person = person_by_email(session, address)
    if person is None:
        person = Person(email=address, name=name.strip()[:120], language=language)
        session.add(person)
        session.flush()
    return person


def enter_organisation(
    session: Session,
    name: str,
    kind: DonorKind,
    country: str | None = None,
    *,
    code: str | None = None,
    public_name: bool = True,
) -> Organisation:
    """A new donor or applicant. Without a code it gets one made of its name."""
    organisation = Organisation(
        code=code or free_code(session, name),
        name=name.strip(),
        kind=kind,
        country=country or None,
        public_name=public_name,
    )
    session.add(organisation)
    session.flush()
    return organisation


@dataclass(frozen=True, slots=True)
class Tenure:
    """From which day and until which one a role is held (None: at once; until it is ended)."""

    from_on: date | None = None
    until_on: date | None = None
    regional_group: RegionalGroup | None = None
    """Of a trustee."""


ALWAYS = Tenure()


def appoint(
    session: Session,
    person: Person,
    role: Role,
    *,
    fund_id: int | None = None,
    organisation: Organisation | None = None,
    tenure: Tenure = ALWAYS,
) -> Membership:
    """Give a person a role, with a fund (None = all) or within an organisation. Repeatable: the
    same role with another tenure replaces the earlier one.
    """
    if (role in OUTSIDE) != (organisation is not None):
        raise DomainError(_("The role “%(role)s” cannot be used here.", role=role.label))
    organisation_id = organisation.id if organisation else None
    present = session.scalar(
        select(Membership).where(
            Membership.person_id == person.id,
            Membership.role == role,
            Membership.fund_id.is_not_distinct_from(fund_id),
            Membership.organisation_id.is_not_distinct_from(organisation_id),
            Membership.ended_at.is_(None),
        )
    )
    if present is not None:
        if Tenure(present.from_on, present.until_on, present.regional_group) == tenure:
            return present
        present.ended_at = clock.now()
        session.flush()
    membership = Membership(
        person_id=person.id,
        role=role,
        fund_id=fund_id,
        organisation_id=organisation_id,
        begun_at=clock.now(),
        from_on=tenure.from_on,
        until_on=tenure.until_on,
        regional_group=tenure.regional_group,
    )
    session.add(membership)
    session.flush()
    return membership


def free_code(session: Session, name: str) -> str:
    """A short code that is not in use: "La Strada International" → "LA-STRADA-INTERNATIONAL"."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    code = "-".join(re.findall(r"[A-Z0-9]+", ascii_name.upper()))[:30].strip("-")
    code = code or f"ORG-{secrets.token_hex(3).upper()}"
    while session.scalar(select(Organisation.id).where(Organisation.code == code)):
        code = f"{code[:30]}-{secrets.token_hex(2).upper()}"
    return code


def lock_organisation(session: Session, organisation_id: int) -> None:
    """What is begun for an organisation waits for what is being changed of it. Conflict if it was
    merged with another one meanwhile.
    """
    merged = session.scalar(
        select(Organisation.merged_into_id)
        .where(Organisation.id == organisation_id)
        .with_for_update(key_share=True)
    )
    if merged is not None:
        raise Conflict(
            _(
                "This organisation has been merged with another one. Open the page of "
                "the other one and continue there."
            )
        )


def describe_self(person: Person, name: str, language: str) -> None:
    """A person's own name, and the language of their pages and e-mails."""
    person.name = name.strip()[:120]
    person.language = language


def set_up_desk(person: Person, *, roomy: bool, shortcuts: bool) -> None:
    """How dense a person's lists are, and whether single keys do something."""
    person.roomy, person.shortcuts = roomy, shortcuts
