"""The life of a session of the Board of Trustees, from its agenda to the signed minutes."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class SessionState(StrEnum):
    """The state of a session."""

    PREPARED = "prepared"
    INVITED = "invited"
    OPEN = "open"
    CLOSED = "closed"
    SIGNED = "signed"
    CANCELLED = "cancelled"


S = SessionState

AHEAD = (S.PREPARED, S.INVITED)
"""The agenda and the date can be changed, and trustees can give their opinion."""
HELD = (S.CLOSED, S.SIGNED)
"""The Board has given its advice; nothing of it changes any more."""
TAKEN_UP = (S.OPEN, *HELD)
"""The Board has begun to advise on what is on the agenda."""
STANDING = (*AHEAD, S.OPEN)
"""What is on its agenda is on no other."""
TO_ATTEND = (S.INVITED, S.OPEN)
"""Trustees are asked to come, or sit."""

BOARD_SESSION = Workflow(
    subject="board_session",
    initial=S.PREPARED,
    steps=(
        Step(
            "invite",
            (S.PREPARED,),
            S.INVITED,
            Permission.AWARD_ADVISE,
            _l("Invite the trustees"),
            act="deciding.sessions.service.invite",
            page="sessions.invite",
        ),
        Step(
            "reschedule",
            (S.INVITED,),
            S.INVITED,
            Permission.AWARD_ADVISE,
            _l("Change the date or the place"),
            needs_reason=True,
            act="deciding.sessions.service.reschedule",
            page="sessions.reschedule",
        ),
        Step(
            "open",
            (S.INVITED,),
            S.OPEN,
            Permission.AWARD_ADVISE,
            _l("Open the session"),
            act="deciding.sessions.sitting.open_session",
            page="sessions.open_session",
        ),
        Step(
            "close",
            (S.OPEN,),
            S.CLOSED,
            Permission.AWARD_ADVISE,
            _l("Close the session"),
            act="deciding.sessions.sitting.close_session",
            page="sessions.close",
        ),
        Step(
            "sign",
            (S.CLOSED,),
            S.SIGNED,
            Permission.AWARD_ADVISE,
            _l("Attach the signed minutes"),
            act="deciding.sessions.service.attach_signed",
            page="sessions.sign",
        ),
        Step(
            "cancel",
            (S.PREPARED, S.INVITED),
            S.CANCELLED,
            Permission.AWARD_ADVISE,
            _l("Cancel the session"),
            needs_reason=True,
            act="deciding.sessions.service.cancel",
            page="sessions.cancel",
        ),
    ),
    names={
        S.PREPARED: StateName(_l("In preparation"), _l("In preparation"), "neutral"),
        S.INVITED: StateName(_l("Trustees invited"), _l("Trustees invited"), "waiting"),
        S.OPEN: StateName(_p("session", "In session"), _p("session", "In session"), "active"),
        S.CLOSED: StateName(_l("Minutes to be signed"), _l("Minutes to be signed"), "waiting"),
        S.SIGNED: StateName(_l("Minutes signed"), _l("Minutes signed"), "good"),
        S.CANCELLED: StateName(_p("session", "Cancelled"), _p("session", "Cancelled"), "neutral"),
    },
    final=(S.SIGNED, S.CANCELLED),
    partitions={
        "Can the agenda be changed, and opinions given?": {
            "AHEAD": AHEAD,
            "no": (S.OPEN, *HELD, S.CANCELLED),
        },
        "Has the Board given its advice?": {"HELD": HELD, "no": (*AHEAD, S.OPEN, S.CANCELLED)},
        "Has the Board begun to advise?": {"TAKEN_UP": TAKEN_UP, "no": (*AHEAD, S.CANCELLED)},
        "Does it keep what is on its agenda?": {"STANDING": STANDING, "no": (*HELD, S.CANCELLED)},
        "Is it a trustee’s to attend?": {
            "TO_ATTEND": TO_ATTEND,
            "no": (S.PREPARED, *HELD, S.CANCELLED),
        },
    },
)
