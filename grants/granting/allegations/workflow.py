"""The life of an allegation, from its receipt to what was concluded and done."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class AllegationState(StrEnum):
    """The state of an allegation."""

    RECEIVED = "received"
    EXAMINED = "examined"
    SUBSTANTIATED = "substantiated"
    NOT_SUBSTANTIATED = "not_substantiated"
    CLOSED = "closed"


S = AllegationState

STOPPING = (S.SUBSTANTIATED,)
"""Nothing is paid to the organisation."""
OTHERS = (S.RECEIVED, S.EXAMINED, S.NOT_SUBSTANTIATED, S.CLOSED)
"""Payments go on: nothing is shown yet, nothing was there, or it is dealt with."""

ALLEGATION = Workflow(
    subject="allegation",
    initial=S.RECEIVED,
    steps=(
        Step(
            "examine",
            (S.RECEIVED,),
            S.EXAMINED,
            Permission.ALLEGATION_EXAMINE,
            _l("Begin the examination"),
            act="granting.allegations.service.examine",
            page="allegations.examine",
        ),
        Step(
            "substantiate",
            (S.EXAMINED,),
            S.SUBSTANTIATED,
            Permission.ALLEGATION_EXAMINE,
            _l("Record as substantiated"),
            needs_reason=True,
            act="granting.allegations.service.substantiate",
            page="allegations.substantiate",
        ),
        Step(
            "dismiss",
            (S.EXAMINED,),
            S.NOT_SUBSTANTIATED,
            Permission.ALLEGATION_EXAMINE,
            _l("Record as not substantiated"),
            needs_reason=True,
            act="granting.allegations.service.dismiss",
            page="allegations.dismiss",
        ),
        Step(
            "close",
            (S.SUBSTANTIATED, S.NOT_SUBSTANTIATED),
            S.CLOSED,
            Permission.ALLEGATION_EXAMINE,
            _l("Close the allegation"),
            needs_reason=True,
            act="granting.allegations.service.close",
            page="allegations.close",
        ),
    ),
    names={
        S.RECEIVED: StateName(_p("allegation", "Received"), _p("allegation", "Received"), "bad"),
        S.EXAMINED: StateName(_l("Being examined"), _l("Being examined"), "waiting"),
        S.SUBSTANTIATED: StateName(
            _l("Substantiated: payments are stopped"),
            _l("Substantiated: payments are stopped"),
            "bad",
        ),
        S.NOT_SUBSTANTIATED: StateName(_l("Not substantiated"), _l("Not substantiated"), "neutral"),
        S.CLOSED: StateName(_p("allegation", "Closed"), _p("allegation", "Closed"), "good"),
    },
    final=(S.CLOSED,),
    partitions={
        "Does it stop payments?": {"STOPPING": STOPPING, "OTHERS": OTHERS},
    },
)
