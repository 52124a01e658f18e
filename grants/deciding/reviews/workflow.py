"""The life of one review. The application cannot be opened until a declaration of no conflict."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class ReviewState(StrEnum):
    """The state of a review."""

    ASSIGNED = "assigned"
    DECLARED = "declared"
    SUBMITTED = "submitted"
    REOPENED = "reopened"
    RECUSED = "recused"
    RELEASED = "released"


S = ReviewState

STANDING = (S.ASSIGNED, S.DECLARED, S.SUBMITTED, S.REOPENED)
"""It counts towards the number of reviews that a call asks for."""
SCORING = (S.DECLARED, S.REOPENED)
"""The reviewer reads the application and scores it, for the first time or again."""
WAITING = (S.ASSIGNED, *SCORING)
"""The reviewer has something to do."""
OPENED = (*SCORING, S.SUBMITTED)
"""The reviewer has declared to have no conflict of interest."""
BARRED = (S.ASSIGNED, S.RECUSED)
"""A conflict of interest, declared or not yet denied: the file stays shut."""


REVIEW = Workflow(
    subject="review",
    initial=S.ASSIGNED,
    steps=(
        Step(
            "declare_no_conflict",
            (S.ASSIGNED,),
            S.DECLARED,
            Permission.REVIEW_WRITE,
            _l("I have no conflict of interest"),
            act="deciding.reviews.service.declare_no_conflict",
            page="reviews.show",
        ),
        Step(
            "recuse",
            WAITING,
            S.RECUSED,
            Permission.REVIEW_WRITE,
            _l("I have a conflict of interest"),
            needs_reason=True,
            act="deciding.reviews.service.recuse",
            page="reviews.recuse",
        ),
        Step(
            "submit",
            SCORING,
            S.SUBMITTED,
            Permission.REVIEW_WRITE,
            _l("Submit the review"),
            act="deciding.reviews.service.submit",
            page="reviews.submit",
        ),
        Step(
            "reopen",
            (S.SUBMITTED,),
            S.REOPENED,
            Permission.REVIEW_ASSIGN,
            _l("Reopen the review"),
            needs_reason=True,
            act="deciding.reviews.reopening.reopen",
            page="assigning.reopen_review",
        ),
        Step(
            "release",
            WAITING,
            S.RELEASED,
            Permission.REVIEW_ASSIGN,
            _l("Withdraw the assignment"),
            needs_reason=True,
            act="deciding.reviews.service.release",
            page="assigning.release",
        ),
    ),
    names={
        S.ASSIGNED: StateName(_l("Declaration needed"), _l("Awaiting declaration"), "waiting"),
        S.DECLARED: StateName(_l("Not yet scored"), _l("Being scored"), "waiting"),
        S.SUBMITTED: StateName(_p("review", "Submitted"), _p("review", "Submitted"), "good"),
        S.REOPENED: StateName(_l("To be scored again"), _p("review", "Reopened"), "waiting"),
        S.RECUSED: StateName(_l("You recused yourself"), _l("Conflict of interest"), "neutral"),
        S.RELEASED: StateName(_l("Assignment withdrawn"), _l("Assignment withdrawn"), "neutral"),
    },
    final=(S.RECUSED, S.RELEASED),
    partitions={
        "Does it count as a review?": {"STANDING": STANDING, "no": (S.RECUSED, S.RELEASED)},
        "Is something asked of the reviewer?": {
            "WAITING": WAITING,
            "no": (S.SUBMITTED, S.RECUSED, S.RELEASED),
        },
        "May the reviewer open the file?": {
            "OPENED": OPENED,
            "BARRED": BARRED,
            "only as other roles allow": (S.RELEASED,),
        },
    },
)
