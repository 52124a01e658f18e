"""The search of the staff's list: by number, title and organisation, and by the words of answers.

What is called so comes first; what only says so in its answers follows. What is found is listed
only as far as this person may read it: a found word tells what stands in an application.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Select, case, func, or_, select, union
from sqlalchemy.orm import Session

from grants.applying.application_search.answer_words import all_answering, answering
from grants.applying.application_search.by_name import (
    FoundByName,
    find_by_name,
    fitting,
    numbered,
)
from grants.applying.application_search.finding import Wanted, is_number, listed
from grants.applying.application_search.within import Among
from grants.applying.applications.models import Application
from grants.core.kernel.formats import COUNTED
from grants.core.kernel.words import by_indexes, numbers, one_of, parts_sought, these
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

    worded: Select[Any]
    """The same for another text of its kind, with other `values`."""
    values: Mapping[str, Any] = field(default_factory=dict)
    order: Order | None = None
    cut: bool = False
    counted: int = COUNTED
    among: Select[Any] | None = None
    """Of a file: what it was looked for among."""

    @property
    def query(self) -> Select[Any]:
        """With its values."""
        return self.worded.params(self.values) if self.values else self.worded


def sought(session: Session, viewer: Viewer, wanted: Wanted, *, whole: bool = False) -> Sought:
    """The submitted applications that fit. `whole`: for a file, with nothing cut."""
    text = wanted.text or ""
    if not text:
        return Sought(listed(viewer, wanted))
    if is_number(session, text):
        condition, values = numbered(text)
        return Sought(listed(viewer, wanted).where(condition), values)
    funds = viewer.funds_with(Permission.APPLICATION_SEE)
    among = Among(funds, wanted.call, wanted.state, wanted.country)
    indexed = replace(among, country=None)
    with by_indexes(session):
        if whole:
            called = find_by_name(session, text, indexed)
            every = listed(viewer, wanted)
            found = _all_sought(every, called, all_answering(session, text, among))
            return replace(found, among=every)
        oldest, newest = _span(session, wanted.call) if wanted.call else (0, None)
        called = find_by_name(session, text, indexed, parts_sought(text), newest)
        until, seldom = called.last_answered, called.seldom_words
        ids = answering(session, text, among, MOST_FOUND, seldom, until, oldest)
    cut, saying = len(ids) > MOST_FOUND, ids[:MOST_FOUND]
    applications = listed(viewer, wanted)
    if called.ids is None:
        says_so = one_of(Application.id, numbers("saying"))
        query = applications.where(or_(fitting(called.meant), says_so))
        return Sought(query, {**called.values, "saying": saying}, None, cut, FEW)
    named = {"named": called.ids, "found": called.ids.union(saying)}
    query = applications.where(one_of(Application.id, numbers("found")))
    return Sought(query, named, CLOSEST, cut)


def _all_sought(every: Select[Any], called: FoundByName, saying: Select[int] | None) -> Sought:
    """For a file. Where a few are called so, these and what says so are found by their numbers."""
    if called.ids is None:
        says = [] if saying is None else [Application.id.in_(saying)]
        query = every.where(or_(called.condition, *says))
        return Sought(query, called.values, counted=FEW)
    named = select(func.unnest(these(called.ids)).label("id"))
    found = named if saying is None else union(named, saying)
    return Sought(every.where(Application.id.in_(found)))


CLOSEST = Order(
    case((one_of(Application.id, numbers("named")), 1), else_=0), Application.id, descending=True
)
"""Those that are called so first, then the newest."""


def _span(session: Session, call: str) -> tuple[int, int]:
    """The lowest and the highest id of a call's applications: they are begun one after another."""
    ends = select(func.min(Application.id), func.max(Application.id))
    lowest, highest = session.execute(ends.where(*Among(call=call).conditions())).one()
    return (lowest, highest) if lowest else (0, -1)
