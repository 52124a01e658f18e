"""Finding applications: by the filters of a list, and by number, title or organisation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, contains_eager, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.queries import BARS, seen_by_fund
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.core.kernel.words import ample_memory, are_spaced, few_of, speaks_of, words_of
from grants.core.people.models import Organisation
from grants.core.people.queries import organisations_called
from grants.core.people.viewer import Viewer

_NUMBER = re.compile(r"(?=.*\d)[A-Za-z0-9]+-[A-Za-z0-9-]*")
"""What can only be a reference: parts with a hyphen between them, and a digit."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of applications is filtered by; None means all."""

    call: str | None = None
    state: ApplicationState | None = None
    country: str | None = None
    text: str | None = None


IN_A_LIST = (
    joinedload(Application.call).load_only(Call.reference, Call.state, Call.second_stage_id),
    joinedload(Application.organisation).load_only(
        Organisation.code, Organisation.name, Organisation.country
    ),
)
"""What a list shows of an application's call and organisation: not the form, and no profile."""


def applications_for_staff(session: Session, viewer: Viewer, wanted: Wanted) -> Select[Any]:
    """The submitted applications that fit, with what their list shows."""
    query = _listed(viewer, replace(wanted, text=None), BARS.contents())
    return query.where(fits(session, wanted.text)) if wanted.text else query


@lru_cache(maxsize=256)
def _listed(viewer: Viewer, wanted: Wanted, _bars: tuple[Any, ...]) -> Select[Any]:
    """Worded once for a person and a filter; the database is asked each time."""
    query = (
        select(Application)
        .join(Application.organisation)
        .join(Application.call)
        .where(seen_by_fund(viewer))
        .options(
            # not the profile of each, and not the form of each call
            contains_eager(Application.organisation).load_only(
                Organisation.code, Organisation.name, Organisation.country
            ),
            contains_eager(Application.call).load_only(
                Call.reference, Call.state, Call.second_stage_id
            ),
        )
    )
    if wanted.call:
        query = query.where(Call.reference == wanted.call)
    if wanted.state:
        query = query.where(Application.state == wanted.state)
    if wanted.country:
        query = query.where(Application.country == wanted.country)
    return query


NEWEST = 3000
FREQUENT = 60
"""Hits among the newest ones from which on reading backwards fills a page at once."""
SELDOM = 1
"""Hits of a word among the newest ones up to which reading all that have it costs little."""
MOST_FOUND = 2000


def fits(session: Session, text: str) -> ColumnElement[bool]:
    """Applications by their number, title or organisation. What is frequent among the newest ones
    is read from there; what is rare is found by indexes, and named one by one.
    """
    if is_number(text):
        return _numbered(text)
    found = named_like(session, text)
    return named_so(session, text) if found is None else Application.id.in_(found)


def named_so(session: Session, text: str) -> ColumnElement[bool]:
    """The same as a condition, for what too many are called to be named one by one."""
    return or_(*_any_of(session, text))


def is_number(text: str) -> bool:
    """Can it only be the number of an application?"""
    return _NUMBER.fullmatch(text.strip()) is not None


def named_like(session: Session, text: str) -> set[int] | None:
    """The ids of the applications that `fits` finds; None if they are too many to be named."""
    words = words_of(text)
    parts = _any_of(session, text)
    hits, *of_each = _hits_among_newest(session, or_(*parts), words)
    if hits >= FREQUENT:
        return None
    ample_memory(session)
    seldom = [word for word, hits in zip(words, of_each, strict=True) if hits <= SELDOM]
    some = seldom and len(seldom) < len(words) and are_spaced(text)
    title = _by_seldom_words(text, seldom) if some else None
    asked = [select(Application.id).where(one) for one in parts]
    if title is not None:
        asked[1] = title
    return few_of(session, asked, MOST_FOUND)


def _any_of(session: Session, text: str) -> tuple[ColumnElement[bool], ...]:
    title = speaks_of(text, Application.title, Application.title_words)
    named = organisations_called(text)
    few = few_of(session, [named], MOST_FOUND)
    by_name = Application.organisation_id
    numbers: Any = None if few is None else literal(sorted(few), ARRAY(BigInteger))
    return (_numbered(text), title, by_name.in_(named) if few is None else by_name == any_(numbers))


def _numbered(text: str) -> ColumnElement[bool]:
    return Application.reference.startswith(text.strip().upper(), autoescape=True)


def _by_seldom_words(text: str, seldom: Sequence[str]) -> Select[int]:
    """Titles with all words: those with the seldom ones are found by the index, and the few are
    looked through for the others. The index would collect each application that has a common one.
    """
    few = select(Application.id, Application.title, Application.title_words)
    by_index = speaks_of(" ".join(seldom), Application.title, Application.title_words)
    found = few.where(by_index).cte().prefix_with("MATERIALIZED").c
    return select(found.id).where(speaks_of(text, found.title, found.title_words))


def _hits_among_newest(
    session: Session, fits: ColumnElement[bool], words: Sequence[str]
) -> Sequence[int]:
    """How many of the newest applications fit, and how many of their titles have each word."""
    each = [speaks_of(word, Application.title, Application.title_words) for word in words]
    asked = [one.label(f"word_{at}") for at, one in enumerate((fits, *each))]
    newest = select(*asked).order_by(Application.id.desc()).limit(NEWEST).subquery().c
    return session.execute(select(*(func.count().filter(one) for one in newest))).one()
