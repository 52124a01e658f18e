"""Organisations that may be the same: by name, number, website or mail domain.

Names are compared in Latin letters, whatever their order and without words such as “association”.
A person who registers learns nothing of others by this: only the fund's people see it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations
from typing import Any

from anyascii import anyascii
from rapidfuzz import fuzz, process
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
    ADDRESS = _l("Same e-mail address")
    STATE = _l("Member State of the same country")


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


MOST_PAIRS = 1000
"""So many are found: a number that stands for “none” may be that of a thousand organisations."""


def pairs(session: Session) -> list[Pair]:
    """Two applicants each that may be one, MOST_PAIRS at most; those with most signs first."""
    return pairs_with(signs_in_common(_read_faces(session)))


def pairs_with(signs_of_two: Iterable[tuple[Sign, Face, Face]]) -> list[Pair]:
    """The first MOST_PAIRS with these signs, each once; those with most signs first."""
    signs: dict[tuple[Face, Face], set[Sign]] = {}
    for sign, first, second in signs_of_two:
        if len(signs) == MOST_PAIRS and (first, second) not in signs:
            break
        signs.setdefault((first, second), set()).add(sign)
    every = (_pair_of(*two, kinds) for two, kinds in signs.items())
    return sorted(every, key=lambda pair: (-len(pair.signs), pair.one.name))


def _pair_of(first: Face, second: Face, signs: Collection[Sign]) -> Pair:
    in_order = tuple(sign for sign in Sign if sign in signs)
    return Pair(first.organisation, second.organisation, in_order)


def like(session: Session, organisation: Organisation) -> list[Pair]:
    """The organisations that may be this one."""
    faces = _read_faces(session)
    face = next((candidate for candidate in faces if candidate.organisation is organisation), None)
    if face is None:
        return []
    pairs_of_one = []
    for other in faces:
        first, second = sorted((face, other), key=lambda either: either.organisation.id)
        signs = {sign for sign, *_two in signs_in_common([first, second])}
        if signs and other is not face:
            pairs_of_one.append(_pair_of(first, second, signs))
    return pairs_of_one


def signs_in_common(faces: Sequence[Face]) -> Iterator[tuple[Sign, Face, Face]]:
    """Every two that have a sign in common, sign by sign, each two in the order of their ids."""
    countries = group_by_key(faces, lambda face: [face.organisation.country or ""])
    for group in countries:
        for numbered in group_by_key(group, lambda face: face.numbers):
            yield from ((Sign.NUMBER, *two) for two in combinations(numbered, 2))
    for group in countries:
        yield from ((Sign.NAME, *two) for two in _called_alike(group))
    for hosted in group_by_key(faces, lambda face: face.websites):
        yield from ((Sign.WEBSITE, *two) for two in combinations(hosted, 2))
    for reached in group_by_key(faces, lambda face: face.domains):
        yield from ((Sign.MAIL, *two) for two in combinations(reached, 2))


def group_by_key(
    faces: Iterable[Face], keys: Callable[[Face], Collection[Any]]
) -> Sequence[Sequence[Face]]:
    """Faces with a key in common, two at least, in the order of their ids."""
    groups: defaultdict[Any, list[Face]] = defaultdict(list)
    for face in sorted(faces, key=lambda face: face.organisation.id):
        for key in keys(face):
            groups[key].append(face)
    return [group for group in groups.values() if len(group) > 1]


def _called_alike(faces: Sequence[Face]) -> Iterator[tuple[Face, Face]]:
    names = [(name, face) for face in faces for name in face.names]
    for place, (name, face) in enumerate(names):
        later = [other for other, _face in names[place + 1 :]]
        scorer: Any = fuzz.token_sort_ratio
        for _name, _score, at in process.extract_iter(
            name, later, scorer=scorer, score_cutoff=SAME_NAME
        ):
            other = names[place + 1 + at][1]
            if other is not face:
                yield face, other


def _read_faces(session: Session) -> list[Face]:
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
