"""The life of an import: checked by the system, confirmed by another person, taken over whole."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class ImportState(StrEnum):
    """The state of an import."""

    UPLOADED = "uploaded"
    FAULTY = "faulty"
    CHECKED = "checked"
    CONFIRMED = "confirmed"
    TAKEN_OVER = "taken_over"
    DISCARDED = "discarded"


S, P = ImportState, Permission.HISTORY_IMPORT

AT_WORK = (S.UPLOADED, S.CONFIRMED)
"""The system is working on it."""


IMPORT = Workflow(
    subject="history_import",
    initial=S.UPLOADED,
    steps=(
        Step(
            "check",
            (S.UPLOADED,),
            S.CHECKED,
            P,
            act="desk.moving_in.service.note_checked",
            by="the job that checks an import",
        ),
        Step(
            "find_faults",
            (S.UPLOADED, S.CONFIRMED),
            S.FAULTY,
            P,
            act="desk.moving_in.service.note_faults",
            by="the job that checks an import",
        ),
        Step(
            "confirm",
            (S.CHECKED,),
            S.CONFIRMED,
            P,
            _l("Confirm and import"),
            not_by=("create",),
            act="desk.moving_in.service.confirm",
            page="moving_in.confirm",
            in_place=True,
        ),
        Step(
            "take_over",
            (S.CONFIRMED,),
            S.TAKEN_OVER,
            P,
            act="desk.moving_in.service.note_taken_over",
            by="the job that takes an import over",
        ),
        Step(
            "discard",
            (S.CHECKED, S.FAULTY),
            S.DISCARDED,
            P,
            _l("Discard"),
            act="desk.moving_in.service.discard",
            page="moving_in.discard",
            in_place=True,
        ),
    ),
    names={
        S.UPLOADED: StateName(_l("Being checked"), _l("Being checked"), "active"),
        S.FAULTY: StateName(_l("Has errors"), _l("Has errors"), "bad"),
        S.CHECKED: StateName(_l("Awaiting confirmation"), _l("Awaiting confirmation"), "waiting"),
        S.CONFIRMED: StateName(_l("Being imported"), _l("Being imported"), "active"),
        S.TAKEN_OVER: StateName(_l("Imported"), _l("Imported"), "good"),
        S.DISCARDED: StateName(_l("Discarded"), _l("Discarded")),
    },
    final=(S.TAKEN_OVER, S.DISCARDED),
    partitions={
        "Is the system working on it?": {
            "AT_WORK": AT_WORK,
            "no": (S.FAULTY, S.CHECKED, S.TAKEN_OVER, S.DISCARDED),
        }
    },
)
