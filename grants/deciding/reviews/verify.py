"""What must hold of reviews on live data; `flask ledger verify` asks it with the rest."""

from collections.abc import Iterator

from sqlalchemy import String, and_, cast, func, select, text, true
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.kernel.language import gettext as _
from grants.deciding.reviews.adjusting import half_even
from grants.deciding.reviews.models import GivenScore, Review
from grants.deciding.reviews.workflow import ReviewState

TRIGGERS = {
    "former_review_append_only": "former_review",
    "review_averaged": "review",
    "given_score_moved": "application",
    "given_score_kept": "given_score",
}
"""The database's own rules about what was submitted before a review was reopened, and about the
average of the submitted reviews of each application.
"""


def reopened_reviews_are_kept(session: Session) -> Iterator[str]:
    """For each time that a review was reopened, what had been submitted is there."""
    for row in session.execute(
        text(
            "SELECT application.reference FROM review"
            " JOIN application ON application.id = application_id"
            " WHERE (SELECT count(*) FROM trail WHERE subject = 'review'"
            "     AND subject_id = review.id AND action = 'reopen')"
            "   <> (SELECT count(*) FROM former_review WHERE review_id = review.id)"
            " ORDER BY review.id"
        )
    ):
        yield _(
            "A review of %(reference)s was reopened, and its earlier scores are not all there.",
            reference=row.reference,
        )


def scores_are_those_of_submitted_reviews(session: Session) -> Iterator[str]:
    """Each kept average is that of the application's submitted reviews, under its own call, and
    beside what its line of a ranking needs.
    """
    exact = half_even(func.avg(Review.total), 2).label("given")
    added = (
        select(Review.application_id, func.count().label("reviews"))
        .add_columns(func.sum(Review.total).label("total"), exact)
        .where(Review.state == ReviewState.SUBMITTED)
        .group_by(Review.application_id)
        .subquery()
        .c
    )
    same = and_(
        GivenScore.call_id == Application.call_id,
        GivenScore.reviews == func.coalesce(added.reviews, 0),
        GivenScore.total == func.coalesce(added.total, 0),
        GivenScore.given.is_not_distinct_from(added.given),
        GivenScore.reference == Application.reference,
        GivenScore.state == cast(Application.state, String),
        GivenScore.requested_minor.is_not_distinct_from(Application.requested_minor),
    )
    either = func.coalesce(GivenScore.application_id, added.application_id)
    for reference in session.scalars(
        select(Application.reference)
        .select_from(GivenScore)
        .outerjoin(
            added.reviews.table, added.application_id == GivenScore.application_id, full=True
        )
        .join(Application, Application.id == either)
        .where(same.is_not(true()))
        .order_by(Application.id)
    ):
        yield _(
            "The stored average score of %(reference)s does not match its submitted reviews.",
            reference=reference,
        )


CHECKS = (reopened_reviews_are_kept, scores_are_those_of_submitted_reviews)
