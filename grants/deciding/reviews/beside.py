"""The reviews as a part of a case: criteria in rows, reviewers in columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import render_template

from grants.applying.applications.models import Application
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.viewer import Viewer
from grants.deciding.reviews.models import FormerReview, Review, ReviewPanel
from grants.deciding.reviews.queries import names_in, names_reviewers, panel_note, visible_reviews
from grants.deciding.reviews.reopening import former_reviews
from grants.deciding.reviews.scoring import average, spread
from grants.deciding.reviews.stage_one import stage_one_for_fund
from grants.deciding.reviews.workflow import SCORING, ReviewState
from grants.deciding.screening.beside import CasePart
from grants.platform.tables.cells import Apart
from grants.platform.web.access import viewer
from grants.platform.web.database import session
from grants.platform.web.once import once

MARKS_APART = 2
"""Marks of one criterion that differ by as much are pointed out."""


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion: the marks out of 5 and their reasons, in the order of the reviewers."""

    label: str
    weight: Decimal
    marks: Sequence[int]
    reasons: Sequence[str]

    @property
    def cells(self) -> list[Any]:
        """The marks as a table shows them."""
        is_apart = max(self.marks) - min(self.marks) >= MARKS_APART
        return [Apart(mark, _("scores differ widely")) if is_apart else mark for mark in self.marks]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The submitted reviews of one application that a person may read."""

    names: Sequence[str]
    rows: Sequence[Row]
    totals: Sequence[Decimal]
    comments: Sequence[tuple[str, str]]
    moderation: ReviewPanel | None = None
    """The note of the panel's chair."""

    @property
    def average(self) -> Decimal:
        """Out of 100."""
        return average(self.totals)

    @property
    def spread(self) -> Decimal:
        return spread(self.totals)


def matrix_of(application: Application, reader: Viewer) -> Matrix | None:
    """The reviews side by side; None while this person may read none."""
    reviews = once(visible_reviews, session(), application, reader)
    if not reviews:
        return None
    names = names_in(reviews, reader)
    return Matrix(
        names,
        [_matrix_row(criterion, reviews) for criterion in application.call.criteria],
        [review.total or Decimal(0) for review in reviews],
        [
            (name, review.comment)
            for name, review in zip(names, reviews, strict=True)
            if review.comment
        ],
        panel_note(session(), application),
    )


def _matrix_row(criterion: Mapping[str, Any], reviews: Sequence[Review]) -> Row:
    marks = [review.scores[criterion["key"]] for review in reviews]
    return Row(
        in_language(criterion["label"]),
        Decimal(str(criterion["weight"])),
        [mark["score"] for mark in marks],
        [mark["reason"] for mark in marks],
    )


@dataclass(frozen=True, slots=True)
class Earlier:
    """A review as it was submitted before it was reopened, beside what followed."""

    name: str
    former: FormerReview
    rows: Sequence[tuple[str, int, int | None]]
    """Each criterion with the mark before and after; None while it is scored again."""
    reasons: Sequence[tuple[str, int, str]]
    """Each criterion with the mark before, and why it was given."""
    total: Decimal | None
    """The total after."""


def earlier_of(application: Application, reader: Viewer) -> list[Earlier]:
    """The reviews that were reopened, for those who read the reviews of this application. Those
    that are scored again just now are shown only where reviewers are named.
    """
    reviews = once(visible_reviews, session(), application, reader)
    under_review = application.is_under_review
    if not under_review and not any(review.was_reopened for review in reviews):
        return []
    formers = former_reviews(session(), application)
    names = {
        review.id: name for review, name in zip(reviews, names_in(reviews, reader), strict=True)
    }
    if names_reviewers(reader, application.scope):
        under_way = (of_review[0].review for of_review in formers.values())
        names |= {
            review.id: review.reviewer.name for review in under_way if review.state in SCORING
        }
    return [
        earlier
        for number, of_review in formers.items()
        if number in names
        for earlier in _earlier_steps(names[number], of_review, application.call.criteria)
    ]


def _earlier_steps(
    name: str, formers: Sequence[FormerReview], criteria: Sequence[Mapping[str, Any]]
) -> Iterator[Earlier]:
    review = formers[0].review
    now = review if review.state is ReviewState.SUBMITTED else None
    for before, after in zip(formers, (*formers[1:], now), strict=True):
        rows, reasons = [], []
        for criterion in criteria:
            key, label = criterion["key"], in_language(criterion["label"])
            mark = before.scores[key]
            rows.append((label, mark["score"], after.scores[key]["score"] if after else None))
            reasons.append((label, mark["score"], mark["reason"]))
        yield Earlier(name, before, rows, reasons, after.total if after else None)


def _show_reviews(application: Application) -> str:
    matrix = once(matrix_of, application, viewer())
    earlier = once(earlier_of, application, viewer())
    if not matrix and not earlier:
        return ""
    return render_template("deciding/reviews/part_reviews.html", matrix=matrix, earlier=earlier)


REVIEWS = CasePart("reviews", _l("Reviews"), _show_reviews)


def _show_stage_one(application: Application) -> str:
    stage = stage_one_for_fund(session(), application, viewer())
    return render_template("deciding/reviews/part_stage_one.html", stage=stage) if stage else ""


STAGE_ONE = CasePart(
    "stage-one",
    _l("Concept note"),
    _show_stage_one,
    lambda application: bool(application.call.is_second_stage),
)
