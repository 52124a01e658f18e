"""The ranking of a call: who scored what, and how far the money goes down the list."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, not_, select
from sqlalchemy.orm import Session, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.queries import numbers_of_call, open_to
from grants.applying.applications.workflow import (
    ON_THE_WAY,
    OUT_OF_PLAY,
    PRICED,
    RANKED,
    ApplicationState,
)
from grants.applying.calls.models import Call
from grants.core.kernel.money import Money, usd
from grants.core.kernel.slots import Slot
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.deciding.board.models import Recommendation
from grants.deciding.reviews.adjusting import adjusted_scores, half_even, scored, that_ranks
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.queries import names_reviewers, numbered
from grants.deciding.reviews.scoring import FAR_APART, average, outlying, spread
from grants.deciding.reviews.workflow import ReviewState

S = ApplicationState

WITHIN_REACH: Slot[Callable[[Session, Call], Money]] = Slot("portfolio.ranking.WITHIN_REACH")
"""What is available for the applications of a call: rooms above know which earmarked money fits
none of them.
"""


@dataclass(frozen=True, slots=True)
class Score:
    """One reviewer's total, and whether it is far from the others'."""

    reviewer: str
    total: Decimal
    outlying: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """An application as it enters the ranking. `amount`: awarded, else recommended, else asked
    for, in USD; `settled` once it is awarded, so that its money is reserved.
    """

    application: Application
    scores: Sequence[Score]
    amount: Money
    settled: bool = False
    in_play: bool = True
    adjusted: Decimal | None = None
    """The average adjusted for how strictly each reviewer scores."""
    ranks_adjusted: bool = False

    @property
    def average(self) -> Decimal:
        return average([score.total for score in self.scores])

    @property
    def score(self) -> Decimal:
        """The average that decides the rank: the one given, or the adjusted one."""
        return self.adjusted if self.ranks_adjusted and self.adjusted is not None else self.average

    @property
    def spread(self) -> Decimal:
        return spread([score.total for score in self.scores])

    @property
    def divergent(self) -> bool:
        """Do the reviews lie so far apart that a person should look at them?"""
        return self.spread > FAR_APART


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line of the ranking. `running`: all amounts that are not rejected, down to this line;
    `needed`: those of them that are not reserved by an award, with programme support costs.
    """

    rank: int
    candidate: Candidate
    passes: bool
    running: Money
    needed: Money
    within_envelope: bool
    within_available: bool


@dataclass(frozen=True, slots=True)
class Budget:
    """What the decision has: the call's envelope, and what the fund has available."""

    pass_mark: int
    envelope: Money
    available: Money
    psc_percent: Decimal


@dataclass(frozen=True, slots=True)
class Ranking:
    """The whole call. `on_the_way`: applications that are not reviewed yet."""

    lines: Sequence[Ranked]
    budget: Budget
    on_the_way: int


def ranking_of(session: Session, call: Call) -> Ranking:
    """The ranking as it is now; what is not reviewed yet is only counted."""
    budget = _budget_of(session, call)
    lines = ranked(_read_candidates(session, call), budget)
    return Ranking(lines, budget, _on_the_way(session, call))


def _budget_of(session: Session, call: Call) -> Budget:
    (reach,) = WITHIN_REACH
    available = reach(session, call)
    envelope = usd(call.envelope_minor)
    return Budget(call.pass_mark, envelope, available, call.fund.psc_percent)


def _on_the_way(session: Session, call: Call) -> int:
    numbers = numbers_of_call(session, call.id)
    return sum(numbers.get(state, 0) for state in ON_THE_WAY)


def as_seen_by(session: Session, ranking: Ranking, call: Call, viewer: Viewer) -> Ranking:
    """A ranking without what this person may not open, ranks kept, and without the names of
    reviewers for those who may not read them. The running total is that of the lines shown, so that
    it does not tell the amounts of the others.
    """
    shut = _ids_shut(session, call, viewer)
    lines = [line for line in ranking.lines if line.candidate.application.id not in shut]
    if not names_reviewers(viewer, call.scope):
        lines = [replace(line, candidate=_without_names(line.candidate)) for line in lines]
    return replace(
        ranking,
        lines=list(_add_running_total(lines, ranking.budget.psc_percent)) if shut else lines,
    )


