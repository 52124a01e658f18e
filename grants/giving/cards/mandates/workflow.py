"""The life of a mandate: begun on the page of a gift, active at the provider, stopped here or
there, in any order.
"""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class MandateState(StrEnum):
    """The state of a mandate for monthly gifts."""

    STARTED = "started"
    ACTIVE = "active"
    STOPPING = "stopping"
    STOPPED = "stopped"
    CLOSED = "closed"


S = MandateState
MAY_STOP = (S.STARTED, S.ACTIVE)
"""Nobody has asked to stop it yet."""
LIVE = (S.STARTED, S.ACTIVE, S.STOPPING)
"""The provider may still charge the card."""
UNCONFIRMED = (S.STARTED, S.STOPPING)
"""The provider has to confirm it."""
NOT_GIVEN = (S.STARTED, S.CLOSED)
"""The giver has not given it, as far as is known."""
GIVEN = (S.ACTIVE, S.STOPPING)
"""It may end at the provider."""

MANDATE = Workflow(
    subject="card_mandate",
    initial=S.STARTED,
    steps=(
        Step(
            "activate",
            (S.STARTED, S.CLOSED),
            S.ACTIVE,
            Permission.CONTRIBUTION_RECORD,
            _l("Record as active"),
            act="giving.cards.mandates.service.settle_mandate",
            by="the provider of card payments",
        ),
        Step(
            "close",
            (S.STARTED,),
            S.CLOSED,
            Permission.CONTRIBUTION_RECORD,
            _l("Close without a mandate"),
            act="giving.cards.mandates.service.settle_mandate",
            by="the provider of card payments",
        ),
        Step(
            "stop",
            MAY_STOP,
            S.STOPPING,
            Permission.PLEDGE_MAKE,
            _l("Stop the monthly gift"),
            act="giving.cards.mandates.service.stop_by_giver",
            within="own_monthly.stop",
        ),
        Step(
            "stop_for_giver",
            MAY_STOP,
            S.STOPPING,
            Permission.CONTRIBUTION_RECORD,
            _l("Stop the monthly gift"),
            needs_reason=True,
            act="giving.cards.mandates.service.stop_for_giver",
            page="card_mandates.stop_for_giver",
        ),
        Step(
            "end",
            (S.ACTIVE, S.STOPPING),
            S.STOPPED,
            Permission.CONTRIBUTION_RECORD,
            _l("Record as stopped"),
            act="giving.cards.mandates.service.settle_mandate",
            by="the provider of card payments",
        ),
    ),
    names={
        S.STARTED: StateName(
            _l("Being confirmed"), _l("Started"), "waiting", _l("The provider confirms")
        ),
        S.ACTIVE: StateName(_l("Every month"), _l("Active"), "good"),
        S.STOPPING: StateName(
            _l("Being stopped"), _l("Being stopped"), "waiting", _l("The provider confirms")
        ),
        S.STOPPED: StateName(_l("Stopped"), _l("Stopped"), "neutral"),
        S.CLOSED: StateName(_l("Not started"), _l("Not started"), "neutral"),
    },
    final=(S.STOPPED,),
)
