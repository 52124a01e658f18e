"""Finding records by the words of a name: each word by its beginning, accents, case and endings
aside.

The database keeps the words of a text (`plain_words`, an index of its own), so that a few among a
million are found without reading the rest.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Dialect,
    ScalarSelect,
    Select,
    Text,
    TypeDecorator,
    any_,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from grants.core.database.db import hold
from grants.core.database.stems import ARABIC, stem_of

_MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670]")
"""Accents, and the vowel signs and hamzas of Arabic, which are often left out."""
_WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Scripts that write words without spaces between them: there, any part of a name counts."""


def words_of(text: str) -> list[str]:
    """The words of a text as the database keeps them."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower()
    return bare.translate(_LETTERS).split()


class _Letters(dict[int, str]):
    """For `str.translate`: letters, numbers and marks stay, and anything else is a space."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = letter if unicodedata.category(letter)[0] in "LNM" else " "
        return self[code]


_LETTERS = _Letters()


_ARTICLES = ("وال", "بال", "كال", "فال", "ال", "لل")
"""Beginnings of Arabic words that say “the”, alone or with “and”, “with”, “as”, “so”, “for”."""
SHORTEST_STEM = 3
LONGEST_WORD = 40


def parts_of(text: str) -> set[str]:
    """What an index of long texts keeps of one: its words, Arabic ones without the article too, and
    each two neighbours where words have no spaces between them.
    """
    words = set(words_of(text))
    return {part for word in words for part in (*_word_parts(word), word[:LONGEST_WORD])}


def parts_sought(text: str) -> list[str]:
    """What all has to be in such an index for a text to be found: each is how a part begins, and
    how its other forms do.
    """
    parts = (part for word in words_of(text) for part in _word_parts(word))
    return list(dict.fromkeys(stem_of(part, latin=True) for part in parts))


def _word_parts(word: str) -> list[str]:
    if word.isascii():
        return [word[:LONGEST_WORD]]
    if _WITHOUT_SPACES.search(word):
        return [word[at : at + 2] for at in range(len(word) - 1)] or [word]
    for article in _ARTICLES:
        if word.startswith(article) and len(word) >= len(article) + SHORTEST_STEM:
            return [word[len(article) :][:LONGEST_WORD]]
    return [word[:LONGEST_WORD]]


def are_spaced(text: str) -> bool:
    """Is it written with spaces between its words?"""
    return not _WITHOUT_SPACES.search(text)


@contextmanager
def by_indexes(session: Session) -> Iterator[None]:
    """Let a search note each row that has a common word: in the usual 4 MB the database notes whole
    pages, and reads every row of them. And let it ask indexes alone: of words that most rows have
    it thinks that reading all is less work. The memory stays until the transaction ends.
    """
    hold(session, "SET LOCAL work_mem = '32MB'; SET LOCAL enable_seqscan = off")
    yield
    hold(session, "SET LOCAL enable_seqscan = on")


@dataclass(frozen=True)
class Naming:
    """What a search asks first: which records a text finds by a name. A few are named one by one,
    so that an index finds them.
    """

    question: ScalarSelect[str]
    """Their numbers `as_text`, or MANY."""
    most: int

    def read(self, answer: str | None) -> set[int] | None:
        """The numbers in the answer; None if there are more than `most`."""
        return None if answer == MANY else read_few(answer, self.most)

    def ask(self, session: Session, values: Mapping[str, Any] | None = None) -> set[int] | None:
        """Put the question to the database: the numbers, or None if there are more than `most`."""
        return self.read(session.scalar(self._alone, values))

    @cached_property
    def _alone(self) -> Select[str]:
        return select(self.question)


MANY = "many"


def as_text(questions: Sequence[Select[Any]], most: Any) -> ScalarSelect[str]:
    """The numbers that these questions find, up to so many of each, as one text."""
    parts = [question.limit(most).subquery() for question in questions]
    every = union_all(*(select(part.c[0].label("id")) for part in parts)).subquery().c
    return select(func.string_agg(cast(every.id, Text), ",")).scalar_subquery()


