"""The life of a campaign. Its contacts and pledges do not move it."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class CampaignState(StrEnum):
    """The state of a campaign."""

    DRAFT = "draft"
    RUNNING = "running"
    CLOSED = "closed"
    CANCELLED = "cancelled"


S = CampaignState
P = Permission

ASKING = (S.RUNNING, S.CLOSED)
"""Donors have been asked: what they pledge may be its result."""
CHANGEABLE = (S.DRAFT, S.RUNNING)
"""States in which the plan and the appeal of a campaign may be changed."""
LINKED = (S.DRAFT, S.RUNNING, S.CLOSED)
"""States in which the link is given out, or was: a cancelled campaign asks nobody."""


CAMPAIGN = Workflow(
    subject="campaign",
    initial=S.DRAFT,
    steps=(
        Step(
            "launch",
            (S.DRAFT,),
            S.RUNNING,
            P.OUTREACH_SEND,
            _l("Launch the campaign"),
            act="giving.outreach.service.take_step",
            page="outreach.step",
        ),
        Step(
            "close",
            (S.RUNNING,),
            S.CLOSED,
            P.OUTREACH_RECORD,
            _l("Close the campaign"),
            act="giving.outreach.service.take_step",
            page="outreach.step",
        ),
        Step(
            "reopen",
            (S.CLOSED,),
            S.RUNNING,
            P.OUTREACH_SEND,
            _l("Reopen the campaign"),
            needs_reason=True,
            act="giving.outreach.service.take_step",
            page="outreach.step",
        ),
        Step(
            "cancel",
            (S.DRAFT,),
            S.CANCELLED,
            P.OUTREACH_RECORD,
            _l("Cancel the campaign"),
            needs_reason=True,
            act="giving.outreach.service.take_step",
            page="outreach.step",
        ),
    ),
    names={
        S.DRAFT: StateName(_l("In preparation"), _l("In preparation"), "neutral"),
        S.RUNNING: StateName(_p("campaign", "Active"), _p("campaign", "Active"), "active"),
        S.CLOSED: StateName(_p("campaign", "Closed"), _p("campaign", "Closed"), "good"),
        S.CANCELLED: StateName(_p("campaign", "Cancelled"), _p("campaign", "Cancelled"), "neutral"),
    },
    final=(S.CANCELLED,),
    partitions={
        "Have donors been asked?": {"ASKING": ASKING, "no": (S.DRAFT, S.CANCELLED)},
        "May it be changed?": {"CHANGEABLE": CHANGEABLE, "it is over": (S.CLOSED, S.CANCELLED)},
    },
)
