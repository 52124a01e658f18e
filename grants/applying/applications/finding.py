"""Finding applications: by the filters of a list, and by number, title or organisation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.queries import BARS, seen_by_fund
from grants.applying.applications.title_words import completed, containing, titled
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.core.kernel.words import (
    among,
    are_spaced,
    by_indexes,
    few_of,
    one_of,
    speaks_of,
    words_of,
)
from grants.core.people.models import Organisation
from grants.core.people.queries import organisations_called
from grants.core.people.viewer import Viewer

_NUMBER = re.compile(r"(?=.*\d)[A-Za-z0-9]+-[A-Za-z0-9-]*")
"""What may be a reference: parts with a hyphen between them, and a digit."""


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
MOST_CALLED_SO = 5000
"""Applications that are named one by one at most: more fill a page sooner when read backwards."""
MOST_NAMED = 2000
"""The same of organisations."""


class Called(NamedTuple):
    """What a search by number, title or organisation found: a condition, and the ids where they
    are few enough to be named.
    """

    condition: ColumnElement[bool]
    ids: set[int] | None = None


def fits(session: Session, text: str) -> ColumnElement[bool]:
    """Applications by their number, title or organisation."""
    if is_number(session, text):
        return numbered(text)
    with by_indexes(session):
        return called(session, text).condition


def is_number(session: Session, text: str) -> bool:
    """Does the number of an application begin so? “COVID-19” is a word of titles."""
    if _NUMBER.fullmatch(text.strip()) is None:
        return False
    return session.scalar(_BEGUN_SO, {"beginning": f"{text.strip().upper()}%"}) is not None


_BEGUN_SO = (
    select(Application.id).where(Application.reference.like(bindparam("beginning"))).limit(1)
)


def called(session: Session, text: str, listed: Sequence[ColumnElement[bool]] = ()) -> Called:
    """What is frequent among the newest ones is read from there backwards; what is rare is found
    `by_indexes`, and named one by one. `listed`: filters of the list with an index in the order
    of age; only what passes them is named.
    """
    number, titles = numbered(text), _titles(session, text)
    named = organisations_called(text)
    few = few_of(session, [named], MOST_NAMED)
    asked, condition = [number], number
    if few is None:
        asked.append(Application.organisation_id.in_(named))
        condition |= asked[1]
    elif few:
        asked.append(one_of(Application.organisation_id, few))
        condition |= among(Application.organisation_id, few)
    parts = [select(Application.id).where(one) for one in asked]
    if titles is not None:
        parts.append(titles)
        # as a truth value, so that no index is asked for the many that have common words
        condition |= speaks_of(text, Application.title, Application.title_words).is_(True)
    if len(parts) > 1 and _hits_among_newest(session, condition, listed) >= FREQUENT:
        return Called(condition)
    ids = few_of(session, [part.where(*listed) for part in parts], MOST_CALLED_SO)
    return Called(condition if ids is None else one_of(Application.id, ids), ids)


def numbered(text: str) -> ColumnElement[bool]:
    """Applications whose number begins so."""
    return Application.reference.startswith(text.strip().upper(), autoescape=True)


def _titles(session: Session, text: str) -> Select[int] | None:
    """The titles that a text is looked for in, by their index; None if a word begins none. A
    beginning of too many words is looked for in what the others find, and so is a text without
    spaces. A text without a letter or a digit (“%”) is in no title.
    """
    if not any(map(str.isalnum, text)):
        return None
    spaced = are_spaced(text)
    known = completed(session, words_of(text)) if spaced else containing(session, text)
    if any(begun == [] for begun in known.values()):
        return None
    named = [begun for begun in known.values() if begun]
    if not named:
        said = speaks_of(text, Application.title, Application.title_words)
        return select(Application.id).where(said)
    if spaced and len(named) == len(known):
        return select(Application.id).where(titled(named))
    few = select(Application.id, Application.title, Application.title_words).where(titled(named))
    found = few.cte().prefix_with("MATERIALIZED")
    said = speaks_of(text, found.c.title, found.c.title_words)
    return select(Application.id).join(found, found.c.id == Application.id).where(said)


def _hits_among_newest(
    session: Session, fits: ColumnElement[bool], listed: Sequence[ColumnElement[bool]]
) -> int:
    """How many of the newest applications fit."""
    every = select(fits.label("fits")).where(*listed).order_by(Application.id.desc())
    newest = every.limit(NEWEST).subquery().c
    return session.scalar(select(func.count().filter(newest.fits))) or 0
