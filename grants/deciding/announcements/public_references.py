"""How grants are called in public addresses, so that no reference tells a name that is withheld."""

import re
import unicodedata
from collections.abc import Iterator

from grants.core.people.models import Organisation
from grants.deciding.announcements.public_names import is_named
from grants.deciding.awards.models import Award

SHORTEST = 3
"""Letters of a word that can tell a name."""
TELLS_NOTHING = frozenset({"grant", "grants", "project", "award", "org", "organisation", "ngo"})
_WORD = re.compile(r"[^\W_]+")
_WITHHELD = re.compile(r".+-W([0-9]{1,18})")


def public_reference(award: Award) -> str:
    """The reference of a grant in public; a number of its own where its reference could tell the
    name of an organisation that is not named.
    """
    if is_named(award) or not tells_name(award.reference, award.organisation):
        return award.reference
    return f"{award.fund.code}-W{award.id}"


def withheld_number(reference: str) -> int | None:
    """The grant that such a number of its own means; None for another reference."""
    match = _WITHHELD.fullmatch(reference)
    return int(match[1]) if match else None


def tells_name(reference: str, organisation: Organisation) -> bool:
    """Does a reference hold the code, a word or the initials of an organisation's names?"""
    plain = "".join(_words_of(reference))
    return any(part in plain for part in _telling_parts(organisation))


def _telling_parts(organisation: Organisation) -> Iterator[str]:
    yield from _long_enough("".join(_words_of(organisation.code)))
    for name in (organisation.name, *organisation.other_names):
        words = _words_of(name)
        yield from _long_enough("".join(word[0] for word in words))
        for word in words:
            yield from _long_enough(word)


def _long_enough(part: str) -> Iterator[str]:
    if len(part) >= SHORTEST and part not in TELLS_NOTHING:
        yield part


def _words_of(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return _WORD.findall(plain.casefold())
