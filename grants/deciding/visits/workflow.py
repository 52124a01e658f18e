"""The life of an interview or a site visit, from its plan to its report."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class VisitState(StrEnum):
    """The state of an interview or a visit."""

    PLANNED = "planned"
    REPORTED = "reported"
    CANCELLED = "cancelled"


S = VisitState

VISIT = Workflow(
    subject="visit",
    initial=S.PLANNED,
    steps=(
        Step(
            "change_plan",
            (S.PLANNED,),
            S.PLANNED,
            Permission.SCREENING_DECIDE,
            _l("Change the date or the people"),
            act="deciding.visits.service.change",
            page="visits.change",
        ),
        Step(
            "report",
            (S.PLANNED,),
            S.REPORTED,
            Permission.SCREENING_DECIDE,
            _l("Write the report"),
            act="deciding.visits.service.report",
            page="visits.report",
        ),
        Step(
            "cancel",
            (S.PLANNED,),
            S.CANCELLED,
            Permission.SCREENING_DECIDE,
            _p("visit", "Cancel it"),
            needs_reason=True,
            act="deciding.visits.service.cancel",
            page="visits.cancel",
        ),
    ),
    names={
        S.PLANNED: StateName(_p("visit", "Planned"), _p("visit", "Planned"), "waiting"),
        S.REPORTED: StateName(_p("visit", "Reported"), _p("visit", "Reported"), "good"),
        S.CANCELLED: StateName(_p("visit", "Cancelled"), _p("visit", "Cancelled"), "neutral"),
    },
    final=(S.REPORTED, S.CANCELLED),
)
