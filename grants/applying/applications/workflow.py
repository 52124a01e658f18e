"""The life of an application, from draft to decision. Later rooms take its later steps."""

from enum import StrEnum
from typing import Any

from grants.applying.calls.workflow import CallState
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class ApplicationState(StrEnum):
    """The state of an application."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNDER_REVIEW = "under_review"
    REVIEWED = "reviewed"
    RECOMMENDED = "recommended"
    RESERVE = "reserve"
    NOT_RECOMMENDED = "not_recommended"
    INVITED = "invited"
    NOT_INVITED = "not_invited"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


S = ApplicationState

ON_THE_WAY = (S.SUBMITTED, S.ELIGIBLE, S.UNDER_REVIEW)
"""Submitted, and not reviewed yet."""
ASSESSED = (S.REVIEWED, S.RECOMMENDED, S.RESERVE, S.NOT_RECOMMENDED, S.APPROVED, S.REJECTED)
"""Reviewed, and not decided by an invitation."""
RANKED = (*ASSESSED, S.INVITED, S.NOT_INVITED)
"""Reviewed: it has its place in the ranking of its call."""
ASKED = (*ON_THE_WAY, *ASSESSED, S.NOT_INVITED)
"""What it asks for counts as asked of the fund. What a concept note asks for no longer does once
it is invited: then the full proposal counts.
"""
SCORED = (S.UNDER_REVIEW, *RANKED)
"""It may have scores to look at."""
NEED = (S.ELIGIBLE, S.UNDER_REVIEW, S.REVIEWED, S.RECOMMENDED, S.RESERVE)
"""Found eligible, and neither awarded nor turned down: its sum is needed. The reserve list waits
for money; what is rejected from it counts for the rest of that year too.
"""
OUT_OF_PLAY = (S.NOT_RECOMMENDED, S.REJECTED, S.INVITED, S.NOT_INVITED)
"""Reviewed, and no money of the call is kept for it."""
PRICED = (S.RECOMMENDED, S.APPROVED)
"""It counts with the sum that was recommended, no longer with the sum it asks for."""
TO_BE_REVIEWED = (S.ELIGIBLE, S.UNDER_REVIEW)
"""Reviewers may be assigned."""
TO_BE_SCORED_AGAIN = (S.UNDER_REVIEW, S.REVIEWED)
"""A review may be reopened: no recommendation rests on it yet."""
TO_BE_VISITED = (S.UNDER_REVIEW, S.REVIEWED, S.RESERVE, S.NOT_RECOMMENDED)
"""An interview or a visit may be planned where the call asks for one; not recommended yet."""
BEFORE_REVIEW = (S.DRAFT, S.SUBMITTED, S.INELIGIBLE)
"""No reviewer has to do with it."""
BY_ORGANISATION = (S.DRAFT, S.SUBMITTED, S.WITHDRAWN)
"""The organisation itself brought it there, so it may read who did it."""
REFUSED = (S.INELIGIBLE, S.REJECTED, S.NOT_INVITED)
"""The fund said no: there is a letter of regret."""
LETTER_NEXT = (S.RESERVE, S.NOT_RECOMMENDED)
"""A letter on the reserve list or of regret is the next step, unless it is promoted."""
PASSED_OVER = (S.REVIEWED, S.RESERVE)
"""Reviewed, and neither recommended nor turned down: recommending a lower one passes over it."""
BEFORE_A_LETTER = (S.REVIEWED, S.RECOMMENDED, *LETTER_NEXT)
"""Reviewed, and such a letter may still follow: what it says can be written."""
FINAL = (S.REJECTED, S.INELIGIBLE, S.WITHDRAWN, S.INVITED)
"""Turned down, given up, or invited to send a full proposal."""
DECIDED = (S.APPROVED, S.NOT_INVITED, *FINAL)
"""Nothing waits to be decided. What was approved goes on as an award, and comes back from it only
if the award is cancelled."""

SETTLED = (*DECIDED, S.RESERVE, S.DRAFT)
"""It does not keep the results of its call from being published."""

OFF_THE_WAY = (S.DRAFT, S.INELIGIBLE, S.WITHDRAWN)
"""It did not come to a decision, or not yet to the fund: no stage of its call is going on."""


def _asks_for_a_note(application: Any) -> bool:
    """Is it a concept note, in the first of two stages?"""
    return bool(application.call.is_first_stage)


def _can_be_invited(application: Any) -> bool:
    """In a call that is in the archive nothing is decided any more."""
    return _asks_for_a_note(application) and application.call.state is not CallState.ARCHIVED


def _can_be_awarded(application: Any) -> bool:
    return not _asks_for_a_note(application)


PROPOSALS = ("recommend", "revise", "keep_in_reserve", "not_recommend", "record_advice")
"""A person who proposed a decision, or recorded the Board's advice on it, does not take it."""

