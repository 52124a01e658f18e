"""Finding words that nobody can translate: what stands outside the pseudo-language's marks."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, field
from typing import Any

from babel import Locale
from sqlalchemy import Enum, select

from grants.core.database.db import Base, Database
from grants.core.kernel import clock
from grants.core.kernel.language import (
    CLOSE_MARK,
    LANGUAGES,
    OPEN_MARK,
    use_language,
    written_language,
)
from grants.core.kernel.reading import READ
from grants.granting.clauses.standard import clauses
from grants.platform.tables.cells import Code

LETTERS = re.compile(r"[^\W\d_]{2,}")
SPOKEN = ("title", "placeholder", "aria-label", "alt", "label", "data-copied")
SAID_LATER = ("data-i18n", "data-sav", "data-off")
"""Beginnings of the attributes in which scripts keep what they will say."""
UNSPOKEN = frozenset({"script", "style", "textarea", "time", "code"})
BLOCKS = frozenset(
    {"p", "li", "td", "th", "h1", "h2", "h3", "h4", "div", "dt", "dd", "a", "button", "summary"}
    | {"label", "legend", "option", "caption", "title"}
)
"""No message reaches from one of these into another."""
SEPARATORS = re.compile(r"\s*(?:[·•|()\[\],;:/→←]|\s[–—-]\s|\s{2,})\s*")
EDGES = " .…“”\"'‘’–—-\u2068\u2069"

_ENGLISH = Locale.parse("en_GB")
_MONTHS = "|".join(
    re.escape(name)
    for width in ("wide", "abbreviated")
    for name in (*_ENGLISH.months["format"][width].values(), "Sep")
)
FORMATS = re.compile(
    rf"""\d{{1,2}}\s(?:{_MONTHS})\s\d{{4}}   # a day
      | (?:{_MONTHS})(?:\s\d{{4}})?          # a month
      | \b[A-Z]{{3}}\b                       # a currency
      | \b(?:kB|MB|GB|PDF|CSV|XLSX|DOCX|JSON)\b   # sizes and kinds of files
      | https?://\S+ | \S+@\S+               # addresses
      | \b[0-9a-f]{{8,}}\b                   # a hash
      | \b[A-Z]{{2}}\d{{2}}…\d{{4}}\b          # a bank account, masked""",
    re.VERBOSE,
)
NAMES = frozenset(
    {
        "Paragraph 20",
        "Stripe",
        *(language.name for language in LANGUAGES.values()),
        *(written_language(code).name for code in READ),
    }
)
"""The service's name, a provider's of payments by card, and languages in their own tongue."""


def _tidy(text: str) -> str:
    return " ".join(text.split())


WITHHELD = "[name withheld]"
"""Blind review says so in the language of the application, in place of what was typed."""


@dataclass(frozen=True, slots=True)
class Data:
    """Every text that a person typed: it is nobody's to translate."""

    texts: frozenset[str]
    long: str
    """The longer ones, one to a line, of which a page may show a part."""
    heard: dict[tuple[int, str], tuple[int, list[str]]] = field(default_factory=dict)
    """What was found out about a text: most of a page says the same as the page before."""

    @classmethod
    def of(cls, database: Database) -> "Data":
        """What the tables hold, coded words aside: a page that shows a bare code is at fault."""
        found: set[str] = set(NAMES) | set(_places()) | set(_clauses()) | {WITHHELD}
        with database.connect() as connection:
            for table in Base.metadata.sorted_tables:
                columns = [c for c in table.columns if not isinstance(c.type, Enum)]
                for row in connection.execute(select(*columns)):
                    for value in row:
                        found.update(_tidy(text) for text in strings_in(value))
        found.update([part for text in list(found) for part in SEPARATORS.split(text) if part])
        found.update([text.partition("-")[2] for text in found if Code(text).fund])
        return cls(
            frozenset(text.strip(EDGES) for text in found),
            "\n".join(text for text in found if len(text) > 40),
        )

    def holds(self, text: str) -> bool:
        """Is this, or each of its parts, something that a person typed?"""
        return self._is_one(text) or all(
            self._is_one(part) for part in SEPARATORS.split(text) if LETTERS.search(part)
        )

    def _is_one(self, text: str) -> bool:
        text = text.strip(EDGES)
        if text in self.texts or not LETTERS.search(text):
            return True
        return len(text) > 15 and text in self.long