def _ids_shut(session: Session, call: Call, viewer: Viewer) -> set[int]:
    """The ranked applications of a call that this person may not open."""
    of_call = Application.call_id == call.id, Application.state.in_(RANKED)
    return set(session.scalars(select(Application.id).where(*of_call, not_(open_to(viewer)))))


def _without_names(candidate: Candidate) -> Candidate:
    scores = [replace(s, reviewer=numbered(place)) for place, s in enumerate(candidate.scores, 1)]
    return replace(candidate, scores=scores)


def _add_running_total(lines: Iterable[Ranked], psc_percent: Decimal) -> Iterator[Ranked]:
    running, needed = usd(0), usd(0)
    for line in lines:
        if line.passes and line.candidate.in_play:
            running += line.candidate.amount
            needed += _need_of(line.candidate, psc_percent)
        yield replace(line, running=running, needed=needed)


def _need_of(candidate: Candidate, psc_percent: Decimal) -> Money:
    """What an application takes of the money of the fund: nothing once it is reserved."""
    if candidate.settled:
        return usd(0)
    return candidate.amount + candidate.amount.share(psc_percent)


def ranked(candidates: Iterable[Candidate], budget: Budget) -> list[Ranked]:
    """The best score first; equal scores share a rank. The money runs down the list over what
    passes and is not rejected, with the programme support cost on what is not awarded yet. The
    minimum is always asked of the average as it was given.
    """
    lines: list[Ranked] = []
    running, needed = usd(0), usd(0)
    ordered = sorted(candidates, key=lambda entry: (-entry.score, entry.application.reference))
    for _score, equals in groupby(ordered, key=lambda entry: entry.score):
        rank = len(lines) + 1
        for candidate in equals:
            passes = candidate.average >= budget.pass_mark
            if passes and candidate.in_play:
                running += candidate.amount
                needed += _need_of(candidate, budget.psc_percent)
            fits = running <= budget.envelope, needed <= budget.available
            lines.append(Ranked(rank, candidate, passes, running, needed, *fits))
    return lines


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of a ranking, and how many there are in all."""

    ranking: Ranking
    of: int


def part_of_ranking(session: Session, call: Call, viewer: Viewer, first: int, most: int) -> Part:
    """A few lines of the ranking as this person sees it (`as_seen_by`): at most so many, after the
    `first` ones. The database adds up the lines down to these, and only these are read.
    """
    budget = _budget_of(session, call)
    shut = _ids_shut(session, call, viewer)
    listed = _select_lines(call, shut, budget, first + most + len(shut)).subquery().c
    rows = session.execute(
        select(*listed)
        .where(listed.number > first, listed.number <= first + most)
        .order_by(listed.number)
    ).all()
    scores = {row.id: row.score for row in rows}
    adjusted = scores if call.ranks_adjusted else adjusted_scores(session, call, scores)
    candidates = {
        candidate.application.id: candidate
        for candidate in _read_candidates(session, call, adjusted)
    }
    lines = [
        Ranked(
            row.rank,
            candidates[row.id],
            row.passes,
            usd(int(row.running)),
            usd(int(row.still)),
            int(row.running_of_all) <= budget.envelope.minor,
            int(row.needed) <= budget.available.minor,
        )
        for row in rows
        if row.id in candidates  # not one that has left the ranking since
    ]
    if not names_reviewers(viewer, call.scope):
        lines = [replace(line, candidate=_without_names(line.candidate)) for line in lines]
    of = _count_open(session, call, shut) if rows else 0
    return Part(Ranking(lines, budget, _on_the_way(session, call)), of)


def _count_open(session: Session, call: Call, shut: Collection[int]) -> int:
    """How many lines are open to a person."""
    scores = scored(call.id).subquery().c
    return session.scalar(select(func.count(scores.id)).where(scores.id.not_in(shut))) or 0


def _select_lines(call: Call, shut: Collection[int], budget: Budget, most: int) -> Select[Any]:
    """The lines that are open to a person, with their place in the ranking of all; `most`: so many
    of all are looked at.
    """
    every = _every_line(call, budget, most).subquery().c
    order = (every.score.desc(), every.reference)
    return select(
        *(every.id, every.score, every.rank, every.passes),
        *(every.running_of_all, every.needed),
        func.sum(every.runs).over(order_by=order, rows=(None, 0)).label("running"),
        func.sum(every.need).over(order_by=order, rows=(None, 0)).label("still"),
        func.row_number().over(order_by=order).label("number"),
    ).where(every.id.not_in(shut))


def _every_line(call: Call, budget: Budget, most: int) -> Select[Any]:
    """Every line of the ranking, as `ranked` has it: the money runs down over what passes and is
    in play.
    """
    best = _select_best(call, most).subquery().c
    order: Any = {"order_by": (best.score.desc(), best.reference), "rows": (None, 0)}
    requested = func.coalesce(best.requested_minor, 0)
    recommended = func.coalesce(Recommendation.amount_minor, requested)
    amount = case((best.state.in_(PRICED), recommended), else_=requested)
    passes = best.given >= budget.pass_mark
    runs = case((passes & best.state.not_in(OUT_OF_PLAY), amount), else_=0)
    settled = exists().where(Award.application_id == best.id, ~Award.is_cancelled)
    support = half_even(runs * (budget.psc_percent / 100))
    need = case((settled, 0), else_=runs + support)
    return select(
        *(best.id, best.score, best.reference),
        *(passes.label("passes"), runs.label("runs"), need.label("need")),
        func.rank().over(order_by=best.score.desc()).label("rank"),
        func.sum(runs).over(**order).label("running_of_all"),
        func.sum(need).over(**order).label("needed"),
    ).outerjoin(Recommendation, Recommendation.application_id == best.id)


def _select_best(call: Call, most: int) -> Select[Any]:
    """The first so many applications of the ranking."""
    scores = scored(call.id).subquery().c
    score = that_ranks(call, scores.given, scores.adjusted)
    reference = Application.reference.collate("C")
    return (
        select(scores.id, scores.given, score.label("score"), reference.label("reference"))
        .add_columns(Application.state, Application.requested_minor)
        .join(Application, Application.id == scores.id)
        .order_by(score.desc(), reference)
        .limit(most)
    )


def _read_candidates(
    session: Session, call: Call, some: Mapping[int, Decimal] | None = None
) -> list[Candidate]:
    """The reviewed applications of a call; `some`: of those alone, with their adjusted scores."""
    of_call = Application.call_id == call.id
    if some is not None:
        of_call &= Application.id.in_(some)
    applications = session.scalars(
        select(Application)
        .where(of_call, Application.state.in_(RANKED))
        .options(joinedload(Application.organisation))
    ).all()
    scores = _scores_of(session, of_call)
    recommended = {
        row.application_id: row.amount
        for row in session.scalars(
            select(Recommendation)
            .join(Application, Application.id == Recommendation.application_id)
            .where(of_call)
        )
    }
    awards = _awards_by_application(session, of_call)
    adjusted = adjusted_scores(session, call) if some is None else some
    return [
        replace(
            _candidate_of(application, scores[application.id], recommended, awards),
            adjusted=adjusted.get(application.id),
            ranks_adjusted=call.ranks_adjusted,
        )
        for application in applications
        if application.id in scores
    ]


def _candidate_of(
    application: Application,
    scores: Sequence[Score],
    recommended: Mapping[int, Money],
    awards: Mapping[int, Award],
) -> Candidate:
    award = awards.get(application.id)
    counts = application.state in PRICED
    requested = application.requested or usd(0)
    return Candidate(
        application,
        scores,
        amount=recommended.get(application.id, requested) if counts else requested,
        settled=award is not None,
        in_play=application.state not in OUT_OF_PLAY,
    )


def _scores_of(session: Session, of_call: ColumnElement[bool]) -> dict[int, list[Score]]:
    reviews = session.scalars(
        select(Review)
        .join(Review.application)
        .where(of_call, Review.state == ReviewState.SUBMITTED)
        .options(joinedload(Review.reviewer))
        .order_by(Review.application_id, Review.id)
    )
    scores: dict[int, list[Score]] = {}
    for application_id, group in groupby(reviews, key=lambda review: review.application_id):
        totals = [(review.reviewer.name, review.total or Decimal(0)) for review in group]
        far = outlying([total for _name, total in totals])
        scores[application_id] = [
            Score(name, total, off) for (name, total), off in zip(totals, far, strict=True)
        ]
    return scores


def _awards_by_application(session: Session, of_call: ColumnElement[bool]) -> dict[int, Award]:
    awards = session.scalars(
        select(Award).join(Award.application).where(of_call, ~Award.is_cancelled)
    )
    return {award.application_id: award for award in awards if award.application_id is not None}