APPLICATION = Workflow(
    subject="application",
    initial=S.DRAFT,
    steps=(
        Step(
            "submit",
            (S.DRAFT,),
            S.SUBMITTED,
            Permission.APPLICATION_SUBMIT,
            _l("Submit"),
            act="applying.submissions.service.submit",
            page="applications.submit",
            in_place=True,
        ),
        Step(
            "withdraw",
            (S.DRAFT, S.SUBMITTED, S.ELIGIBLE, S.UNDER_REVIEW),
            S.WITHDRAWN,
            Permission.APPLICATION_SUBMIT,
            _l("Withdraw"),
            needs_reason=True,
            act="applying.submissions.service.withdraw",
            page="applications.withdraw",
        ),
        Step(
            "end_with_call",
            ON_THE_WAY,
            S.WITHDRAWN,
            Permission.CALL_OPEN,
            _l("Call withdrawn"),
            needs_reason=True,
            act="applying.submissions.service.withdraw_call",
            within="applications.withdraw_call",
        ),
        Step(
            "find_eligible",
            (S.SUBMITTED,),
            S.ELIGIBLE,
            Permission.SCREENING_DECIDE,
            _l("Eligible"),
            act="deciding.screening.service.decide",
            page="screening.outcome",
        ),
        Step(
            "pass_without_review",
            (S.ELIGIBLE,),
            S.REVIEWED,
            Permission.SCREENING_DECIDE,
            _l("Passed on for a recommendation: the call has no reviews"),
            act="deciding.screening.service.decide_all",
            within="screening.outcome",
        ),
        Step(
            "find_ineligible",
            (S.SUBMITTED,),
            S.INELIGIBLE,
            Permission.SCREENING_DECIDE,
            _l("Not eligible"),
            needs_reason=True,
            act="deciding.screening.service.decide",
            page="screening.outcome",
        ),
        Step(
            "assign_reviewers",
            (S.ELIGIBLE,),
            S.UNDER_REVIEW,
            Permission.REVIEW_ASSIGN,
            _l("Assign reviewers"),
            act="deciding.reviews.service.assign",
            page="assigning.assign",
        ),
        Step(
            "complete_review",
            (S.UNDER_REVIEW,),
            S.REVIEWED,
            Permission.REVIEW_WRITE,
            _l("Complete the review"),
            act="deciding.reviews.service.submit",
            within="reviews.submit",
        ),
        Step(
            "reopen_review",
            TO_BE_SCORED_AGAIN,
            S.UNDER_REVIEW,
            Permission.REVIEW_ASSIGN,
            _l("Reopen a review"),
            needs_reason=True,
            act="deciding.reviews.reopening.reopen",
            within="assigning.reopen_review",
        ),
        Step(
            "invite_full_proposal",
            (S.REVIEWED, S.NOT_INVITED),
            S.INVITED,
            Permission.AWARD_RECOMMEND,
            _l("Invite to send a full proposal"),
            act="deciding.decisions.inviting.invite",
            page="decisions.invite",
            only=_can_be_invited,
            closed=_l(
                "Only organisations with a concept note are invited. If the call is in the archive,"
                " bring it back first."
            ),
        ),
        Step(
            "not_invite",
            (S.REVIEWED,),
            S.NOT_INVITED,
            Permission.AWARD_RECOMMEND,
            _l("Do not invite"),
            needs_reason=True,
            act="deciding.decisions.inviting.not_invite",
            page="decisions.not_invite",
            only=_asks_for_a_note,
        ),
        Step(
            "recommend",
            (S.REVIEWED, S.RESERVE, S.NOT_RECOMMENDED),
            S.RECOMMENDED,
            Permission.AWARD_RECOMMEND,
            _l("Recommend"),
            only=_can_be_awarded,
            act="deciding.board.service.recommend",
            page="board.recommend",
        ),
        Step(
            "revise",
            (S.RECOMMENDED,),
            S.RECOMMENDED,
            Permission.AWARD_RECOMMEND,
            _l("Change the recommendation"),
            needs_reason=True,
            act="deciding.board.service.revise",
            page="board.recommend",
        ),
        Step(
            "keep_in_reserve",
            (S.REVIEWED, S.RECOMMENDED, S.NOT_RECOMMENDED),
            S.RESERVE,
            Permission.AWARD_RECOMMEND,
            _l("Keep on the reserve list"),
            only=_can_be_awarded,
            needs_reason=True,
            act="deciding.board.service.keep_in_reserve",
            page="board.reserve",
        ),
        Step(
            "not_recommend",
            (S.REVIEWED, S.RECOMMENDED, S.RESERVE),
            S.NOT_RECOMMENDED,
            Permission.AWARD_RECOMMEND,
            _l("Do not recommend"),
            only=_can_be_awarded,
            needs_reason=True,
            act="deciding.board.service.not_recommend",
            page="board.not_recommend",
        ),
        Step(
            "record_advice",
            (S.RECOMMENDED,),
            S.RECOMMENDED,
            Permission.AWARD_ADVISE,
            _l("Record advice from a session held offline"),
            act="deciding.board.service.record_advice",
            page="board.advise",
        ),
        Step(
            "approve",
            (S.RECOMMENDED,),
            S.APPROVED,
            Permission.AWARD_APPROVE,
            _l("Approve"),
            not_by=PROPOSALS,
            act="deciding.awards.service.approve",
            page="decisions.approve",
        ),
        Step(
            "give_approval",
            (S.RECOMMENDED,),
            S.RECOMMENDED,
            Permission.AWARD_APPROVE,
            _l("Approve (another officer must approve too)"),
            not_by=PROPOSALS,
            act="deciding.awards.service.give_approval",
            within="decisions.approve",
        ),
        Step(
            "confirm_reserve",
            (S.RESERVE,),
            S.RESERVE,
            Permission.AWARD_APPROVE,
            _l("Confirm the place on the reserve list"),
            not_by=PROPOSALS,
            act="deciding.decisions.confirming.confirm_reserve",
            page="decisions.confirm_reserve",
        ),
        Step(
            "cancel_award",
            (S.APPROVED,),
            S.RECOMMENDED,
            Permission.AWARD_APPROVE,
            _l("Award cancelled, to be decided again"),
            needs_reason=True,
            act="deciding.awards.service.cancel_award",
            within="awards.cancel",
        ),
        Step(
            "reject",
            (S.RECOMMENDED, S.RESERVE, S.NOT_RECOMMENDED),
            S.REJECTED,
            Permission.AWARD_APPROVE,
            _l("Reject"),
            needs_reason=True,
            not_by=PROPOSALS,
            act="deciding.awards.service.reject",
            page="decisions.reject",
        ),
    ),
    names={
        S.DRAFT: StateName(_l("Draft, not yet submitted"), _l("Draft"), "neutral"),
        S.SUBMITTED: StateName(
            _p("application", "Received"),
            _l("Awaiting screening"),
            "waiting",
            _p("next step", "Screen"),
            ("screening.check",),
        ),
        S.ELIGIBLE: StateName(
            _l("Eligible, to be reviewed"),
            _l("Eligible"),
            "waiting",
            _l("Assign reviewers"),
            ("assigning.assign",),
        ),
        S.INELIGIBLE: StateName(_l("Not eligible"), _l("Not eligible"), "neutral"),
        S.UNDER_REVIEW: StateName(
            _l("Being reviewed"), _l("Under review"), "waiting", _l("With reviewers")
        ),
        S.REVIEWED: StateName(
            _l("Being reviewed"),
            _l("Reviewed"),
            "waiting",
            _l("Recommend"),
            ("board.recommend", "decisions.invite"),
        ),
        S.RECOMMENDED: StateName(
            _l("Decision pending"),
            _p("application", "Recommended"),
            "waiting",
            _p("next step", "Decide"),
            ("decisions.approve",),
        ),
        S.RESERVE: StateName(
            _l("Decision pending"),
            _l("Reserve list"),
            "waiting",
            _p("next step", "Decide"),
            ("decisions.confirm_reserve",),
        ),
        S.NOT_RECOMMENDED: StateName(
            _l("Decision pending"),
            _p("application", "Not recommended"),
            "waiting",
            _p("next step", "Decide"),
            ("decisions.reject",),
        ),
        S.INVITED: StateName(
            _l("Invited to send a full proposal"), _p("concept note", "Invited"), "good"
        ),
        S.NOT_INVITED: StateName(
            _l("Not invited to send a full proposal"), _p("concept note", "Not invited"), "neutral"
        ),
        S.APPROVED: StateName(_p("application", "Awarded"), _p("application", "Approved"), "good"),
        S.REJECTED: StateName(_l("Not awarded"), _p("application", "Rejected"), "neutral"),
        S.WITHDRAWN: StateName(
            _p("application", "Withdrawn"), _p("application", "Withdrawn"), "neutral"
        ),
    },
    final=FINAL,
    partitions={
        "How far did it come towards the ranking?": {
            "ON_THE_WAY": ON_THE_WAY,
            "RANKED": RANKED,
            "draft, not eligible or withdrawn": OFF_THE_WAY,
        },
        "Is its sum needed of the fund?": {
            "NEED": NEED,
            "not screened yet": (S.SUBMITTED,),
            "OUT_OF_PLAY": OUT_OF_PLAY,
            "awarded": (S.APPROVED,),
            "draft, not eligible or withdrawn": OFF_THE_WAY,
        },
        "Which sum counts, the one asked for or the one recommended?": {
            "PRICED": PRICED,
            "the one asked for": (*ON_THE_WAY, S.REVIEWED, S.RESERVE, *OUT_OF_PLAY),
            "none": OFF_THE_WAY,
        },
        "What has a reviewer to do with it?": {
            "BEFORE_REVIEW": BEFORE_REVIEW,
            "TO_BE_REVIEWED": TO_BE_REVIEWED,
            "review is over": (*RANKED, S.WITHDRAWN),
        },
        "Does it wait for a decision?": {
            "DECIDED": DECIDED,
            "yes": (
                S.DRAFT,
                *ON_THE_WAY,
                S.REVIEWED,
                S.RECOMMENDED,
                S.RESERVE,
                S.NOT_RECOMMENDED,
            ),
        },
        "Does it keep the results of its call back?": {
            "SETTLED": SETTLED,
            "yes": (*ON_THE_WAY, S.REVIEWED, S.RECOMMENDED, S.NOT_RECOMMENDED),
        },
        "Who brought it there?": {
            "BY_ORGANISATION": BY_ORGANISATION,
            "the fund": (*TO_BE_REVIEWED, S.INELIGIBLE, *RANKED),
        },
        "May a letter of regret or on the reserve list follow?": {
            "LETTER_NEXT": LETTER_NEXT,
            "later, as a member of BEFORE_A_LETTER": (S.REVIEWED, S.RECOMMENDED),
            "no": (S.DRAFT, *ON_THE_WAY, *DECIDED),
        },
        "Is there a letter of regret?": {
            "REFUSED": REFUSED,
            "no": (S.DRAFT, *ON_THE_WAY, S.WITHDRAWN, *(s for s in RANKED if s not in REFUSED)),
        },
    },
)


