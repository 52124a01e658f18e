"""Organisations that may be the same: by name, number, website or mail domain.

Names are compared in Latin letters, whatever their order and without words such as “association”.
A person who registers learns nothing of others by this: only the fund's people see it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations

from anyascii import anyascii
from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.organisations.facts import names_of, profile_of, telling
from grants.applying.organisations.profile import Profile
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Membership, Organisation, Person
from grants.core.people.queries import held_now

SAME_NAME = 90
"""Likeness of two names, of 100, from which on they are shown; 85 brought unrelated shelters."""
_GENERAL_WORDS = """
    a an the of for and de del des du da la le les el los las al y et e o w
    association associacao asociacion assn foundation fundacion fundacao fondation ngo ong org
    organisation organization organizacion organizacao society sociedad centre center centro
    inc ltd cic ev asbl jamiya jmyt mnzmt mwsst
    """
GENERAL = frozenset(_GENERAL_WORDS.split())
"""Words that many names share, as they are in Latin letters."""
_DOMAINS = """
    gmail.com googlemail.com yahoo.com yahoo.fr yahoo.es hotmail.com hotmail.fr outlook.com live.com
    icloud.com aol.com gmx.com gmx.net mail.com mail.ru yandex.ru yandex.com protonmail.com
    proton.me qq.com 163.com 126.com orange.fr example.org example.com example.net
    """
ANYBODYS = frozenset(_DOMAINS.split())
"""Mail domains that say nothing of an organisation."""


class Sign(Enum):
    """What makes two organisations look like one."""

    NUMBER = _l("Same registration number")
    NAME = _l("Similar name")
    WEBSITE = _l("Same website")
    MAIL = _l("Same e-mail domain")


@dataclass(frozen=True, slots=True)
class Face:
    """What an organisation is compared by."""

    organisation: Organisation
    names: tuple[str, ...]
    numbers: frozenset[tuple[str, str]]
    """What the fact is, and the number without its signs."""
    websites: frozenset[str]
    domains: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two organisations that may be one, and why."""

    one: Organisation
    other: Organisation
    signs: tuple[Sign, ...]


def plain_number(text: str | None) -> str:
    """A registration number reduced to its letters and digits: “hn-77 2016” is HN772016."""
    return re.sub(r"[^A-Z0-9]", "", anyascii(text or "").upper())


def plain_name(text: str) -> str:
    """The words of a name that tell it from others, in Latin letters."""
    words = re.findall(r"[a-z0-9]+", anyascii(text).lower())
    telling = [word for word in words if word not in GENERAL]
    return " ".join(telling or words)


def host_of(website: str | None) -> str:
    """The host of a website, without www."""
    host = re.sub(r"^[a-z]+://", "", (website or "").strip().lower())
    return re.split(r"[/?#:]", host)[0].removeprefix("www.")


def pairs(session: Session) -> list[Pair]:
    """Every two applicants that may be one; those with most signs first."""
    found = [pair for group in _together(_faces(session)) for pair in _pairs_in(group)]
    unique = {(pair.one.id, pair.other.id): pair for pair in found}
    return sorted(unique.values(), key=lambda pair: (-len(pair.signs), pair.one.name))


def like(session: Session, organisation: Organisation) -> list[Pair]:
    """The organisations that may be this one."""
    return [pair for pair in pairs(session) if organisation.id in (pair.one.id, pair.other.id)]


def _together(faces: Sequence[Face]) -> Iterator[Sequence[Face]]:
    """Groups within which it is worth comparing: a country, a website, a domain."""
    groups: defaultdict[tuple[str, str], list[Face]] = defaultdict(list)
    for face in faces:
        groups["country", face.organisation.country or ""].append(face)
        for domain in face.domains | face.websites:
            groups["domain", domain].append(face)
    return (group for group in groups.values() if len(group) > 1)


def _pairs_in(faces: Iterable[Face]) -> Iterator[Pair]:
    for one, other in combinations(sorted(faces, key=lambda face: face.organisation.id), 2):
        if signs := tuple(_signs(one, other)):
            yield Pair(one.organisation, other.organisation, signs)


def _signs(one: Face, other: Face) -> Iterator[Sign]:
    same_country = one.organisation.country == other.organisation.country
    if one.numbers & other.numbers and same_country:
        yield Sign.NUMBER
    if same_country and any(_alike(a, b) for a in one.names for b in other.names):
        yield Sign.NAME
    if one.websites & other.websites:
        yield Sign.WEBSITE
    if one.domains & other.domains:
        yield Sign.MAIL


def _alike(one: str, other: str) -> bool:
    return fuzz.token_sort_ratio(one, other, score_cutoff=SAME_NAME) > 0


def _faces(session: Session) -> list[Face]:
    """All organisations for which a person acts."""
    rows = session.execute(
        select(Organisation, Person.email)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Organisation.kind == DonorKind.NGO, held_now())
    )
    emails: defaultdict[Organisation, set[str]] = defaultdict(set)
    for organisation, email in rows:
        emails[organisation].add(email.rpartition("@")[2].lower())
    return [
        Face(
            organisation,
            tuple(map(plain_name, names_of(profile))),
            frozenset(numbers_of(profile)),
            frozenset(filter(None, (host_of(fact.of(profile)) for fact in telling("website")))),
            frozenset(domains - ANYBODYS),
        )
        for organisation, domains in emails.items()
        for profile in [profile_of(organisation)]
    ]


def numbers_of(profile: Profile) -> Iterator[tuple[str, str]]:
    """The numbers that offices have given it, each with the key of the fact."""
    for fact in telling("number"):
        if number := plain_number(fact.of(profile)):
            yield fact.key, number
