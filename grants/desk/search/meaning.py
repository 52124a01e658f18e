"""What a text may mean, which two questions tell: what is few is named, so that an index finds it.

How the questions are worded depends on the kind of text alone; they are given the text.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import compress
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, select
from sqlalchemy.orm import Session

from grants.applying.application_search.finding import is_number
from grants.core.database.typed import any_typed, forms_of
from grants.core.database.words import Naming, as_text, by_indexes, has_words, read_few
from grants.core.people.queries import any_organisations_called
from grants.desk.search.kinds import KINDS

ORGANISATIONS = "organisations"
MOST_NAMED = 2000
"""Organisations that are named one by one."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What decides how the search for a text is worded."""

    by_words: bool
    """Not as it is written."""
    number: bool
    """The number of an application begins so."""
    many: frozenset[str]
    """What is not named: organisations, and kinds that are asked beforehand."""


class Meaning(NamedTuple):
    """What a text means to a person."""

    sense: Sense
    values: Mapping[str, Any]
    """What the search is given."""
    referred: Collection[str]
    """Kinds of which there is a record with this very reference, open to this person or not."""


def meaning_of(session: Session, text: str, names: tuple[str, ...]) -> Meaning:
    """How to look for a text among the kinds of these names."""
    kinds = [kind for kind in KINDS if kind.name in names]
    titled = any(kind.by_applications for kind in kinds)
    number = titled and is_number(session, text)
    by_words = has_words(text)
    values: dict[str, Any] = dict(forms_of(text))
    with by_indexes(session):
        question = _question_of(names, by_words=by_words)
        asked_for = {"most_named": MOST_NAMED + 1, **values}
        ids, *answers = session.execute(question, asked_for).one()
    naming = _naming_of(by_words=by_words)
    naming_kinds = [kind.name for kind in kinds if kind.naming]
    numbers = {
        name: naming[name].read(answer) for name, answer in zip(naming_kinds, answers, strict=False)
    }
    numbers[ORGANISATIONS] = read_few(ids, MOST_NAMED)
    values |= {name: some or () for name, some in numbers.items()}
    many = frozenset(name for name, some in numbers.items() if some is None)
    referred = compress(names, answers[len(naming_kinds) :])
    return Meaning(Sense(by_words, number, many), values, {*referred})


def _question_of(names: tuple[str, ...], *, by_words: bool) -> Select[Any]:
    """The organisations of that name, what kinds ask, and of which kinds this is a whole
    reference.
    """
    kinds = [kind for kind in KINDS if kind.name in names]
    called = any_organisations_called(by_words=by_words)
    organisations = as_text([called], bindparam("most_named", type_=Integer))
    naming = _naming_of(by_words=by_words)
    questions = [naming[kind.name].question for kind in kinds if kind.naming]
    whole = [_IS_REFERENCE[kind.name] for kind in kinds]
    columns: list[Any] = [organisations, *questions, *whole]
    return select(*columns)


@cache
def _naming_of(*, by_words: bool) -> Mapping[str, Naming]:
    """What kinds ask beforehand of any text of a kind."""
    text, called = any_typed(by_words=by_words), any_organisations_called(by_words=by_words)
    return {kind.name: kind.naming(text, called) for kind in KINDS if kind.naming}


_IS_REFERENCE: Mapping[str, ColumnElement[bool]] = {
    kind.name: select(1)
    .where(kind.reference_is(any_typed(by_words=False)))
    .correlate(None)
    .exists()
    for kind in KINDS
}