class ClarificationState(StrEnum):
    """The state of a request for clarification."""

    ASKED = "asked"
    ANSWERED = "answered"
    TAKEN_BACK = "taken_back"


C = ClarificationState

CLARIFICATION = Workflow(
    subject="clarification",
    initial=C.ASKED,
    steps=(
        Step(
            "answer_clarification",
            (C.ASKED,),
            C.ANSWERED,
            Permission.APPLICATION_SUBMIT,
            _l("Send the clarification"),
            act="applying.submissions.clarifying.answer",
            page="applications.clarification",
        ),
        Step(
            "take_back_clarification",
            (C.ASKED,),
            C.TAKEN_BACK,
            Permission.SCREENING_DECIDE,
            _l("Withdraw the request"),
            act="applying.submissions.clarifying.take_back",
            within="applications.clarify",
        ),
    ),
    final=(C.ANSWERED, C.TAKEN_BACK),
    names={
        C.ASKED: StateName(_l("Clarification requested"), _l("Clarification requested"), "waiting"),
        C.ANSWERED: StateName(_l("Clarified"), _l("Clarified"), "good"),
        C.TAKEN_BACK: StateName(
            _l("Request for clarification withdrawn"), _l("Request withdrawn"), "neutral"
        ),
    },
)
CAN_BE_CLARIFIED = (*ON_THE_WAY, S.REVIEWED)
"""Submitted, and no decision is proposed yet."""
