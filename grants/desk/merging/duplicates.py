"""Donors that may be the same: organisations as applicants are compared, States by their country,
private persons by their e-mail address alone, since many have the same name.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from grants.applying.organisations.duplicates import (
    ANYBODYS,
    Face,
    Pair,
    Sign,
    group_by_key,
    host_of,
    pairs_with,
    plain_name,
    plain_number,
    signs_in_common,
)
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.giving.donors.models import Contact, Donor
from grants.giving.donors.queries import NOT_MERGED


def donor_pairs(session: Session) -> list[Pair]:
    """Two donors each that may be one; those with most signs first. So many as for applicants."""
    return pairs_with(_signs_of_donors(session))


def _signs_of_donors(session: Session) -> Iterator[tuple[Sign, Face, Face]]:
    emails = _emails_of_donors(session)
    faces = [_face_of(organisation, emails[organisation.id]) for organisation in _donors(session)]
    for reached in group_by_key(faces, lambda face: emails[face.organisation.id]):
        yield from ((Sign.ADDRESS, *two) for two in combinations(reached, 2))
    states = (face for face in faces if face.organisation.kind is DonorKind.MEMBER_STATE)
    for same in group_by_key(states, lambda face: [face.organisation.country]):
        yield from ((Sign.STATE, *two) for two in combinations(same, 2))
    yield from signs_in_common(
        [face for face in faces if face.organisation.kind is not DonorKind.INDIVIDUAL]
    )


def _face_of(organisation: Organisation, emails: set[str]) -> Face:
    number = plain_number(organisation.registration_number)
    names = (organisation.name, *organisation.other_names)
    return Face(
        organisation,
        tuple(map(plain_name, names)),
        frozenset([("registration_number", number)] if number else []),
        frozenset(filter(None, [host_of(organisation.website)])),
        frozenset(email.rpartition("@")[2] for email in emails) - ANYBODYS,
    )


def _donors(session: Session) -> Sequence[Organisation]:
    compared = (
        *(Organisation.name, Organisation.other_names, Organisation.kind, Organisation.country),
        *(Organisation.code, Organisation.registration_number, Organisation.website),
    )
    query = select(Organisation).join(Donor, Donor.organisation_id == Organisation.id)
    return session.scalars(query.where(NOT_MERGED).options(load_only(*compared))).all()


def _emails_of_donors(session: Session) -> defaultdict[int, set[str]]:
    rows = session.execute(
        select(Contact.organisation_id, Contact.email).where(
            Contact.left_on.is_(None), Contact.email.is_not(None)
        )
    )
    emails: defaultdict[int, set[str]] = defaultdict(set)
    for organisation_id, email in rows:
        emails[organisation_id].add((email or "").lower())
    return emails
