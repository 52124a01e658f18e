"""Scores adjusted for how strictly each reviewer scores, beside the scores as they were given.

A reviewer's total is put on the scale of the whole call: so many of the reviewer's own standard
deviations above or below the reviewer's own mean, at the mean and the standard deviation of all
totals (a z-score). Of a reviewer with fewer than three reviews, or who gave the same total each
time, nothing can be said: those totals stay as they are. PostgreSQL computes it with `numeric`.
"""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import RANKED
from grants.applying.calls.models import Call
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.workflow import ReviewState

ENOUGH = 3
"""Reviews of one reviewer in a call, from which on they are adjusted."""


def scored(call_id: int) -> Select[int, Decimal, Decimal]:
    """Of each ranked application of a call: its id, the average `given`, and the `adjusted` one."""
    own = Review.reviewer_id
    mean, deviation = func.avg(Review.total), func.stddev_pop(Review.total)
    each = (
        select(
            Review.application_id,
            Review.total,
            func.count().over(partition_by=own).label("number"),
            mean.over(partition_by=own).label("mean"),
            deviation.over(partition_by=own).label("deviation"),
            mean.over().label("mean_of_all"),
            deviation.over().label("deviation_of_all"),
        )
        .join(Review.application)
        .where(
            Application.call_id == call_id,
            Application.state.in_(RANKED),
            Review.state == ReviewState.SUBMITTED,
        )
        .subquery()
    ).c
    standard = (each.total - each.mean) / func.nullif(each.deviation, 0)
    known = (each.number >= ENOUGH) & (each.deviation > 0)
    put = case((known, each.mean_of_all + standard * each.deviation_of_all), else_=each.total)
    return select(
        each.application_id.label("id"),
        func.round(func.avg(each.total), 2).label("given"),
        func.round(func.least(100, func.greatest(0, func.avg(put))), 2).label("adjusted"),
    ).group_by(each.application_id)


def that_ranks(
    call: Call, given: ColumnElement[Decimal], adjusted: ColumnElement[Decimal]
) -> ColumnElement[Decimal]:
    """The one of the two scores by which a call ranks its applications: its setting."""
    return adjusted if call.ranks_adjusted else given


def adjusted_scores(session: Session, call: Call) -> Mapping[int, Decimal]:
    """The adjusted average of each ranked application of a call, by its id."""
    return {row.id: row.adjusted for row in session.execute(scored(call.id))}
