"""The life of a call for proposals."""

from enum import StrEnum
from typing import Any

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class CallState(StrEnum):
    """The state of a call. Whether applications are taken is decided by the clock as well."""

    DRAFT = "draft"
    TEST = "test"
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


S = CallState

PREPARED = (S.DRAFT, S.TEST)
"""Not published: only the fund's people see it, and it can still be changed."""

OVER = (S.PUBLISHED, S.WITHDRAWN)
"""It may go to the archive, and come back as what it was."""

SCHEDULED = StateName(_l("Opens soon"), _l("Scheduled"), "waiting")
"""An open call before its opening: published, and taking no applications yet."""


def _was_published(call: Any) -> bool:
    return call.archived_as is S.PUBLISHED


def _was_withdrawn(call: Any) -> bool:
    return call.archived_as is S.WITHDRAWN


CALL = Workflow(
    subject="call",
    initial=S.DRAFT,
    steps=(
        Step(
            "begin_test",
            (S.DRAFT,),
            S.TEST,
            Permission.CALL_EDIT,
            _l("Test the call"),
            act="applying.calls.trials.begin_test",
            page="builder.trials",
        ),
        Step(
            "end_test",
            (S.TEST,),
            S.DRAFT,
            Permission.CALL_EDIT,
            _l("End the test"),
            act="applying.calls.trials.end_test",
            within="builder.trials",
        ),
        Step(
            "open",
            PREPARED,
            S.OPEN,
            Permission.CALL_OPEN,
            _l("Open the call"),
            act="applying.calls.service.open_call",
            page="calls.open_",
        ),
        Step(
            "extend",
            (S.OPEN,),
            S.OPEN,
            Permission.CALL_OPEN,
            _l("Extend the deadline"),
            needs_reason=True,
            act="applying.submissions.service.extend_deadline",
            page="applications.extend",
        ),
        Step(
            "amend",
            (S.OPEN,),
            S.OPEN,
            Permission.CALL_OPEN,
            _l("Amend the call"),
            needs_reason=True,
            act="applying.submissions.service.amend_call",
            page="applications.amend",
        ),
        Step(
            "close",
            (S.OPEN,),
            S.CLOSED,
            Permission.CALL_OPEN,
            _l("Close the call"),
            act="applying.calls.service.close_call",
            page="calls.close",
        ),
        Step(
            "withdraw",
            (S.OPEN, S.CLOSED),
            S.WITHDRAWN,
            Permission.CALL_OPEN,
            _l("Withdraw the call"),
            needs_reason=True,
            act="applying.submissions.service.withdraw_call",
            page="applications.withdraw_call",
        ),
        Step(
            "publish_results",
            (S.CLOSED,),
            S.PUBLISHED,
            Permission.CALL_OPEN,
            _l("Publish the results"),
            act="deciding.announcements.announcing.publish",
            page="publishing.publish",
        ),
        Step(
            "change_results",
            (S.PUBLISHED,),
            S.PUBLISHED,
            Permission.CALL_OPEN,
            _l("Change the published results"),
            needs_reason=True,
            act="deciding.announcements.announcing.publish",
            page="publishing.publish",
        ),
        Step(
            "archive",
            OVER,
            S.ARCHIVED,
            Permission.CALL_OPEN,
            _l("Archive the call"),
            act="deciding.announcements.archiving.archive",
            page="archiving.archive",
        ),
        Step(
            "bring_back",
            (S.ARCHIVED,),
            S.PUBLISHED,
            Permission.CALL_OPEN,
            _l("Bring the call back from the archive"),
            act="deciding.announcements.archiving.bring_back",
            page="archiving.bring_back",
            only=_was_published,
        ),
        Step(
            "bring_back_withdrawn",
            (S.ARCHIVED,),
            S.WITHDRAWN,
            Permission.CALL_OPEN,
            _l("Bring the call back from the archive"),
            act="deciding.announcements.archiving.bring_back",
            page="archiving.bring_back",
            only=_was_withdrawn,
        ),
    ),
    names={
        S.DRAFT: StateName(_l("In preparation"), _l("Draft"), "neutral"),
        S.TEST: StateName(_l("In preparation"), _l("Being tested"), "active"),
        S.OPEN: StateName(_p("call", "Open"), _p("call", "Open"), "good"),
        S.CLOSED: StateName(_p("call", "Closed"), _p("call", "Closed"), "neutral"),
        S.WITHDRAWN: StateName(_p("call", "Withdrawn"), _p("call", "Withdrawn"), "neutral"),
        S.PUBLISHED: StateName(_l("Results published"), _l("Results published"), "good"),
        S.ARCHIVED: StateName(_p("call", "Archived"), _p("call", "Archived"), "neutral"),
    },
)
