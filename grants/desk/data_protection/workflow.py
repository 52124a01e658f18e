"""The life of a request for erasure."""

from enum import StrEnum
from typing import Any

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class ErasureState(StrEnum):
    """The state of a request for erasure."""

    ASKED = "asked"
    PROPOSED = "proposed"
    ERASED = "erased"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


S = ErasureState


def _by_one(request: Any) -> bool:
    """May one person decide? Of those who decided or paid, two do."""
    return not request.needs_second


def _by_two(request: Any) -> bool:
    return bool(request.needs_second)


ERASURE = Workflow(
    subject="erasure_request",
    initial=S.ASKED,
    steps=(
        Step(
            "erase",
            (S.ASKED,),
            S.ERASED,
            Permission.ERASURE_DECIDE,
            _l("Erase the data"),
            needs_reason=True,
            act="desk.data_protection.service.erase_at_once",
            page="data_protection.erase",
            only=_by_one,
            closed=_l(
                "This person has taken decisions or made payments for a fund, "
                "so a second person must confirm."
            ),
        ),
        Step(
            "propose",
            (S.ASKED,),
            S.PROPOSED,
            Permission.ERASURE_DECIDE,
            _l("Propose to erase the data"),
            needs_reason=True,
            act="desk.data_protection.service.propose",
            page="data_protection.propose",
            only=_by_two,
            closed=_l("One person may decide on this request."),
        ),
        Step(
            "confirm",
            (S.PROPOSED,),
            S.ERASED,
            Permission.ERASURE_DECIDE,
            _l("Confirm and erase"),
            not_by=("propose",),
            act="desk.data_protection.service.confirm",
            page="data_protection.confirm",
        ),
        Step(
            "refuse",
            (S.ASKED, S.PROPOSED),
            S.REFUSED,
            Permission.ERASURE_DECIDE,
            _l("Refuse"),
            needs_reason=True,
            act="desk.data_protection.service.refuse",
            page="data_protection.refuse",
        ),
        Step(
            "withdraw",
            (S.ASKED, S.PROPOSED),
            S.WITHDRAWN,
            Permission.ERASURE_DECIDE,
            act="desk.data_protection.service.withdraw",
            by="the person who asked, under “Your data”",
        ),
    ),
    names={
        S.ASKED: StateName(_l("To be decided"), _l("To be decided"), "waiting"),
        S.PROPOSED: StateName(_l("To be decided"), _l("To be confirmed"), "waiting"),
        S.ERASED: StateName(_l("Erased"), _l("Erased"), "good"),
        S.REFUSED: StateName(_p("request", "Refused"), _p("request", "Refused"), "neutral"),
        S.WITHDRAWN: StateName(_p("request", "Withdrawn"), _p("request", "Withdrawn"), "neutral"),
    },
    final=(S.ERASED, S.REFUSED, S.WITHDRAWN),
)

OPEN = (S.ASKED, S.PROPOSED)
