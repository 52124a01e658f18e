"""A possible match with the sanctions list, until a person has dismissed or confirmed it."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class HitState(StrEnum):
    """The state of a possible match."""

    OPEN = "open"
    PROPOSED = "proposed"
    DIFFERENT = "different"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"


S = HitState

SETTLED = (S.DIFFERENT, S.LAPSED)
"""Nothing is held up by it; it is looked at again when what was compared changes."""
UNDECIDED = (S.OPEN, S.PROPOSED)
"""Two people have not decided yet: whatever concerns the organisation waits."""


HIT = Workflow(
    subject="sanctions_hit",
    initial=S.OPEN,
    steps=(
        Step(
            "propose",
            (S.OPEN,),
            S.PROPOSED,
            Permission.SANCTIONS_RESOLVE,
            _l("Propose: this is a different person or entity"),
            needs_reason=True,
            act="integrity.sanctions.matching.propose",
            page="sanctions.decide",
        ),
        Step(
            "tell_apart",
            (S.PROPOSED,),
            S.DIFFERENT,
            Permission.SANCTIONS_RESOLVE,
            _l("Confirm: this is a different person or entity"),
            needs_reason=True,
            not_by=("propose",),
            act="integrity.sanctions.matching.tell_apart",
            page="sanctions.decide",
        ),
        Step(
            "confirm",
            (S.OPEN, S.PROPOSED, S.DIFFERENT),
            S.CONFIRMED,
            Permission.SANCTIONS_RESOLVE,
            _l("This is the listed person or entity"),
            needs_reason=True,
            act="integrity.sanctions.matching.confirm",
            page="sanctions.decide",
        ),
        Step(
            "lift",
            (S.CONFIRMED,),
            S.DIFFERENT,
            Permission.DUE_DILIGENCE_DECIDE,
            _l("Reverse the confirmed match"),
            needs_reason=True,
            not_by=("confirm",),
            act="integrity.sanctions.matching.lift",
            page="sanctions.decide",
        ),
        Step(
            "reopen",
            (S.PROPOSED, S.DIFFERENT, S.LAPSED),
            S.OPEN,
            Permission.SANCTIONS_RESOLVE,
            _l("Review again"),
            needs_reason=True,
            act="integrity.sanctions.matching.reopen",
            page="sanctions.decide",
        ),
        Step(
            "lapse",
            (S.OPEN, S.PROPOSED, S.DIFFERENT, S.CONFIRMED),
            S.LAPSED,
            Permission.SANCTIONS_IMPORT,
            _l("No longer a match"),
            needs_reason=True,
            act="integrity.sanctions.matching.compare",
            by="the comparison with a new list",
        ),
    ),
    names={
        S.OPEN: StateName(_l("Awaiting review"), _l("Awaiting review"), "waiting"),
        S.PROPOSED: StateName(
            _l("Awaiting review"), _l("Awaiting confirmation by another person"), "waiting"
        ),
        S.DIFFERENT: StateName(
            _l("A different person or entity"), _l("A different person or entity"), "good"
        ),
        S.CONFIRMED: StateName(_l("On the list"), _l("On the list"), "bad"),
        S.LAPSED: StateName(_l("No longer a match"), _l("No longer a match"), "neutral"),
    },
    partitions={
        "Is it looked at again when what was compared changes?": {
            "SETTLED": SETTLED,
            "UNDECIDED": UNDECIDED,
            "it is held up already": (S.CONFIRMED,),
        }
    },
)
