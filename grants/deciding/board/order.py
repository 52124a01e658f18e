"""The order of a call's ranking: which applications a decision on a lower one passes over."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, case, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import LETTER_NEXT, ApplicationState
from grants.applying.calls.models import Call
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.deciding.reviews.adjusting import scored, scored_in

S = ApplicationState
FEW = 5
"""Numbers of applications that a sentence names."""


@dataclass(frozen=True, slots=True)
class Order:
    """The scores of the reviewed applications of a call, by their ids."""

    ranking: Mapping[int, Decimal]
    """Those that rank: as given, or adjusted."""
    given: Mapping[int, Decimal]
    pass_mark: int

    @classmethod
    def of(cls, session: Session, call: Call) -> "Order":
        rows = session.execute(scored(call.id)).all()
        given = {row.id: row.given for row in rows}
        adjusted = {row.id: row.adjusted for row in rows}
        return cls(adjusted if call.ranks_adjusted else given, given, call.pass_mark)

    def is_worthy(self, application: Application) -> bool:
        """Does its score, as it was given, reach the minimum?"""
        return self.given.get(application.id, -1) >= self.pass_mark

    def above(self, application: Application, others: Iterable[Application]) -> list[Application]:
        """Those of the others that are ranked above an application, the best first."""
        own = self.ranking.get(application.id)
        if own is None:
            return []
        higher = [one for one in others if self.ranking.get(one.id, own) > own]
        return sorted(higher, key=lambda one: (-self.ranking[one.id], one.reference))


def passed_over(
    session: Session, applications: Sequence[Application], together: Collection[int] = ()
) -> dict[int, list[Application]]:
    """What a recommendation of each of these would pass over, by its id: applications of its call
    that are ranked above it, reach the minimum score, and on which nothing is proposed. One that
    was set aside before passes over those on the reserve list too. Those that are recommended
    `together` with it (by their ids) are not passed over.
    """
    calls = {one.call_id: one.call for one in applications}
    waiting = session.scalars(
        select(Application).where(
            Application.call_id.in_(calls),
            Application.state.in_((S.REVIEWED, S.RESERVE)),
            Application.id.not_in(together),
        )
    ).all()
    orders = {number: Order.of(session, call) for number, call in calls.items()}
    worthy = [one for one in waiting if orders[one.call_id].is_worthy(one)]
    return {
        one.id: orders[one.call_id].above(one, [each for each in worthy if _is_left(each, one)])
        for one in applications
    }


def _is_left(waiting: Application, chosen: Application) -> bool:
    """Is this one left, if another of its call is chosen?"""
    of_list = waiting.state is S.REVIEWED or chosen.state in LETTER_NEXT
    return of_list and waiting.call_id == chosen.call_id


def best_first(
    queue: Select[Application],
) -> tuple[Select[Application], Sequence[ColumnElement[Decimal]]]:
    """A queue of applications, and its order: call by call, the best rank first."""
    calls = queue.with_only_columns(Application.call_id, maintain_column_froms=True).order_by(None)
    scores = scored_in(Application.call_id.in_(calls)).subquery().c
    adjusts = select(Call.ranks_adjusted).where(Call.id == Application.call_id).scalar_subquery()
    score = case((adjusts, scores.adjusted), else_=scores.given)
    with_scores = queue.outerjoin(scores.id.table, scores.id == Application.id)
    return with_scores, (Application.call_id, score.desc().nulls_last())


def references_of(applications: Iterable[Application]) -> str:
    """Their numbers, for a sentence or a cell; of a long list, the first ones."""
    known = [one.reference for one in applications]
    shown, rest = ", ".join(known[:FEW]), len(known[FEW:])
    if not rest:
        return shown
    return ngettext("%(shown)s and %(num)s more", "%(shown)s and %(num)s more", rest, shown=shown)


def explained(above: Sequence[Application], reason: str, how: str) -> dict[str, object]:
    """What the trail keeps of a departure from the ranking: the numbers of what it passes over;
    nothing where there is none. DomainError without a reason; `how` says how to do without one.
    """
    if above and not reason.strip():
        ranked = _("Ranked above it: %(applications)s.", applications=references_of(above))
        raise DomainError(f"{ranked} {how}")
    return {"passed_over": [one.reference for one in above]} if above else {}
