"""The order of a call's ranking: which applications a decision on a lower one passes over."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Subquery,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

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
from grants.core.texts.formats import COUNTED
from grants.core.texts.marks import spaced
from grants.deciding.reviews.adjusting import scored

S = ApplicationState
FEW = 5
"""Numbers of applications that a sentence names."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An application with the score that ranks it, and the average as it was given."""

    id: int
    call_id: int
    reference: str
    state: ApplicationState
    score: Decimal
    given: Decimal
    is_open: bool
    """May the reader open it? Others are counted, never named."""


def is_ranked() -> ColumnElement[bool]:
    """Has the call of a query an application that has a rank?"""
    ranked = Application.state.in_(RANKED)
    return exists().where(Application.call_id == Call.id, ranked).correlate(Call)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The place of an application in a queue; `number` 0: the queue is too long to be counted.
    `count` is at most one more than COUNTED.
    """

    number: int
    count: int
    previous: str | None
    following: str | None


def neighbours(
    session: Session,
    queue: Select[Application],
    application: Application,
) -> Neighbours | None:
    """Where an application stands in a queue, call by call and the best rank first; None if it is
    not in it. Only its own call is put in order, and a neighbouring one where it is at the end.
    """
    in_call = _in_call(queue, application.call_id).c
    places = _places_in(queue, in_call, application.call_id).where(in_call.id == application.id)
    row = session.execute(places).one_or_none()
    if row is None:
        return None
    ends = _ends_of_calls(session, queue, row.call_before, row.call_after)
    return Neighbours(
        row.before + row.number if row.of <= COUNTED else 0,
        row.of,
        row.previous or ends.get(row.call_before),
        row.following or ends.get(row.call_after),
    )


def _places_in(queue: Select[Application], in_call: Any, call_id: int) -> Select[Any]:
    """The place in a queue of each application of a call (`own`: those of `_in_call`)."""
    earlier = queue.where(Application.call_id < call_id)
    later = queue.where(Application.call_id > call_id)
    last, first = Application.call_id.desc(), Application.call_id.asc()
    return select(
        *(in_call.number, in_call.previous, in_call.following),
        _count_up_to(earlier, COUNTED).label("before"),
        _count_up_to(queue, COUNTED).label("of"),
        case((in_call.previous.is_(None), _nearest_call(earlier, last))).label("call_before"),
        case((in_call.following.is_(None), _nearest_call(later, first))).label("call_after"),
    )


def _in_call(queue: Select[Application], call_id: int) -> Subquery:
    """The applications of a queue that belong to a call, with their numbers and neighbours."""
    scored_ones, application, score, _given = _with_scores(queue, [call_id])
    order: Any = {"order_by": [score.desc().nulls_last(), application.id]}
    return (
        select(
            *(application.id, application.reference),
            func.row_number().over(**order).label("number"),
            func.lag(application.reference).over(**order).label("previous"),
            func.lead(application.reference).over(**order).label("following"),
        )
        .select_from(scored_ones)
        .subquery()
    )


def _nearest_call(queue: Select[Application], order: ColumnElement[int]) -> ScalarSelect[int]:
    """The call of the first application of a queue in this order."""
    calls = queue.with_only_columns(Application.call_id, maintain_column_froms=True)
    return calls.order_by(None).order_by(order).limit(1).scalar_subquery()


def _ends_of_calls(
    session: Session, queue: Select[Application], before: int | None, after: int | None
) -> dict[int | None, str]:
    """The last application of the call before, and the first one of the call after."""
    sides = []
    for call_id, beyond in ((before, "following"), (after, "previous")):
        if call_id is not None:
            applications = _in_call(queue, call_id).c
            sides.append(
                select(literal(call_id), applications.reference).where(
                    applications[beyond].is_(None)
                )
            )
    rows = session.execute(union_all(*sides)) if sides else ()
    return {row[0]: row[1] for row in rows}


def _count_up_to(queue: Select[Application], most: int) -> ScalarSelect[int]:
    ids = queue.with_only_columns(Application.id, maintain_column_froms=True)
    few = ids.order_by(None).limit(most + 1).subquery()
    return select(func.count()).select_from(few).scalar_subquery()


def placed(
    session: Session, query: Select[Application], calls: Iterable[int], reader: Viewer
) -> list[Placed]:
    """The reviewed applications of these calls that a query finds, the best rank first."""
    scored_ones, application, score, average = _with_scores(query, sorted(calls), open_to(reader))
    columns = select(
        application.id,
        application.call_id,
        application.reference,
        application.state,
        score,
        average,
        application.is_open,
    )
    ranked = columns.select_from(scored_ones).where(average.is_not(None))
    rows = session.execute(ranked.order_by(score.desc(), application.id))
    return [Placed(*row) for row in rows]


def _with_scores(
    query: Select[Application], calls: Collection[int], is_open: ColumnElement[bool] | None = None
) -> tuple[Any, Any, ColumnElement[Decimal], ColumnElement[Decimal]]:
    """The applications of a query that belong to these calls, found first: PostgreSQL would look
    for those with a score among all applications.
    """
    columns = Application.id, Application.call_id, Application.reference, Application.state
    opened = (true() if is_open is None else is_open).label("is_open")
    narrow = query.with_only_columns(*columns, opened, maintain_column_froms=True)
    of_calls = narrow.where(Application.call_id.in_(calls)).order_by(None)
    applications = of_calls.cte().prefix_with("MATERIALIZED")
    scores = scored(*calls, as_ranked=True).subquery()
    of_call: Any = Call.__table__
    joined = applications.join(of_call, of_call.c.id == applications.c.call_id)
    score = case((of_call.c.ranks_adjusted, scores.c.adjusted), else_=scores.c.given)
    return (
        joined.outerjoin(scores, scores.c.id == applications.c.id),
        applications.c,
        score,
        scores.c.given,
    )


def above_each(
    applications: Sequence[Application],
    placements: Sequence[Placed],
    is_left: Callable[[Placed, Application], bool],
) -> dict[int, list[Placed]]:
    """The applications ranked above each of these in its call and left (`is_left`), by its id."""
    scores = {placement.id: placement.score for placement in placements}
    return {
        application.id: [
            placement
            for placement in placements
            if placement.call_id == application.call_id
            and placement.score > scores.get(application.id, placement.score)
            and is_left(placement, application)
        ]
        for application in applications
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
    calls = {application.call_id: application.call for application in applications}
    ids = [application.id for application in applications]
    query = select(Application).where(
        or_(Application.state.in_(PASSED_OVER), Application.id.in_(ids))
    )

    def is_left(placement: Placed, chosen: Application) -> bool:
        if placement.id in together or placement.given < calls[chosen.call_id].pass_mark:
            return False
        from_reserve = placement.state is S.RESERVE and chosen.state in LETTER_NEXT
        return placement.state is S.REVIEWED or from_reserve

    return above_each(applications, placed(session, query, calls, reader), is_left)


def references_of(above: Sequence[Placed]) -> str:
    """The numbers of applications ranked above, for a sentence or a cell: the first ones that the
    reader may open. Any more are counted.
    """
    references = [placement.reference for placement in above if placement.is_open][:FEW]
    text, further = spaced(",").join(references), len(above) - len(references)
    if not further:
        return text
    if not references:
        return ngettext(
            "%(num)s application that you may not open",
            "%(num)s applications that you may not open",
            further,
        )
    return ngettext("%(shown)s and %(num)s more", "%(shown)s and %(num)s more", further, shown=text)


def explained(above: Sequence[Placed], reason: str, how: str) -> dict[str, object]:
    """What the trail keeps of a departure from the ranking: the numbers of what it passes over;
    nothing where there is none. DomainError without a reason; `how` says how to do without one.
    """
    if above and not reason.strip():
        ranked = _("Ranked above it: %(applications)s.", applications=references_of(above))
        message = f"{ranked} {how}"
        raise DomainError(message)
    return {"passed_over": [placement.reference for placement in above]} if above else {}
