"""Finding applications by number, title or organisation.

Two questions tell which: what the text may mean (words of titles that begin so, organisations of
that name), and what is found by it. How they are worded depends on the kind of text alone, so each
is worded once, and given the text when it is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    cast,
    false,
    func,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from grants.applying.application_search import answer_words, title_words
from grants.applying.application_search.title_words import (
    completed,
    completing,
    containing,
    of_each,
)
from grants.applying.application_search.within import Among
from grants.applying.applications.models import Application
from grants.core.kernel.words import (
    among,
    are_spaced,
    as_said,
    as_text,
    has,
    has_words,
    numbers,
    one_of,
    plainly,
    read_few,
    says,
    words_of,
)
from grants.core.people.queries import named_so

LOOKED_THROUGH = 3000
"""Newest applications that a text is looked for in before any index is asked."""
FREQUENT = 60
"""Hits among the newest ones from which on reading backwards fills a page at once."""
MOST_ONE_BY_ONE = 5000
"""Applications that are named one by one at most: more fill a page sooner when read backwards."""
MOST_NAMED = 2000
"""The same of organisations."""

_SAID = bindparam("said", type_=Text)


@dataclass(frozen=True, slots=True)
class Meant:
    """What a text may mean: how the question about it is worded."""

    by_words: bool
    """Not as it is written."""
    whole: bool = False
    """Titles are found by whole words."""
    rest: bool = False
    """And by how words begin, or by characters."""
    few: bool = False
    """There are few organisations of that name."""
    many: bool = False
    """There are too many to name them."""

    @property
    def by_number_alone(self) -> bool:
        return not (self.whole or self.rest or self.few or self.many)


class FoundByName(NamedTuple):
    """What a search by number, title or organisation found: a condition with its values, and the
    ids where they are few enough to be named; and of an index of answers which of several words are
    seldom, and up to which application it goes.
    """

    meant: Meant
    values: Mapping[str, Any]
    ids: set[int] | None
    last_answered: int = -1
    seldom_words: Sequence[str] = ()

    @property
    def condition(self) -> ColumnElement[bool]:
        """Given `values`, it holds for what was found."""
        if self.ids is None:
            return fitting(self.meant)
        return one_of(Application.id, self.ids)


def find_by_name(
    session: Session, text: str, within: Among, parts: Sequence[str] = (), newest: int | None = None
) -> FoundByName:
    """What is frequent among the newest ones is read from there backwards; what is rare is found
    `by_indexes`, and named one by one. Of `within` only what passes it is named. `parts`: words
    for an index of answers, of applications up to the `newest`.
    """
    answer = session.execute(_known(by_words=has_words(text)), to_know(text)).one()
    meant, values = meaning(session, text, *answer)
    return find_meant(session, meant, values, within, parts, newest)


def find_meant(
    session: Session,
    meant: Meant,
    values: Mapping[str, Any],
    within: Among,
    parts: Sequence[str] = (),
    newest: int | None = None,
    looked_through: int = LOOKED_THROUGH,
) -> FoundByName:
    """The same of a text whose meaning is known."""
    asked = {
        **values,
        "most": MOST_ONE_BY_ONE + 1,
        "looked_through": looked_through,
        "frequent": FREQUENT * looked_through // LOOKED_THROUGH,
        "parts": list(parts),
        "up_to": newest,
        "sample": answer_words.SAMPLE,
    }
    frequent, ids, last, seldom = session.execute(_found(meant, within), asked).one()
    named = None if frequent else read_few(ids, MOST_ONE_BY_ONE)
    last = newest if newest is not None else last
    return FoundByName(meant, values, named, -1 if last is None else last, seldom or ())


@cache
def _known(*, by_words: bool) -> Select[Any]:
    """The question what a text may mean: words of titles that begin so, and the organisations of
    that name.
    """
    organisations = named_so(_SAID, by_words=by_words)
    return select(completing(), as_text([organisations], bindparam("most_named", type_=Integer)))


def to_know(text: str) -> dict[str, Any]:
    """The values for it."""
    return {
        **_said(text),
        "words": words_of(text) if are_spaced(text) else [],
        "most_completed": title_words.MOST_COMPLETED + 1,
        "most_named": MOST_NAMED + 1,
    }


def _said(text: str) -> dict[str, Any]:
    return {"said": as_said(text), "begins": plainly(text.strip().upper())}


def meaning(
    session: Session, text: str, begun: Mapping[str, list[str]] | None, ids: str | None
) -> tuple[Meant, dict[str, Any]]:
    """What a text means by the answer, and the values for what it finds. A text without a letter or
    a digit (“%”) is in no title, and so is one with a word that begins none. A beginning of too
    many words is looked for in what the others find, and so is a text without spaces.
    """
    few = read_few(ids, MOST_NAMED)
    meant = Meant(has_words(text), few=bool(few), many=few is None)
    values = {**_said(text), "organisations": sorted(few or ())}
    spaced = are_spaced(text)
    known = completed(words_of(text), begun) if spaced else containing(session, text)
    if [] in known.values() or not any(map(str.isalnum, text)):
        return meant, values
    named = [one for one in known.values() if one]
    values["whole"] = of_each(named)
    rest = not (named and spaced and len(named) == len(known))
    return replace(meant, whole=bool(named), rest=rest), values


@cache
def by_number() -> ColumnElement[bool]:
    """The condition for applications whose number begins so."""
    return Application.reference.startswith(bindparam("begins", type_=Text), escape="/")


def numbered(text: str) -> tuple[ColumnElement[bool], dict[str, str]]:
    """Applications whose number begins so, and the values of the condition."""
    return by_number(), {"begins": plainly(text.strip().upper())}


@cache
def fitting(meant: Meant, called: Select[int] | None = None) -> ColumnElement[bool]:
    """The condition for rows that are read anyway. `called`: the organisations of that name, where
    the statement has found them already.
    """
    condition = by_number()
    if meant.few:
        condition |= among(Application.organisation_id, numbers("organisations"))
    if meant.many:
        every = named_so(_SAID, by_words=meant.by_words) if called is None else called
        condition |= Application.organisation_id.in_(every)
    if meant.whole or meant.rest:
        said = says(_SAID, Application.title, Application.title_words, by_words=meant.by_words)
        # as a boolean, so that no index is asked for the many that have common words
        condition |= said.is_(True)
    return condition


@lru_cache(maxsize=128)
def _found(meant: Meant, within: Among) -> Select[Any]:
    """If it is frequent among the newest ones; else their ids, each found by its own index; and of
    the answers the newest, and the words that are seldom.
    """
    frequent: Any = false()
    listed = within.conditions()
    if not meant.by_number_alone:
        every = select(fitting(meant).label("fits")).where(*listed)
        looked_through = bindparam("looked_through", type_=Integer)
        newest = every.order_by(Application.id.desc()).limit(looked_through).subquery().c
        hits = select(func.count().filter(newest.fits)).scalar_subquery()
        frequent = hits >= bindparam("frequent", type_=Integer)
    first = select(frequent.label("frequent")).cte("first").prefix_with("MATERIALIZED")
    parts = [part.where(*listed) for part in _parts(meant)]
    ids = as_text(parts, bindparam("most", type_=Integer))
    seldom = answer_words.seldom_of(bindparam("parts", type_=ARRAY(Text)))
    found = case((first.c.frequent, null()), else_=ids)
    return select(first.c.frequent, found, answer_words.LAST_ANSWERED, seldom)


def _parts(meant: Meant) -> list[Select[Any]]:
    parts = [select(Application.id).where(by_number())]
    if meant.few:
        named = one_of(Application.organisation_id, numbers("organisations"))
        parts.append(select(Application.id).where(named))
    if meant.many:
        named = Application.organisation_id.in_(named_so(_SAID, by_words=meant.by_words))
        parts.append(select(Application.id).where(named))
    if meant.whole or meant.rest:
        parts.append(_titles(meant))
    return parts


def _titles(meant: Meant) -> Select[Any]:
    """The titles, by their index."""
    whole = has(Application.title_words, cast(bindparam("whole", type_=Text), TSQUERY))
    if not meant.rest:
        return select(Application.id).where(whole)
    if not meant.whole:
        said = says(_SAID, Application.title, Application.title_words, by_words=meant.by_words)
        return select(Application.id).where(said)
    few = select(Application.id, Application.title, Application.title_words).where(whole)
    found: CTE = few.cte().prefix_with("MATERIALIZED")
    said = says(_SAID, found.c.title, found.c.title_words, by_words=meant.by_words)
    return select(Application.id).join(found, found.c.id == Application.id).where(said)
