"""Text that may identify a victim: telephone and identity numbers, days of birth, name and age.

Careful rather than complete: it asks the writer to check, and never changes or refuses
a word. Years, amounts, ranges of ages and numbers of people draw no warning.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from grants.core.kernel.language import gettext as _

_NEAR = r"[^\n]{0,20}?"
_DATE = (
    r"(?:\d{1,2}[./ -](?:\d{1,2}|[^\W\d_]{3,12})[./ -](?:\d{4}|\d{2})|\d{4}-\d{1,2}-\d{1,2}"
    r"|(?:19|20)\d\d ?年 ?\d{1,2} ?月)"
)
_AGE = r"(?P<age>\d{1,2})(?!\d| ?[-–—/] ?\d| (?:to|and|à|et|a|y) \d)"
_YEARS = r"(?:years?|yrs?|y\.?o|ans?|años?|лет|года?|سنة|عام)\b(?! (?:ago|of|later|in|for)\b)"
_NAME = r"(?<!\w)(?P<name>[^\W\d_][^\W\d_’'-]{1,30})"

_PHONE_ABROAD = re.compile(r"(?<![\w+])(?:\+|00 ?)[1-9][\d ()./-]{6,20}\d(?!\d)")
_PHONE_NAMED = re.compile(
    r"(?<!\w)(?:tel(?:ephone|éfono)?|phone|mobile|cell|whatsapp|viber|t[ée]l(?:éphone)?|portable"
    r"|m[óo]vil|celular|тел(?:ефон)?|هاتف|جوال|电话|手机)"
    + _NEAR
    + r"(?P<number>\d[\d ()./-]{4,18}\d)",
    re.IGNORECASE,
)
_IDENTITY = re.compile(
    r"(?<!\w)(?:passport|passeport|pasaporte|паспорт|national id|identity (?:card|paper|number)"
    r"|id (?:card|number|no)|carte d['’]identité|c[ée]dula|dni|cni|جواز|هوية|护照|身份证)"
    + _NEAR
    + r"(?<![A-Za-z0-9])(?P<number>[A-Z]{0,3}[ -]?\d[A-Z0-9-]{4,20})",
    re.IGNORECASE,
)
_BIRTH = re.compile(
    r"(?<!\w)(?:born|date of birth|dob|birth ?date|née?|naissance|nacid[oa]|nacimiento|родил\w*"
    r"|рождения|مواليد|ولد\w?|出生)" + _NEAR + _DATE,
    re.IGNORECASE,
)
_NAME_THEN_AGE = re.compile(_NAME + r",? ?[(,]? ?" + _AGE + r"[ -]?" + _YEARS, re.IGNORECASE)
_NAME_AGED = re.compile(_NAME + r",? \(?(?:aged?|âgée? de|de) " + _AGE, re.IGNORECASE)
_NO_NAMES_WORDS = """
    about above after age aged all almost among and another are at average before below between boys
    by children de each every families female females for from girls in is last les los las male
    males men minors nearly next of old older only orphans over past people persons project
    survivors than the these those they to under until victims was were who with within women young
    younger youth adolescents adults students participants beneficiaries clients residents filles
    garçons femmes hommes enfants niñas niños mujeres hombres personas mineurs menores duration
    phase year years month months
    """
_NO_NAMES = frozenset(_NO_NAMES_WORDS.split())
"""Words with a capital letter before an age that are not names."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Words that may identify a person, with what makes them look like it."""

    kind: str
    """What the words look like, by its name in `SAID`."""
    excerpt: str
    file: str = ""
    """The name of the file in which they stand."""

    @property
    def message(self) -> str:
        """In the language of the person who looks again."""
        text = SAID[self.kind](self.excerpt)
        if not self.file:
            return text
        return _("%(file)s: %(message)s", file=f"\u2068{self.file}\u2069", message=text)

    @property
    def digest(self) -> str:
        """Represents these words when a person says that they identify no one."""
        return hashlib.sha256(self.excerpt.encode()).hexdigest()[:16]


def findings(text: str) -> list[Finding]:
    """What to look at again in a text, in its order; each place and each excerpt once."""
    by_words: dict[str, Finding] = {}
    last_end = 0
    for _start, end, excerpt, kind in sorted(
        _looks_in(text), key=lambda place: (place[0], -place[1])
    ):
        if end > last_end:  # else it lies in what was found before: “phone +43 …” and “+43 …”
            words = " ".join(excerpt.split())
            by_words.setdefault(words, Finding(kind, words))
            last_end = end
    return list(by_words.values())


def _looks_in(text: str) -> Iterator[tuple[int, int, str, str]]:
    for pattern, fits, kind in _LOOKS:
        for match in pattern.finditer(text):
            if fits(match):
                yield match.start(), match.end(), match[0], kind


def _is_number(match: re.Match[str]) -> bool:
    return 7 <= sum(mark.isdigit() for mark in match[0]) <= 16


def _is_identity(match: re.Match[str]) -> bool:
    return len(re.findall(r"\d", match["number"])) >= 5


def _is_any(_match: re.Match[str]) -> bool:
    return True


def _is_name(match: re.Match[str]) -> bool:
    name: str = match["name"]
    return name[0].isupper() and name.lower() not in _NO_NAMES and 0 < int(match["age"]) < 100


def _phone_message(words: str) -> str:
    return _("“%(words)s” looks like a telephone number.", words=words)


def _identity_message(words: str) -> str:
    return _("“%(words)s” looks like an identity document number.", words=words)


def _birth_message(words: str) -> str:
    return _("“%(words)s” looks like a date of birth.", words=words)


def _name_and_age(words: str) -> str:
    return _("“%(words)s” looks like a person’s name and age.", words=words)


PHONE = "phone"
SAID: Mapping[str, Callable[[str], str]] = {
    PHONE: _phone_message,
    "identity": _identity_message,
    "birth": _birth_message,
    "name_and_age": _name_and_age,
}
_LOOKS = (
    (_PHONE_ABROAD, _is_number, PHONE),
    (_PHONE_NAMED, _is_number, PHONE),
    (_IDENTITY, _is_identity, "identity"),
    (_BIRTH, _is_any, "birth"),
    (_NAME_THEN_AGE, _is_name, "name_and_age"),
    (_NAME_AGED, _is_name, "name_and_age"),
)
