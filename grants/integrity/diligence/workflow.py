"""An examination of a donor: one person recommends, another decides."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class DiligenceState(StrEnum):
    """The state of a examination."""

    OPEN = "open"
    RECOMMENDED = "recommended"
    CLEARED = "cleared"
    CONDITIONS = "conditions"
    REFUSED = "refused"
    REVOKED = "revoked"


S = DiligenceState
_MAKERS = ("create", "answer", "recommend")

UNDECIDED = (S.OPEN, S.RECOMMENDED)
CLEARED = (S.CLEARED, S.CONDITIONS)
"""The donor may give until the clearance runs out."""


DILIGENCE = Workflow(
    subject="due_diligence",
    initial=S.OPEN,
    steps=(
        Step(
            "answer",
            (S.OPEN,),
            S.OPEN,
            Permission.DUE_DILIGENCE_RECOMMEND,
            _l("Answer the questions"),
            act="integrity.diligence.service.answer",
            page="diligence.answers",
        ),
        Step(
            "recommend",
            (S.OPEN,),
            S.RECOMMENDED,
            Permission.DUE_DILIGENCE_RECOMMEND,
            _l("Recommend"),
            needs_reason=True,
            act="integrity.diligence.service.recommend",
            page="diligence.recommend",
        ),
        Step(
            "clear",
            (S.RECOMMENDED,),
            S.CLEARED,
            Permission.DUE_DILIGENCE_DECIDE,
            _p("due diligence", "Clear"),
            button=_l("Decide"),
            not_by=_MAKERS,
            act="integrity.diligence.service.decide",
            page="diligence.decide",
        ),
        Step(
            "clear_with_conditions",
            (S.RECOMMENDED,),
            S.CONDITIONS,
            Permission.DUE_DILIGENCE_DECIDE,
            _l("Clear with conditions"),
            needs_reason=True,
            not_by=_MAKERS,
            act="integrity.diligence.service.decide",
            within="diligence.decide",
        ),
        Step(
            "refuse",
            (S.RECOMMENDED,),
            S.REFUSED,
            Permission.DUE_DILIGENCE_DECIDE,
            _l("Refuse"),
            needs_reason=True,
            not_by=_MAKERS,
            act="integrity.diligence.service.decide",
            within="diligence.decide",
        ),
        Step(
            "send_back",
            (S.RECOMMENDED,),
            S.OPEN,
            Permission.DUE_DILIGENCE_DECIDE,
            _l("Return"),
            needs_reason=True,
            act="integrity.diligence.service.send_back",
            page="diligence.send_back",
        ),
        Step(
            "revoke",
            (S.CLEARED, S.CONDITIONS),
            S.REVOKED,
            Permission.DUE_DILIGENCE_DECIDE,
            _l("Revoke"),
            needs_reason=True,
            act="integrity.diligence.service.revoke",
            page="diligence.revoke",
        ),
        Step(
            "take_over",
            (S.OPEN,),
            S.CLEARED,
            Permission.DUE_DILIGENCE_DECIDE,
            _l("Import from earlier records"),
            needs_reason=True,
            not_by=_MAKERS,
            act="integrity.diligence.service.take_over",
            by="the import of a history",
        ),
    ),
    names={
        S.OPEN: StateName(
            _l("In progress"),
            _l("In progress"),
            "active",
            _l("Recommend"),
            ("diligence.recommend",),
        ),
        S.RECOMMENDED: StateName(
            _l("In progress"),
            _l("Awaiting the decision"),
            "waiting",
            _p("next step", "Decide"),
            ("diligence.decide",),
        ),
        S.CLEARED: StateName(_l("Cleared"), _l("Cleared"), "good"),
        S.CONDITIONS: StateName(_l("Cleared"), _l("Cleared with conditions"), "good"),
        S.REFUSED: StateName(_l("Not accepted"), _p("due diligence", "Refused"), "bad"),
        S.REVOKED: StateName(_l("Not accepted"), _p("due diligence", "Revoked"), "bad"),
    },
    final=(S.REFUSED, S.REVOKED),
    partitions={
        "May the donor give?": {
            "UNDECIDED": UNDECIDED,
            "CLEARED": CLEARED,
            "no": (S.REFUSED, S.REVOKED),
        }
    },
)

DONE = {
    "create": _l("Begun"),
    "answer": _l("Questions answered"),
    "attach": _l("File added"),
    "recommend": _p("act", "Recommended"),
    "send_back": _p("due diligence", "Returned"),
    "clear": _l("Cleared"),
    "clear_with_conditions": _l("Cleared with conditions"),
    "refuse": _p("due diligence", "Refused"),
    "revoke": _p("due diligence", "Revoked"),
    "take_over": _l("Imported from earlier records"),
}
"""What each act is called once it is done, for the history."""