def strings_in(value: Any) -> Iterator[str]:
    """Every text within a column's value, the answers in JSON included."""
    if isinstance(value, str):
        yield value
        yield from value.splitlines()
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings_in(inner)


def _clauses() -> Iterable[str]:
    """The page of a fund's English clauses shows them in English, whoever reads it."""
    with use_language("en"):
        return [_tidy(text) for clause in clauses() for text in strings_in(astuple(clause))]


def _places() -> Iterable[str]:
    """Countries, languages and currencies are named by Babel, in the reader's language; time zones
    by the names of their database, in every language alike.
    """
    named = [*_ENGLISH.territories.values(), *_ENGLISH.languages.values()]
    named += [f"{code} – {name}" for code, name in _ENGLISH.currencies.items()]
    return [*map(str, named), *clock.zones()]


@dataclass
class Listener:
    """Reads a page in its order, knowing whether a message has begun and not ended yet.

    An amount within a sentence is an element of its own, so a message may span several texts.
    """

    data: Data
    depth: int = 0

    def heard(self, text: str) -> list[str]:
        """What of a text is neither within a message nor a person's own words."""
        asked = self.depth, text
        if asked not in self.data.heard:
            parts = self._outside(text)
            self.data.heard[asked] = self.depth, [part for part in parts if self._is_strange(part)]
        self.depth, strange = self.data.heard[asked]
        return strange

    def _is_strange(self, part: str) -> bool:
        return not (self.data.holds(part) or self.data.holds(_tidy(FORMATS.sub(" · ", part))))

    def _outside(self, text: str) -> list[str]:
        if not self.depth and OPEN_MARK not in text and CLOSE_MARK not in text:
            return [_tidy(text)] if LETTERS.search(text) else []
        parts, here = [], ""
        for sign in text:
            if sign == OPEN_MARK:
                self.depth += 1
                parts.append(here)
                here = ""
            elif sign == CLOSE_MARK:
                self.depth = max(0, self.depth - 1)
            elif self.depth == 0:
                here += sign
        return [_tidy(part) for part in [*parts, here] if LETTERS.search(part)]

    def _is_typed(self, element: Any) -> bool:
        """Is it a text that a person typed, in which the page keeps references from breaking?"""
        parts = list(element.iterchildren("*"))
        with_references = bool(parts) and all(part.get("class") == "reference" for part in parts)
        return (
            with_references
            and not self.depth
            and self.data.holds(_tidy("".join(element.itertext())))
        )

    def read(self, element: Any) -> Iterator[str]:
        """An element with everything inside it, from its first word to its last."""
        tag = element.tag
        if tag in BLOCKS:
            self.depth = 0
        yield from _spoken(element, self.data)
        if tag in UNSPOKEN or element.get("class") == "initials" or self._is_typed(element):
            return
        if element.text and not element.get("lang"):
            yield from self.heard(element.text)
        for child in element.iterchildren("*"):
            yield from self.read(child)
            if child.tail:
                yield from self.heard(child.tail)


def unmarked(text: str, data: Data) -> list[str]:
    """What of a text is neither a message nor a person's own words."""
    return Listener(data).heard(text)


def unmarked_texts(page: Any, data: Data) -> Iterator[str]:
    """The same for everything a page shows, says to a screen reader or will say by script."""
    return Listener(data).read(page)


def _spoken(element: Any, data: Data) -> Iterator[str]:
    for name, value in element.items():
        if name in SPOKEN or name.startswith(SAID_LATER):
            yield from unmarked(value, data)
    if element.tag == "input" and element.get("type") in ("submit", "button", "reset"):
        yield from unmarked(element.get("value") or "", data)
