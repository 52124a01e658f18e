"""The way of an appointment that a second person confirms."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class AppointmentState(StrEnum):
    """The state of an appointment."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


S = AppointmentState
P = Permission

APPOINTMENT = Workflow(
    subject="appointment",
    initial=S.PROPOSED,
    steps=(
        Step(
            "confirm",
            (S.PROPOSED,),
            S.CONFIRMED,
            P.PEOPLE_CONFIRM,
            _l("Confirm the appointment"),
            not_by=("create",),
            act="platform.staff.service.confirm",
            page="staff.confirm",
        ),
        Step(
            "decline",
            (S.PROPOSED,),
            S.DECLINED,
            P.PEOPLE_CONFIRM,
            _l("Decline the appointment"),
            needs_reason=True,
            not_by=("create",),
            act="platform.staff.service.decline",
            page="staff.decline",
        ),
        Step(
            "withdraw",
            (S.PROPOSED,),
            S.WITHDRAWN,
            P.PEOPLE_INVITE,
            _l("Withdraw the appointment"),
            needs_reason=True,
            act="platform.staff.service.withdraw",
            page="staff.withdraw",
        ),
    ),
    names={
        S.PROPOSED: StateName(_l("Awaiting confirmation"), _l("Awaiting confirmation"), "waiting"),
        S.CONFIRMED: StateName(_l("Confirmed"), _l("Confirmed"), "good"),
        S.DECLINED: StateName(_p("appointment", "Declined"), _p("appointment", "Declined"), "bad"),
        S.WITHDRAWN: StateName(
            _p("appointment", "Withdrawn"), _p("appointment", "Withdrawn"), "neutral"
        ),
    },
    final=(S.CONFIRMED, S.DECLINED, S.WITHDRAWN),
)
