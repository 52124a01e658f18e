"""The search of the staff's list: by number, title and organisation, and by the words of answers.

What is called so comes first; what only says so in its answers follows. What is found is listed
only as far as this person may read it: a found word tells what stands in an application.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from grants.applying.applications.answer_words import all_answering, answering
from grants.applying.applications.finding import (
    Wanted,
    applications_for_staff,
    called,
    is_number,
    numbered,
)
from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.core.kernel.formats import COUNTED
from grants.core.kernel.words import by_indexes, one_of
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.platform.web.orders import Order

MOST_FOUND = 2000
"""Hits in answers that are listed."""
FEW = 200
"""So many are counted of what a common word finds, since each is read for it."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What was found, and in which order it is shown; `cut`: only the newest are listed; `counted`:
    so many are counted.
    """

    query: Select[Any]
    order: Order | None = None
    cut: bool = False
    counted: int = COUNTED


def sought(session: Session, viewer: Viewer, wanted: Wanted, *, whole: bool = False) -> Sought:
    """The submitted applications that fit. `whole`: for a file, with nothing cut."""
    text = wanted.text or ""
    every = applications_for_staff(session, viewer, replace(wanted, text=None))
    if not text:
        return Sought(every)
    if is_number(session, text):
        return Sought(every.where(numbered(text)))
    indexed = [*_of_funds(viewer), *_filters(replace(wanted, country=None))]
    among = [*_of_funds(viewer), *_filters(wanted)]
    with by_indexes(session):
        titled, named = called(session, text, indexed)
        span = None if whole else _span(session, wanted)
        ids = [] if whole else answering(session, text, among, MOST_FOUND, span)
    if whole:
        found = all_answering(session, text, among)
        says = Application.id.in_(found) if found is not None else None
        return Sought(every.where(titled if says is None else or_(titled, says)))
    cut, saying = len(ids) > MOST_FOUND, ids[:MOST_FOUND]
    if named is None:
        listed = every.where(or_(titled, one_of(Application.id, saying)) if saying else titled)
        return Sought(listed, cut=cut, counted=FEW)
    listed = every.where(one_of(Application.id, named.union(saying)))
    return Sought(listed, _closest(named), cut)


def _of_funds(viewer: Viewer) -> list[ColumnElement[bool]]:
    funds = viewer.funds_with(Permission.APPLICATION_SEE)
    return [] if funds is None else [Application.fund_id.in_(funds)]


def _span(session: Session, wanted: Wanted) -> tuple[int, int] | None:
    """The lowest and the highest id of a call's applications: they are begun one after another."""
    if not wanted.call:
        return None
    ends = select(func.min(Application.id), func.max(Application.id))
    lowest, highest = session.execute(ends.where(*_filters(Wanted(call=wanted.call)))).one()
    return (lowest, highest) if lowest else (0, -1)


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    if wanted.call:
        call = select(Call.id).where(Call.reference == wanted.call).scalar_subquery()
        filters.append(Application.call_id == call)
    if wanted.state:
        filters.append(Application.state == wanted.state)
    if wanted.country:
        filters.append(Application.country == wanted.country)
    return filters


def _closest(named: Collection[int]) -> Order:
    """Those that are called so first, then the newest."""
    return Order(case((one_of(Application.id, named), 1), else_=0), Application.id, descending=True)
