"""A review while it is written: its marks, and what is refused of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.scoring import HIGHEST


@dataclass(frozen=True, slots=True)
class Mark:
    """The judgement on one criterion: 0 to 5 (None: not yet), why, and what the applicant may be
    told about it.
    """

    score: int | None
    reason: str = ""
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A review as far as it is written. `version` is what its page was made from, `sheet` the mark
    of that page; None: not written on a page.
    """

    marks: Mapping[str, Mark] = field(default_factory=dict)
    comment: str = ""
    version: int | None = None
    sheet: str = ""


def require_latest(review: Review, draft: Draft) -> None:
    goes_on = bool(draft.sheet) and draft.sheet == review.sheet
    if draft.version not in {None, review.version} and not goes_on:
        raise DomainError(
            _(
                "This review was changed in another window after you opened this page. What you "
                "typed here is not saved yet: compare it with the other window, then save again."
            )
        )


def require_mark(mark: Mark) -> None:
    if mark.score is not None and not 0 <= mark.score <= HIGHEST:
        raise DomainError(_("A score must be a whole number from 0 to %(most)s.", most=HIGHEST))


def require_complete(review: Review, criteria: Sequence[Mapping[str, object]]) -> None:
    marks = [review.scores.get(str(criterion["key"]), {}) for criterion in criteria]
    unmarked = sum(1 for mark in marks if mark.get("score") is None)
    if unmarked:
        raise DomainError(
            ngettext(
                "%(num)s criterion has not been scored yet.",
                "%(num)s criteria have not been scored yet.",
                unmarked,
            )
        )
    silent = sum(1 for mark in marks if not mark.get("reason"))
    if silent:
        raise DomainError(
            ngettext(
                "%(num)s score has no reason yet.", "%(num)s scores have no reason yet.", silent
            )
        )
