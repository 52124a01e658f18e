"""The life of a proposal to merge two organisations or donors."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class MergeState(StrEnum):
    """The state of a proposed merge."""

    PROPOSED = "proposed"
    MERGED = "merged"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


S = MergeState

MERGE = Workflow(
    subject="organisation_merge",
    initial=S.PROPOSED,
    steps=(
        Step(
            "merge",
            (S.PROPOSED,),
            S.MERGED,
            Permission.ORGANISATION_MERGE,
            _l("Confirm and merge"),
            not_by=("create",),
            act="desk.merging.service.confirm",
            page="merging.confirm",
        ),
        Step(
            "refuse",
            (S.PROPOSED,),
            S.REFUSED,
            Permission.ORGANISATION_MERGE,
            _l("Do not merge"),
            needs_reason=True,
            not_by=("create",),
            act="desk.merging.service.refuse",
            page="merging.refuse",
        ),
        Step(
            "withdraw",
            (S.PROPOSED,),
            S.WITHDRAWN,
            Permission.ORGANISATION_MERGE,
            _l("Withdraw the proposal"),
            needs_reason=True,
            act="desk.merging.service.withdraw",
            page="merging.withdraw",
        ),
    ),
    names={
        S.PROPOSED: StateName(_l("To be confirmed"), _l("To be confirmed"), "waiting"),
        S.MERGED: StateName(_l("Merged"), _l("Merged"), "good"),
        S.REFUSED: StateName(_l("Not merged"), _l("Not merged"), "neutral"),
        S.WITHDRAWN: StateName(_l("Withdrawn"), _l("Withdrawn"), "neutral"),
    },
    final=(S.MERGED, S.REFUSED, S.WITHDRAWN),
)
