"""The life of a donor's request to pay on another day."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class DateState(StrEnum):
    """The state of a request for another date."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"


D = DateState

NEW_DATE = Workflow(
    subject="new date",
    initial=D.ASKED,
    steps=(
        Step(
            "accept",
            (D.ASKED,),
            D.ACCEPTED,
            Permission.PLEDGE_SCHEDULE,
            _l("Accept"),
            act="giving.pledges.dates.service.accept",
            page="payment_dates.show",
        ),
        Step(
            "refuse",
            (D.ASKED,),
            D.REFUSED,
            Permission.PLEDGE_SCHEDULE,
            _l("Decline"),
            needs_reason=True,
            act="giving.pledges.dates.service.refuse",
            page="payment_dates.show",
        ),
    ),
    names={
        D.ASKED: StateName(
            _l("Requested: we will reply soon"),
            _l("Awaiting a reply"),
            "waiting",
            _p("next step", "Reply"),
        ),
        D.ACCEPTED: StateName(_l("Agreed"), _l("Agreed"), "good"),
        D.REFUSED: StateName(_l("Not agreed"), _p("payment date", "Declined"), "bad"),
    },
    final=(D.ACCEPTED, D.REFUSED),
)
