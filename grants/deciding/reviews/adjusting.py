"""Scores adjusted for how strictly each reviewer scores, beside the scores as they were given.

A reviewer's total is put on the scale of the whole call: so many of the reviewer's own standard
deviations above or below the reviewer's own mean, at the mean and the standard deviation of all
totals (a z-score). Of a reviewer with fewer than three reviews, or who gave the same total each
time, nothing can be said: those totals stay as they are. PostgreSQL computes it with `numeric`;
`adjusted_averages` does the same for scenarios, which give the criteria other weights.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from statistics import mean, pstdev
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Subquery, case, exists, func, or_, select, true
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import RANKED
from grants.applying.calls.models import Call
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.workflow import ReviewState

ENOUGH = 3
"""Reviews of one reviewer in a call, from which on they are adjusted."""
ZERO, HALF, WHOLE = Decimal(0), Decimal("0.5"), Decimal(100)


def scored(*call_ids: int, as_ranked: bool = False) -> Select[int, Decimal, Decimal]:
    """The id, the average `given` and the `adjusted` one, on the scale of its own call, of each
    ranked application of these calls. PostgreSQL leaves out the adjusted one where a query does
    not read it; `as_ranked`: it is worked out only if one of the calls ranks by it, and is else
    empty.
    """
    needed = select(func.bool_or(Call.ranks_adjusted)).where(Call.id.in_(call_ids))
    adjusted = (
        _adjusted_scores(call_ids, needed.scalar_subquery() if as_ranked else true()).subquery().c
    )
    averages = given_scores(Application.call_id.in_(call_ids), Application.state.in_(RANKED))
    score = averages.subquery().c
    return (
        select(score.id, score.given)
        .add_columns(adjusted.adjusted)
        .outerjoin(adjusted.id.table, adjusted.id == score.id)
    )


def given_scores(*conditions: ColumnElement[bool]) -> Select[int, Decimal]:
    """The average of the submitted reviews of each application, out of 100, a half to the even
    neighbour.
    """
    return (
        select(Application.id.label("id"), half_even(func.avg(Review.total), 2).label("given"))
        .join(Review, Review.application_id == Application.id)
        .where(Review.state == ReviewState.SUBMITTED, *conditions)
        .group_by(Application.id)
    )


def _adjusted_scores(
    call_ids: Collection[int], needed: ColumnElement[bool], ids: Collection[int] | None = None
) -> Select[int, Decimal]:
    """The adjusted average of each ranked application of these calls, or of those with `ids`."""
    reviews = (
        select(Application.call_id, Review.application_id, Review.reviewer_id, Review.total)
        .join(Application, Application.id == Review.application_id)
        .where(
            needed,
            Application.call_id.in_(call_ids),
            Application.state.in_(RANKED),
            Review.state == ReviewState.SUBMITTED,
        )
        .cte()
    )
    of_reviewer_scale, whole = (
        _scale_by(reviews, reviews.c.call_id, reviews.c.reviewer_id),
        _scale_by(reviews, reviews.c.call_id),
    )
    standard = (reviews.c.total - of_reviewer_scale.mean) / func.nullif(
        of_reviewer_scale.deviation, 0
    )
    is_comparable = (of_reviewer_scale.number >= ENOUGH) & (of_reviewer_scale.deviation > 0)
    put = case((is_comparable, whole.mean + standard * whole.deviation), else_=reviews.c.total)
    of_reviewer = (of_reviewer_scale.call_id == reviews.c.call_id) & (
        of_reviewer_scale.reviewer_id == reviews.c.reviewer_id
    )
    return (
        select(
            reviews.c.application_id.label("id"),
            func.round(func.least(100, func.greatest(0, func.avg(put))), 2).label("adjusted"),
        )
        .join(of_reviewer_scale.number.table, of_reviewer)
        .join(whole.number.table, whole.call_id == reviews.c.call_id)
        .where(true() if ids is None else reviews.c.application_id.in_(ids))
        .group_by(reviews.c.application_id)
    )


def is_scored() -> ColumnElement[bool]:
    """Has the application of a query a score, and so a rank?"""
    reviewed = exists().where(
        Review.application_id == Application.id, Review.state == ReviewState.SUBMITTED
    )
    return Application.state.in_(RANKED) & reviewed


def half_even(exact: ColumnElement[Any], places: int = 0) -> Any:
    """A number of no less than 0, rounded as Python does it: a half to the even neighbour."""
    units = exact * 10**places
    whole = case((func.mod(units, 1) == HALF, 2 * func.round(units / 2)), else_=func.round(units))
    return func.round(whole / Decimal(10**places), places)


def _scale_by(reviews: CTE, *by: ColumnElement[int]) -> Any:
    """How many totals, their mean and their deviation, of each reviewer of a call or of a call."""
    number, mean = func.count().label("number"), func.avg(reviews.c.total).label("mean")
    deviation = func.stddev_pop(reviews.c.total).label("deviation")
    return select(*by, number, mean, deviation).group_by(*by).subquery().c


def that_ranks(
    call: Call, score_given: ColumnElement[Decimal], adjusted: ColumnElement[Decimal]
) -> ColumnElement[Decimal]:
    """The score by which a call ranks its applications, given or adjusted: its setting."""
    return adjusted if call.ranks_adjusted else score_given


def adjusted_scores(
    session: Session, call: Call, ids: Collection[int] | None = None
) -> Mapping[int, Decimal]:
    """The adjusted average of each ranked application of a call, or of those with `ids`, by id."""
    rows = session.execute(_adjusted_scores([call.id], true(), ids))
    return {row.id: row.adjusted for row in rows}


@dataclass(frozen=True, slots=True)
class Standing:
    """The rank of an application in its call, and the score that gives it. Equals share a rank."""

    rank: int
    score: Decimal


@dataclass(frozen=True, slots=True)
class Standings:
    """The standings of several applications, by their ids, and how many of the call have one. An
    application without a submitted review has none.
    """

    of: int = 0
    by_id: Mapping[int, Standing] = field(default_factory=dict)


def _select_ranking(call_id: int, *, by_adjusted: bool) -> Subquery:
    """The ranking of a call."""
    scores = scored(call_id).subquery().c
    score = scores.adjusted if by_adjusted else scores.given
    return select(
        scores.id,
        score.label("score"),
        func.rank().over(order_by=score.desc()).label("rank"),
        func.row_number().over(order_by=score.desc()).label("number"),
        func.count().over().label("of"),
    ).subquery()


def standings(session: Session, call: Call, ids: Collection[int]) -> Standings:
    """Where these applications of a call stand in its ranking."""
    ranked = _select_ranking(call.id, by_adjusted=call.ranks_adjusted)
    # with the first of them, which says how many there are
    query = select(ranked).where(or_(ranked.c.id.in_(ids), ranked.c.number == 1))
    rows = session.execute(query).all()
    standing_by_id = {row.id: Standing(row.rank, row.score) for row in rows if row.id in ids}
    return Standings(rows[0].of, standing_by_id) if rows else Standings()


def adjusted_averages(
    totals: Mapping[int, Sequence[tuple[int, Decimal]]],
) -> dict[int, Decimal]:
    """The adjusted averages of totals that are not stored: of each application, its reviewers' ids
    and totals.
    """
    by_reviewer: dict[int, list[Decimal]] = {}
    for reviewer, total in (pair for pairs in totals.values() for pair in pairs):
        by_reviewer.setdefault(reviewer, []).append(total)
    every = _Scale.of([total for numbers in by_reviewer.values() for total in numbers])
    scales = {reviewer: _Scale.of(numbers) for reviewer, numbers in by_reviewer.items()}
    return {
        number: _kept_in_range(every.put(total, scales[reviewer]) for reviewer, total in pairs)
        for number, pairs in totals.items()
    }


@dataclass(frozen=True, slots=True)
class _Scale:
    number: int
    mean: Decimal
    deviation: Decimal

    @classmethod
    def of(cls, totals: Sequence[Decimal]) -> "_Scale":
        return cls(len(totals), mean(totals), pstdev(totals)) if totals else cls(0, ZERO, ZERO)

    def put(self, total: Decimal, reviewer_scale: "_Scale") -> Decimal:
        """A total on a reviewer's own scale as it stands on this one."""
        if reviewer_scale.number < ENOUGH or not reviewer_scale.deviation:
            return total
        return self.mean + (total - reviewer_scale.mean) / reviewer_scale.deviation * self.deviation


def _kept_in_range(totals: Iterable[Decimal]) -> Decimal:
    middle = mean(totals)
    return min(WHOLE, max(ZERO, middle)).quantize(Decimal("0.01"), ROUND_HALF_UP)
