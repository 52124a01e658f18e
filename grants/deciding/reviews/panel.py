"""How the reviews of a call go: the progress of each reviewer, the spread on each application."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select
from sqlalchemy.orm import Session, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.queries import open_to
from grants.applying.calls.models import Call
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.scoring import FAR_APART, outlying, spread
from grants.deciding.reviews.workflow import OPENED, STANDING, ReviewState

S = ReviewState
HARSH = Decimal(10)
"""Points out of 100 by which a reviewer's scores lie apart from the others' on average."""


@dataclass(frozen=True, slots=True)
class Panellist:
    """One reviewer of a call. `apart`: their scores less those of the others on the same
    applications, on average; None while nobody else has scored them.
    """

    name: str
    invited: int
    declared: int
    submitted: int
    recused: int
    average: Decimal | None
    apart: Decimal | None

    @property
    def stands_out(self) -> bool:
        return self.apart is not None and abs(self.apart) > HARSH


def panel_of(session: Session, call: Call, viewer: Viewer) -> list[Panellist]:
    """The reviewers of a call by name, over the applications that this person may open."""
    reviews = _with_the_others(_select_reviews(call, viewer)).subquery()

    def number(*states: ReviewState) -> ColumnElement[int]:
        return func.count().filter(reviews.c.state.in_(states))

    rows = session.execute(
        select(
            Person.name,
            number(*STANDING),
            number(*OPENED),
            number(S.SUBMITTED),
            number(S.RECUSED),
            *_average_scores(reviews),
        )
        .join(reviews, reviews.c.reviewer_id == Person.id)
        .group_by(Person.id, Person.name)
        .order_by(Person.name, Person.id)
    )
    return [Panellist(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class InCall:
    """How one reviewer scored in one call, beside the others on the same applications."""

    name: str
    call: str
    """Its reference."""
    closed_at: datetime
    submitted: int
    average: Decimal
    apart: Decimal | None

    @property
    def stands_out(self) -> bool:
        return self.apart is not None and abs(self.apart) > HARSH


def over_time(session: Session, viewer: Viewer) -> list[InCall]:
    """Each reviewer of the calls that this person assigns reviewers to, from call to call."""
    assigned = select(Application.id).where(
        Application.id == Review.application_id, open_to(viewer)
    )
    assigned = assigned.where(in_funds_with(viewer, Permission.REVIEW_ASSIGN, Application.fund_id))
    submitted = select(Review).where(
        assigned.correlate(Review).exists(), Review.state == S.SUBMITTED
    )
    reviews = _with_the_others(submitted).subquery()
    rows = session.execute(
        select(
            Person.name, Call.reference, Call.deadline_at, func.count(), *_average_scores(reviews)
        )
        .join(reviews, reviews.c.reviewer_id == Person.id)
        .join(Application, Application.id == reviews.c.application_id)
        .join(Call, Call.id == Application.call_id)
        .group_by(Person.id, Person.name, Call.id)
        .order_by(Person.name, Person.id, Call.deadline_at)
    )
    return [InCall(*row) for row in rows]


def _average_scores(reviews: Subquery) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The average score of submitted reviews, and how far they lie from the others'."""
    return (
        func.round(func.avg(reviews.c.total).filter(reviews.c.state == S.SUBMITTED), 2),
        func.round(func.avg(reviews.c.apart).filter(reviews.c.state == S.SUBMITTED), 2),
    )


def _with_the_others(query: Select[Review]) -> Select[Any]:
    """Each review with how far its score lies from those of the others on its application."""
    # not what each says: they are put in order
    needed = Review.application_id, Review.reviewer_id, Review.state, Review.total
    reviews = query.with_only_columns(*needed).subquery()
    submitted = reviews.c.state == S.SUBMITTED
    count = func.count().filter(submitted).over(partition_by=reviews.c.application_id)
    total = func.sum(reviews.c.total).filter(submitted).over(partition_by=reviews.c.application_id)
    others_average = (total - reviews.c.total) / func.nullif(count - 1, 0)
    return select(reviews, (reviews.c.total - others_average).label("apart"))


def _select_reviews(call: Call, viewer: Viewer) -> Select[Review]:
    open_ones = select(Application.id).where(Application.call_id == call.id, open_to(viewer))
    return select(Review).where(Review.application_id.in_(open_ones))


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An application with its standing reviews, the oldest first, and which of them is far off."""

    application: Application
    reviews: Sequence[Review]
    far: frozenset[int]
    """Ids of reviews that are far from the median of the others."""
    spread: Decimal | None

    @property
    def divergent(self) -> bool:
        return self.spread is not None and self.spread > FAR_APART


def under_review(session: Session, call: Call, viewer: Viewer) -> Sequence[int]:
    """The ids of the applications of a call for which reviewers were asked, that this person may
    open.
    """
    under_way = select(Review.application_id).where(Review.state.in_(STANDING))
    return session.scalars(
        select(Application.id)
        .where(Application.call_id == call.id, Application.id.in_(under_way), open_to(viewer))
        .order_by(Application.id)
    ).all()


def with_reviews(session: Session, ids: Sequence[int]) -> list[Reviewed]:
    """Applications by their ids, each with its reviews."""
    applications = session.scalars(
        select(Application)
        .where(Application.id.in_(ids))
        .options(joinedload(Application.organisation))
        .order_by(Application.id)
    ).all()
    reviews: dict[int, list[Review]] = {number: [] for number in ids}
    query = select(Review).where(Review.application_id.in_(reviews), Review.state.in_(STANDING))
    for review in session.scalars(query.options(joinedload(Review.reviewer)).order_by(Review.id)):
        reviews[review.application_id].append(review)
    return [
        _reviewed_application(application, reviews[application.id]) for application in applications
    ]


def _reviewed_application(application: Application, reviews: Sequence[Review]) -> Reviewed:
    submitted = [(review.id, review.total) for review in reviews if review.total is not None]
    totals = [total for _id, total in submitted]
    far = {number for (number, _t), off in zip(submitted, outlying(totals), strict=True) if off}
    return Reviewed(
        application, reviews, frozenset(far), spread(totals) if len(totals) > 1 else None
    )
