"""The order of a call's ranking: which applications a decision on a lower one passes over."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, or_, select
from sqlalchemy.orm import Session, aliased

from grants.applying.applications.models import Application
from grants.applying.applications.queries import open_to
from grants.applying.applications.workflow import (
    LETTER_NEXT,
    PASSED_OVER,
    RANKED,
    ApplicationState,
)
from grants.applying.calls.models import Call
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.people.viewer import Viewer
from grants.deciding.reviews.adjusting import scored_in

S = ApplicationState
FEW = 5
"""Numbers of applications that a sentence names."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An application with the score that ranks it, and the average as it was given."""

    application: Application
    score: Decimal
    given: Decimal
    is_open: bool
    """May the reader open it? Others are counted, never named."""


def is_ranked() -> ColumnElement[bool]:
    """Has the call of a query an application that has a rank?"""
    ranked = Application.state.in_(RANKED)
    return exists().where(Application.call_id == Call.id, ranked).correlate(Call)


def best_first(
    queue: Select[Application],
) -> tuple[Select[Application], Sequence[Any]]:
    """A queue of applications, and its order: call by call, the best rank first."""
    with_scores, score, _given = _with_scores(queue)
    return with_scores, (Application.call_id, score.desc().nulls_last())


def placed(session: Session, query: Select[Application], reader: Viewer) -> list[Placed]:
    """Those of these applications that are reviewed, the best rank first."""
    with_scores, score, given = _with_scores(query)
    columns = with_scores.add_columns(score, given, open_to(reader))
    found = columns.where(given.is_not(None)).order_by(None)
    rows = session.execute(found.order_by(score.desc(), Application.id)).unique()
    return [Placed(*row) for row in rows]


def _with_scores(
    query: Select[Application],
) -> tuple[Select[Application], ColumnElement[Decimal], ColumnElement[Decimal]]:
    calls = query.with_only_columns(Application.call_id, maintain_column_froms=True).order_by(None)
    scores = scored_in(Application.call_id.in_(calls)).subquery().c
    call = aliased(Call)
    adjusts = select(call.ranks_adjusted).where(call.id == Application.call_id).scalar_subquery()
    score = case((adjusts, scores.adjusted), else_=scores.given)
    return query.outerjoin(scores.id.table, scores.id == Application.id), score, scores.given


def above_each(
    applications: Sequence[Application],
    known: Sequence[Placed],
    is_left: Callable[[Placed, Application], bool],
) -> dict[int, list[Placed]]:
    """Of each application, by its id, those of its call that are ranked above it and left."""
    scores = {one.application.id: one.score for one in known}
    return {
        one.id: [
            each
            for each in known
            if each.application.call_id == one.call_id
            and each.score > scores.get(one.id, each.score)
            and is_left(each, one)
        ]
        for one in applications
    }


def passed_over(
    session: Session,
    applications: Sequence[Application],
    reader: Viewer,
    together: Collection[int] = (),
) -> dict[int, list[Placed]]:
    """What a recommendation of each of these would pass over, by its id: applications of its call
    that are ranked above it, reach the minimum score, and on which nothing is proposed. One that
    was set aside before passes over those on the reserve list too. Those that are recommended
    `together` with it (by their ids) are not passed over.
    """
    calls = {one.call_id: one.call for one in applications}
    ids = [one.id for one in applications]
    waiting = or_(Application.state.in_(PASSED_OVER), Application.id.in_(ids))
    query = select(Application).where(Application.call_id.in_(calls), waiting)

    def is_left(each: Placed, chosen: Application) -> bool:
        one = each.application
        if one.id in together or each.given < calls[chosen.call_id].pass_mark:
            return False
        return one.state is S.REVIEWED or (one.state is S.RESERVE and chosen.state in LETTER_NEXT)

    return above_each(applications, placed(session, query, reader), is_left)


def references_of(above: Sequence[Placed]) -> str:
    """Their numbers, for a sentence or a cell: the first ones that the reader may open. The others
    are counted.
    """
    named = [one.application.reference for one in above if one.is_open][:FEW]
    shown, rest = ", ".join(named), len(above) - len(named)
    if not rest:
        return shown
    if not named:
        return ngettext(
            "%(num)s application that you may not open",
            "%(num)s applications that you may not open",
            rest,
        )
    return ngettext("%(shown)s and %(num)s more", "%(shown)s and %(num)s more", rest, shown=shown)


def explained(above: Sequence[Placed], reason: str, how: str) -> dict[str, object]:
    """What the trail keeps of a departure from the ranking: the numbers of what it passes over;
    nothing where there is none. DomainError without a reason; `how` says how to do without one.
    """
    if above and not reason.strip():
        ranked = _("Ranked above it: %(applications)s.", applications=references_of(above))
        said = f"{ranked} {how}"
        raise DomainError(said)
    return {"passed_over": [one.application.reference for one in above]} if above else {}