def read_few(ids: str | None, most: int) -> set[int] | None:
    """The numbers in such a text; None if there are more than `most`."""
    few = set(map(int, ids.split(","))) if ids else set()
    return few if len(few) <= most else None


class _Numbers(TypeDecorator[Collection[int]]):
    """Many numbers as one text, which psycopg would look at one by one."""

    impl = ARRAY(BigInteger)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ARG002
        return lambda numbers: f"{{{','.join(map(str, numbers))}}}"


def numbers(name: str) -> BindParameter[Collection[int]]:
    """Many numbers that a question is given under a name."""
    return bindparam(name, type_=_Numbers)


@cache
def any_numbers(name: str) -> Select[int]:
    """A question for many numbers, so that the database does not reckon with each of them."""
    return select(func.unnest(numbers(name)))


Numbers = Collection[int] | BindParameter[Collection[int]] | Select[int]
"""Some numbers, a name under which a question is given them, or the question for them."""


def one_of(column: Any, some: Numbers) -> ColumnElement[bool]:
    """Is the column's value one of these, which may be thousands? For an index of the column."""
    if isinstance(some, Select):
        return found_first(column, some)
    condition: ColumnElement[bool] = column == any_(_as_array(some))
    return condition


def found_first(column: Any, question: Select[Any] | CompoundSelect[Any]) -> ColumnElement[bool]:
    """Is the column's value one of those that the question finds? It is asked once, and an index of
    the column then finds each.
    """
    condition: ColumnElement[bool] = column == any_(func.array(question.scalar_subquery()))
    return condition


def among(column: Any, some: Numbers) -> ColumnElement[bool]:
    """Is the column's value one of these? For rows that are read anyway, without an index."""
    every = some if isinstance(some, Select) else select(func.unnest(_as_array(some)))
    condition: ColumnElement[bool] = column.in_(every)
    return condition


def _as_array(some: Collection[int] | BindParameter[Collection[int]]) -> Any:
    return some if isinstance(some, BindParameter) else these(some)


def these(some: Collection[int]) -> Any:
    """Many numbers as an array in a statement."""
    return literal(sorted(some), _Numbers)


def speaks_of(text: str, column: Any, words: Any = None) -> ColumnElement[bool]:
    """The column has a word that begins with each word of the text. A text without words (“%”, or
    Chinese) is looked for as it is. `words`: where the column's words are kept, if they are.
    """
    return says(literal(as_said(text)), column, words, by_words=has_words(text))


def says(phrase: Any, column: Any, words: Any = None, *, by_words: bool) -> ColumnElement[bool]:
    """The column has the words of a text, given what `as_said` makes of it; without `by_words` the
    text as it is.
    """
    if not by_words:
        condition: ColumnElement[bool] = column.icontains(phrase, escape="/")
        return condition
    vector = func.plain_words(column) if words is None else words
    simple: Any = literal_column("'simple'")
    return has(vector, func.to_tsquery(simple, phrase))


def has_words(text: str) -> bool:
    """Is a text looked for by its words?"""
    return bool(words_of(text)) and are_spaced(text)


def as_said(text: str) -> str:
    """What the database is given of a text: how its words begin, or its characters."""
    if has_words(text):
        return " & ".join(map(_said_word, words_of(text)))
    return plainly(text.strip())


def _said_word(word: str) -> str:
    """How a word begins; an Arabic one with or without the article, as it is kept with it."""
    if not ARABIC.search(word):
        return f"{stem_of(word)}:*"
    stem = stem_of(_word_parts(word)[0])
    return f"({' | '.join(f'{article}{stem}:*' for article in ('', *_ARTICLES))})"


def plainly(text: str) -> str:
    """A text for LIKE with the escape /, in which no character stands in for others."""
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def has(words: Any, query: Any) -> ColumnElement[bool]:
    """Do kept words answer a query of words?"""
    fits: ColumnElement[bool] = words.op("@@", return_type=Boolean())(query)
    return fits
