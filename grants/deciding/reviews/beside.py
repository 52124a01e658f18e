"""The reviews as a part of a case: criteria in rows, reviewers in columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import render_template

from grants.applying.applications.models import Application
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.viewer import Viewer
from grants.deciding.reviews.models import Review, ReviewPanel
from grants.deciding.reviews.queries import names_in, panel_note, visible_reviews
from grants.deciding.reviews.scoring import average, spread
from grants.deciding.screening.beside import CasePart
from grants.platform.web.access import viewer
from grants.platform.web.cells import Apart
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
    reviews = visible_reviews(session(), application, reader)
    if not reviews:
        return None
    names = names_in(reviews, reader)
    return Matrix(
        names,
        [_row(criterion, reviews) for criterion in application.call.criteria],
        [review.total or Decimal(0) for review in reviews],
        [(name, one.comment) for name, one in zip(names, reviews, strict=True) if one.comment],
        panel_note(session(), application),
    )


def _row(criterion: Mapping[str, Any], reviews: Sequence[Review]) -> Row:
    given = [review.scores[criterion["key"]] for review in reviews]
    return Row(
        in_language(criterion["label"]),
        Decimal(str(criterion["weight"])),
        [mark["score"] for mark in given],
        [mark["reason"] for mark in given],
    )


def _reviews(application: Application) -> str:
    matrix = once(matrix_of, application, viewer())
    return render_template("deciding/reviews/part_reviews.html", matrix=matrix) if matrix else ""


REVIEWS = CasePart("reviews", _l("Reviews"), _reviews)
