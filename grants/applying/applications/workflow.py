"""The life of an application, from draft to decision. Later rooms take its later steps."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class ApplicationState(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNDER_REVIEW = "under_review"
    REVIEWED = "reviewed"
    RECOMMENDED = "recommended"
    RESERVE = "reserve"
    NOT_RECOMMENDED = "not_recommended"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


S = ApplicationState

PROPOSALS = ("recommend", "revise", "keep_in_reserve", "not_recommend", "record_advice")
"""Whoever proposed a decision, or recorded the Board's advice on it, does not take it."""

APPLICATION = Workflow(
    subject="application",
    initial=S.DRAFT,
    steps=(
        Step("submit", (S.DRAFT,), S.SUBMITTED, Permission.APPLICATION_SUBMIT, _l("Submit")),
        Step(
            "withdraw",
            (S.DRAFT, S.SUBMITTED, S.ELIGIBLE, S.UNDER_REVIEW),
            S.WITHDRAWN,
            Permission.APPLICATION_SUBMIT,
            _l("Withdraw"),
            needs_reason=True,
        ),
        Step(
            "find_eligible",
            (S.SUBMITTED,),
            S.ELIGIBLE,
            Permission.SCREENING_DECIDE,
            _l("Eligible"),
        ),
        Step(
            "find_ineligible",
            (S.SUBMITTED,),
            S.INELIGIBLE,
            Permission.SCREENING_DECIDE,
            _l("Not eligible"),
            needs_reason=True,
        ),
        Step(
            "assign_reviewers",
            (S.ELIGIBLE,),
            S.UNDER_REVIEW,
            Permission.REVIEW_ASSIGN,
            _l("Assign reviewers"),
        ),
        Step(
            "complete_review",
            (S.UNDER_REVIEW,),
            S.REVIEWED,
            Permission.REVIEW_WRITE,
            _l("Complete the review"),
        ),
        Step(
            "recommend",
            (S.REVIEWED, S.RESERVE, S.NOT_RECOMMENDED),
            S.RECOMMENDED,
            Permission.AWARD_RECOMMEND,
            _l("Recommend"),
        ),
        Step(
            "revise",
            (S.RECOMMENDED,),
            S.RECOMMENDED,
            Permission.AWARD_RECOMMEND,
            _l("Change the recommendation"),
            needs_reason=True,
        ),
        Step(
            "keep_in_reserve",
            (S.REVIEWED, S.RECOMMENDED, S.NOT_RECOMMENDED),
            S.RESERVE,
            Permission.AWARD_RECOMMEND,
            _l("Keep on the reserve list"),
            needs_reason=True,
        ),
        Step(
            "not_recommend",
            (S.REVIEWED, S.RECOMMENDED, S.RESERVE),
            S.NOT_RECOMMENDED,
            Permission.AWARD_RECOMMEND,
            _l("Do not recommend"),
            needs_reason=True,
        ),
        Step(
            "record_advice",
            (S.RECOMMENDED,),
            S.RECOMMENDED,
            Permission.AWARD_ADVISE,
            _l("Record the Board’s advice"),
        ),
        Step(
            "approve",
            (S.RECOMMENDED,),
            S.APPROVED,
            Permission.AWARD_APPROVE,
            _l("Approve"),
            not_by=PROPOSALS,
        ),
        Step(
            "reject",
            (S.RECOMMENDED, S.RESERVE, S.NOT_RECOMMENDED),
            S.REJECTED,
            Permission.AWARD_APPROVE,
            _l("Reject"),
            needs_reason=True,
            not_by=PROPOSALS,
        ),
    ),
    names={
        S.DRAFT: StateName(_l("Draft, not sent yet"), _l("Draft"), "neutral"),
        S.SUBMITTED: StateName(_l("Received"), _l("To be screened"), "waiting"),
        S.ELIGIBLE: StateName(_l("Eligible, goes to review"), _l("Eligible"), "waiting"),
        S.INELIGIBLE: StateName(_l("Not eligible"), _l("Not eligible"), "bad"),
        S.UNDER_REVIEW: StateName(_l("Being reviewed"), _l("Under review"), "waiting"),
        S.REVIEWED: StateName(_l("Being reviewed"), _l("Reviewed"), "waiting"),
        S.RECOMMENDED: StateName(_l("Decision pending"), _l("Recommended"), "waiting"),
        S.RESERVE: StateName(_l("Decision pending"), _l("Reserve list"), "waiting"),
        S.NOT_RECOMMENDED: StateName(_l("Decision pending"), _l("Not recommended"), "waiting"),
        S.APPROVED: StateName(_l("Awarded"), _l("Approved"), "good"),
        S.REJECTED: StateName(_l("Not awarded"), _l("Rejected"), "bad"),
        S.WITHDRAWN: StateName(_l("Withdrawn"), _l("Withdrawn"), "bad"),
    },
)
