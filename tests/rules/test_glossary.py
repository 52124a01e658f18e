"""One term for one thing in every language: what docs/glossary.md says, the catalogues say."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, reduce

import pytest
from babel.messages.pofile import read_po

from grants.core.kernel.language import LANGUAGES, TRANSLATIONS
from tests.rules.source import ROOT

COLUMNS = ("English", "Arabic", "Chinese", "French", "Russian", "Spanish")
CODES = {"Chinese": "zh", "French": "fr", "Russian": "ru", "Spanish": "es"}
"""Arabic joins its articles and prepositions to the word; its terms are read by people."""
SHORT = 8
"""A single English word of fewer letters has other meanings too often: call, post, award."""
OTHERWISE: dict[tuple[str, str], int] = {
    ("zh", "trust fund"): 1,
    ("zh", "contribution"): 2,
    ("zh", "earmarked"): 1,
    ("zh", "payment schedule"): 11,
    ("zh", "receivable"): 2,
    ("zh", "reservation"): 1,
    ("zh", "commitment"): 1,
    ("zh", "contact person"): 1,
    ("zh", "communication"): 10,
    ("zh", "total amount available"): 1,
    ("zh", "application"): 7,
    ("zh", "instalment"): 6,
    ("zh", "people reached"): 3,
    ("fr", "trust fund"): 2,
    ("fr", "contribution"): 1,
    ("fr", "receivable"): 1,
    ("fr", "reservation"): 1,
    ("fr", "application"): 7,
    ("fr", "eligibility screening"): 1,
    ("fr", "instalment"): 1,
    ("ru", "trust fund"): 1,
    ("ru", "earmarked"): 2,
    ("ru", "reminder"): 1,
    ("ru", "receivable"): 3,
    ("ru", "allocate"): 1,
    ("ru", "bank charge"): 1,
    ("ru", "bank statement"): 4,
    ("ru", "sign off"): 1,
    ("ru", "reservation"): 1,
    ("ru", "programme support costs"): 13,
    ("ru", "due diligence"): 1,
    ("ru", "communication"): 1,
    ("ru", "call for proposals"): 7,
    ("ru", "total amount available"): 1,
    ("ru", "application"): 8,
    ("ru", "eligibility screening"): 1,
    ("ru", "recuse yourself"): 4,
    ("ru", "instalment"): 1,
    ("ru", "certificate"): 28,
    ("es", "trust fund"): 2,
    ("es", "contribution"): 1,
    ("es", "earmarked"): 11,
    ("es", "receivable"): 2,
    ("es", "application"): 7,
    ("es", "recuse yourself"): 3,
    ("es", "instalment"): 1,
}
"""(language, term) → messages in which the English word means something else."""


def rows() -> Iterator[dict[str, str]]:
    """Each term of the glossary by the name of its language."""
    for line in (ROOT / "docs/glossary.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] != "English":
            yield dict(zip(COLUMNS, cells, strict=False))


def pairs(column: str) -> Iterator[tuple[str, str]]:
    """(English term, term in a language), where both cells have as many."""
    for row in rows():
        terms = row["English"].split(", ")
        translated = re.split(r"[,;、]\s*", re.sub(r"\s*[(（][^)）]*[)）]", "", row[column]))
        if len(terms) == len(translated):
            yield from (
                (term, other)
                for term, other in zip(terms, translated, strict=True)
                if " " in term or len(term) >= SHORT
            )


def plain(text: str) -> str:
    """A text without accents, capitals and placeholders."""
    text = unicodedata.normalize("NFD", re.sub(r"%\(\w+\)s", " ", text).lower())
    return "".join(mark for mark in text if not unicodedata.combining(mark))


def stems(term: str, code: str) -> list[str]:
    """What stays of a term's words whatever their number, gender and case."""
    words = [word for word in re.findall(r"\w+", plain(term)) if len(word) > 3]
    if code == "zh" or not words:
        return [plain(term)]
    return [word[: max(3, len(word) - 3)] for word in words]


def strays(
    term: str, translated: str, code: str, longer: Iterable[str] = ()
) -> list[tuple[str, str]]:
    """Messages with the English term whose translation lacks its own: (message, translation).
    Where the term is a part of a longer one of the glossary, the longer one counts.
    """
    phrase, others = _phrase(term), [_phrase(other) for other in longer]
    wanted = stems(translated, code)
    return [
        (english, text)
        for english, text in messages(code)
        if phrase.search(reduce(lambda left, other: other.sub(" ", left), others, english))
        and not all(stem in text for stem in wanted)
    ]


def _longer(term: str, terms: Iterable[str]) -> list[str]:
    """The terms of which a term is a part: of “certificate”, “certificate of audit”."""
    return [other for other in terms if other != term and f" {term} " in f" {other} "]


def _phrase(term: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(plain(term))}(s|es)?\b")


@cache
def messages(code: str) -> list[tuple[str, str]]:
    """(English, translation) of each message, both plain; of a counted one the last form."""
    path = TRANSLATIONS / code / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        found = [message for message in read_po(file, locale=code) if message.id]
    return [(plain(_last_form(message.id)), plain(_last_form(message.string))) for message in found]


def _last_form(texts: object) -> str:
    return texts if isinstance(texts, str) else str(list(texts)[-1])  # type: ignore[call-overload]


@pytest.mark.parametrize("column", [name for name, code in CODES.items() if code in LANGUAGES])
def test_a_term_of_the_glossary_is_the_same_in_every_message(column: str) -> None:
    code = CODES[column]
    terms = list(pairs(column))
    assert len(terms) > 60
    off = {
        term: strays(
            term,
            translated,
            code,
            _longer(term, (name for name, _translated in terms)),
        )
        for term, translated in terms
    }
    surplus = {
        term: texts for term, texts in off.items() if len(texts) > OTHERWISE.get((code, term), 0)
    }
    assert surplus == {}, "say it with the term of docs/glossary.md, or count it in OTHERWISE"


def test_a_message_without_its_term_is_told() -> None:
    assert stems("annonce de contribution", "fr") == ["anno", "contribut"]
    assert plain("Versé le %(day)s") == "verse le  "
    assert _longer("clearance", ["clearance", "legal clearance"]) == ["legal clearance"]
    assert strays("scheduled payment", "nothing of the kind", "fr")
