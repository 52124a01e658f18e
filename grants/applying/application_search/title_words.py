"""The words that titles of submitted applications have, each once, kept by a trigger. The index
finds a whole word of a million titles much sooner than the beginning of one, so a typed word is
first completed.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import JSON, Integer, ScalarSelect, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, Session, mapped_column

from grants.core.kernel.bound import Unbound
from grants.core.kernel.db import Base
from grants.core.kernel.words import words_of

MOST_COMPLETED = 200
"""Words that may begin so; the beginning of more is looked for as it is."""
_LAST = "\U0010ffff"

Begun = dict[str, list[str] | None]
"""The words of titles that begin with each word of a text."""


class TitleWord(Base):
    """A word that the title of a submitted application has or had."""

    __tablename__ = "title_word"
    __unbound__ = Unbound.FIGURE

    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)


@cache
def completing() -> ScalarSelect[Any]:
    """What `completed` reads: the words of titles that begin with each of `words`, some more than
    `most_completed` if there are as many.
    """
    asked = func.unnest(bindparam("words", type_=ARRAY(TEXT))).table_valued("word").render_derived()
    read = func.tsvector_to_array(func.plain_words(asked.c.word), type_=ARRAY(TEXT))
    one = select(asked.c.word, read.label("read")).subquery()
    beginning = one.c.read[1].collate("C")
    begun = (
        select(TitleWord.word)
        .where(TitleWord.word >= beginning, TitleWord.word < beginning.concat(_LAST))
        .limit(bindparam("most_completed", type_=Integer))
    )
    found = func.array(begun.correlate(one).scalar_subquery())
    every = select(func.json_object_agg(one.c.word, found, type_=JSON))
    return every.where(func.cardinality(one.c.read) == 1).scalar_subquery()


def completed(words: Sequence[str], found: Mapping[str, list[str]] | None) -> Begun:
    """The words of titles that begin with each of these; None if they are too many to be named, or
    if the database reads a word as several.
    """
    every: Begun = dict.fromkeys(words)
    for word, begun in (found or {}).items():
        every[word] = begun if len(begun) <= MOST_COMPLETED else None
    return every


_RUNS = re.compile("[\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff]+")
"""Letters of scripts without spaces that the database keeps together in one word."""


def containing(session: Session, text: str) -> Begun:
    """The same for a text of a script without spaces: the words in which each part of it is."""
    runs = {run for word in words_of(text) for run in _RUNS.findall(word)}
    return {run: _with(session, run) for run in sorted(runs)}


def _with(session: Session, run: str) -> list[str] | None:
    having = select(TitleWord.word).where(TitleWord.word.contains(run))
    found = list(session.scalars(having.limit(MOST_COMPLETED + 1)))
    return found if len(found) <= MOST_COMPLETED else None


def of_each(completed: Sequence[Sequence[str]]) -> str:
    """A question for titles that have, of each of these lists, one word or more."""
    return " & ".join(f"({' | '.join(map(_quoted, words))})" for words in completed)


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
