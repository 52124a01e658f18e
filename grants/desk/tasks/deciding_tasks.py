"""What the fund’s people have to do from the draft of a call to its published awards."""

from grants.applying.calls.queries import to_close
from grants.applying.calls.ready import to_open
from grants.applying.public_questions import queries as public_questions
from grants.core.kernel.language import ngettext as _n
from grants.core.people.permissions import Permission
from grants.deciding.announcements.announcing import to_publish_count
from grants.deciding.awards.queries import to_approve, to_reject
from grants.deciding.board.queries import to_advise, to_invite, to_recommend
from grants.deciding.decision_lists.queries import to_sign_count as lists_to_sign
from grants.deciding.feedback.queries import to_write_count
from grants.deciding.interests import queries as interests
from grants.deciding.reserve_list.reserve import to_confirm, to_promote
from grants.deciding.reviews.queries import to_assign, to_declare, to_score
from grants.deciding.screening.queries import to_screen
from grants.deciding.sessions import queries as sessions
from grants.deciding.visits.queries import to_visit
from grants.desk.tasks import kinds
from grants.desk.tasks.cases import Case
from grants.desk.tasks.task import Task
from grants.desk.tasks.verbs import Verb

P = Permission


OF_THE_FUND = (
    Task(
        P.CALL_EDIT,
        public_questions.to_answer,
        lambda n: _n("Question about a call to answer", "Questions about calls to answer", n),
        "public_questions.waiting",
    ),
    Task(
        P.CALL_OPEN,
        to_open,
        lambda n: _n("Call ready to be opened", "Calls ready to be opened", n),
        "calls.manage",
        case=Case(kinds.CALL, "calls.show"),
        verb=Verb.OPEN,
    ),
    Task(
        P.CALL_OPEN,
        to_close,
        lambda n: _n(
            "Call to close: its deadline has passed",
            "Calls to close: their deadlines have passed",
            n,
        ),
        "calls.manage",
        case=Case(kinds.CALL, "calls.show"),
        verb=Verb.CLOSE,
    ),
    Task(
        P.SCREENING_DECIDE,
        to_screen,
        lambda n: _n("Application to screen", "Applications to screen", n),
        "screening.index",
        case=Case(kinds.APPLICATION, "screening.check"),
        verb=Verb.SCREEN,
    ),
    Task(
        P.REVIEW_ASSIGN,
        to_assign,
        lambda n: _n("Application needing reviewers", "Applications needing reviewers", n),
        "assigning.queue",
        case=Case(kinds.APPLICATION, "assigning.assign"),
        verb=Verb.ASSIGN,
    ),
    Task(
        P.REVIEW_WRITE,
        to_declare,
        lambda n: _n("Interests to declare", "Interests to declare", n),
        "reviews.index",
        case=Case(kinds.REVIEW, "reviews.show"),
        verb=Verb.DECLARE,
    ),
    Task(
        P.REVIEW_WRITE,
        to_score,
        lambda n: _n("Application to score", "Applications to score", n),
        "reviews.index",
        case=Case(kinds.REVIEW, "reviews.show"),
        verb=Verb.SCORE,
    ),
    Task(
        P.SCREENING_DECIDE,
        to_visit,
        lambda n: _n(
            "Interview or site visit to carry out", "Interviews or site visits to carry out", n
        ),
        "visits.queue",
        case=Case(kinds.APPLICATION, "visits.show"),
        verb=Verb.RECORD,
    ),
    Task(
        P.AWARD_RECOMMEND,
        to_recommend,
        lambda n: _n(
            "Application awaiting your recommendation",
            "Applications awaiting your recommendation",
            n,
        ),
        "decisions.index",
        {"stage": "recommend"},
        case=Case(kinds.APPLICATION, "board.recommend"),
        verb=Verb.RECOMMEND,
    ),
    Task(
        P.AWARD_RECOMMEND,
        to_invite,
        lambda n: _n("Concept note to decide on", "Concept notes to decide on", n),
        "decisions.index",
        {"stage": "invite"},
        case=Case(kinds.APPLICATION, "decisions.show"),
        verb=Verb.DECIDE,
    ),
    Task(
        P.REVIEW_ASSIGN,
        to_write_count,
        lambda n: _n("Feedback to an applicant to write", "Feedback to applicants to write", n),
        "feedback.index",
        case=Case(kinds.APPLICATION, "feedback.letter"),
        verb=Verb.WRITE,
    ),
    Task(
        P.AWARD_RECOMMEND,
        to_promote,
        lambda n: _n(
            "Application on the reserve list can be funded now",
            "Applications on the reserve list can be funded now",
            n,
        ),
        "decisions.index",
        {"stage": "promote"},
        case=Case(kinds.APPLICATION, "decisions.show"),
        verb=Verb.DECIDE,
    ),
    Task(
        P.AWARD_ADVISE,
        to_advise,
        lambda n: _n(
            "Recommendation awaiting the Board’s advice",
            "Recommendations awaiting the Board’s advice",
            n,
        ),
        "decisions.index",
        {"stage": "advise"},
        case=Case(kinds.APPLICATION, "decisions.show"),
        verb=Verb.FOLLOW,
    ),
    Task(
        P.AWARD_ADVISE,
        sessions.to_invite,
        lambda n: _n(
            "Session of the Board with trustees to invite",
            "Sessions of the Board with trustees to invite",
            n,
        ),
        "sessions.index",
        case=Case(kinds.MEETING, "sessions.show"),
        verb=Verb.INVITE,
    ),
    Task(
        P.AWARD_ADVISE,
        sessions.to_hold,
        lambda n: _n(
            "Session of the Board to open or close", "Sessions of the Board to open or close", n
        ),
        "sessions.index",
        case=Case(kinds.MEETING, "sessions.show"),
        verb=Verb.OPEN,
    ),
    Task(
        P.AWARD_ADVISE,
        sessions.unanswered,
        lambda n: _n(
            "Trustee yet to reply before the session",
            "Trustees yet to reply before the session",
            n,
        ),
        "sessions.index",
        others=True,
    ),
    Task(
        P.AWARD_ADVISE,
        sessions.to_sign,
        lambda n: _n("Minutes of the Board to sign", "Minutes of the Board to sign", n),
        "sessions.index",
        case=Case(kinds.MEETING, "sessions.show"),
        verb=Verb.SIGN,
    ),
    Task(
        P.AWARD_ADVISE,
        lists_to_sign,
        lambda n: _n(
            "Signed list of decisions to upload",
            "Signed lists of decisions to upload",
            n,
        ),
        "decision_lists.to_sign",
    ),
    Task(
        P.BOARD_SIT,
        interests.to_declare,
        lambda n: _n("Interests to declare", "Interests to declare", n),
        "dossiers.index",
    ),
    Task(
        P.BOARD_SIT,
        sessions.to_answer,
        lambda n: _n("Opinion to give", "Opinions to give", n),
        "dossiers.index",
        case=Case(kinds.APPLICATION, "sessions.opinion"),
        verb=Verb.OPINE,
    ),
    Task(
        P.BOARD_SIT,
        sessions.to_attend,
        lambda n: _n("Session of the Board", "Sessions of the Board", n),
        "sessions.index",
        case=Case(kinds.MEETING, "sessions.show"),
        verb=Verb.OPEN,
    ),
    Task(
        P.AWARD_APPROVE,
        to_approve,
        lambda n: _n("Award to approve", "Awards to approve", n),
        "decisions.index",
        {"stage": "approve"},
        case=Case(kinds.APPLICATION, "decisions.approve"),
        verb=Verb.APPROVE,
    ),
    Task(
        P.AWARD_APPROVE,
        to_reject,
        lambda n: _n("Application to reject", "Applications to reject", n),
        "decisions.index",
        {"stage": "reject"},
        case=Case(kinds.APPLICATION, "decisions.reject"),
        verb=Verb.REJECT,
    ),
    Task(
        P.AWARD_APPROVE,
        to_confirm,
        lambda n: _n(
            "Place on the reserve list to confirm", "Places on the reserve list to confirm", n
        ),
        "decisions.index",
        {"stage": "confirm"},
        case=Case(kinds.APPLICATION, "decisions.show"),
        verb=Verb.CONFIRM,
    ),
    Task(
        P.CALL_OPEN,
        to_publish_count,
        lambda n: _n("Call with results to publish", "Calls with results to publish", n),
        "publishing.index",
        case=Case(kinds.CALL, "publishing.publish"),
        verb=Verb.PUBLISH,
    ),
)
