"""The search of the staff's list: by number, title and organisation, and by the words of answers.

What is called so comes first; what only says so in its answers follows. What is found is listed
only as far as this person may read it: a found word tells what stands in an application.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, select, union
from sqlalchemy.orm import Session

from grants.applying.application_search.answer_words import saying
from grants.applying.application_search.finding import Criteria, called, is_number, listed
from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.core.database.typed import typed
from grants.core.database.words import by_indexes, one_of
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.platform.tables.orders import Order

MOST_FOUND = 1000
"""Hits that are listed, by name and by answers: the newest."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What was found, and in which order it is shown; `cut`: only the newest are listed."""

    query: Select[Any]
    order: Order | None = None
    cut: bool = False
    among: Select[Any] | None = None
    """Of a file: what it was looked for among."""


def sought(session: Session, viewer: Viewer, criteria: Criteria, *, whole: bool = False) -> Sought:
    """The submitted applications that fit. `whole`: for a file, with nothing cut."""
    text, every = criteria.text or "", listed(viewer, criteria)
    if not text:
        return Sought(every)
    if is_number(session, text):
        return Sought(every.where(typed(text.strip()).starts_number(Application.reference)))
    by_name, by_answers = called(typed(text)), saying(text)
    if whole:
        either = by_name if by_answers is None else union(by_name, by_answers)
        return Sought(every.where(Application.id.in_(either)), among=every)
    within = _filters_of(viewer, criteria)
    with by_indexes(session):
        called_so = _newest_ids(session, by_name, within)
        mentioned = [] if by_answers is None else _newest_ids(session, by_answers, within)
    cut = max(len(called_so), len(mentioned)) > MOST_FOUND
    called_so, mentioned = called_so[:MOST_FOUND], mentioned[:MOST_FOUND]
    closest = case((one_of(Application.id, called_so), 1), else_=0)
    return Sought(
        every.where(one_of(Application.id, {*called_so, *mentioned})),
        Order(closest, Application.id, descending=True),
        cut,
    )


def _filters_of(viewer: Viewer, criteria: Criteria) -> Sequence[ColumnElement[bool]]:
    """The filters of the list, and the funds of the person who looks."""
    conditions: list[ColumnElement[bool]] = []
    funds = viewer.funds_with(Permission.APPLICATION_SEE)
    if funds is not None:
        conditions.append(Application.fund_id.in_(funds))
    if criteria.call:
        call = select(Call.id).where(Call.reference == criteria.call).scalar_subquery()
        conditions.append(Application.call_id == call)
    if criteria.state:
        conditions.append(Application.state == criteria.state)
    if criteria.country:
        conditions.append(Application.country == criteria.country)
    return conditions


def _newest_ids(
    session: Session,
    ids: Select[int] | CompoundSelect[int],
    within: Sequence[ColumnElement[bool]],
) -> Sequence[int]:
    """The newest of what an index finds, one more than are listed. The index is asked first: the
    database would rather read back from the newest, and of rare words read all.
    """
    number = ids.cte("found").prefix_with("MATERIALIZED").c[0]
    query = select(number).order_by(number.desc()).limit(MOST_FOUND + 1)
    if within:
        query = query.join(Application, Application.id == number).where(*within)
    return session.scalars(query).all()
