"""What a campaign brought: asked → pledged → signed → received, by donor and in all.

USD as the fund's own figures have it (grants.giving.contributions.figures): pledges at the rate of
the day they were made, deposits at that of their value date, bank fees included.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, Subquery, func, select, union
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total, usd
from grants.core.people.models import Organisation
from grants.core.texts.formats import plain_day, whole_money
from grants.giving.contributions.figures import taken_up, valued_pledges
from grants.giving.contributions.models import Deposit
from grants.giving.outreach.models import Campaign, CampaignPledge, OutreachContact
from grants.giving.outreach.workflow import CampaignState
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import PledgeState
from grants.platform.layout.preview import Asking


@dataclass(frozen=True, slots=True)
class DonorResult:
    """One donor's part in a campaign: how often it was asked, what it gave in answer."""

    donor: Organisation
    contacted: int
    """Contacts within the campaign."""
    last_contacted_on: date | None
    pledges: int
    pledged: Money
    signed: Money
    received: Money


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the way from asking to having: how many donors, how much."""

    donors: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a campaign. `contacted` has no amount: nobody is asked for a sum."""

    rows: Sequence[DonorResult]

    @property
    def contacted(self) -> int:
        return sum(1 for row in self.rows if row.contacted)

    @property
    def uncontacted(self) -> int:
        """Donors who answered without having been asked: they followed a link."""
        return sum(1 for row in self.rows if row.pledges and not row.contacted)

    @property
    def pledged(self) -> Stage:
        return self._stage_of([row.pledged for row in self.rows if row.pledges])

    @property
    def signed(self) -> Stage:
        return self._stage_of([row.signed for row in self.rows if row.signed])

    @property
    def received(self) -> Stage:
        return self._stage_of([row.received for row in self.rows if row.received])

    @staticmethod
    def _stage_of(amounts: Sequence[Money]) -> Stage:
        return Stage(len(amounts), total(amounts))


def results_of(session: Session, campaign: Campaign) -> Results:
    """Donors that were asked or answered, a person who gave most first."""
    contacts, gifts = _contacts_by_donor(campaign), _gifts_by_donor(campaign)
    zero = func.coalesce
    rows = session.execute(
        select(
            Organisation,
            zero(contacts.c.times, 0),
            contacts.c.last_on,
            zero(gifts.c.pledges, 0),
            zero(gifts.c.pledged, 0),
            zero(gifts.c.signed, 0),
            zero(gifts.c.received, 0),
        )
        .outerjoin(contacts, contacts.c.donor_id == Organisation.id)
        .outerjoin(gifts, gifts.c.donor_id == Organisation.id)
        # those alone are joined: the database would read every organisation
        .where(Organisation.id.in_(union(select(contacts.c.donor_id), select(gifts.c.donor_id))))
        .order_by(
            zero(gifts.c.received, 0).desc(),
            zero(gifts.c.pledged, 0).desc(),
            func.lower(Organisation.name),
            Organisation.id,
        )
    )
    return Results(
        [
            DonorResult(donor, times, last, pledges, *(usd(int(cents)) for cents in amounts))
            for donor, times, last, pledges, *amounts in rows
        ]
    )


def public_progress(session: Session, campaign: Campaign) -> Results:
    """What the public may know of the results: only pledges that the fund accepted, or that were
    paid; who gave is not told.
    """
    gifts = _gifts_by_donor(campaign, taken_up())
    rows = session.execute(
        select(
            Organisation, gifts.c.pledges, gifts.c.pledged, gifts.c.signed, gifts.c.received
        ).join(gifts, gifts.c.donor_id == Organisation.id)
    )
    return Results(
        [
            DonorResult(donor, 0, None, pledges, *(usd(int(cents)) for cents in amounts))
            for donor, pledges, *amounts in rows
        ]
    )


def is_over(campaign: Campaign) -> bool:
    """Does it no longer ask for gifts?"""
    return campaign.state is not CampaignState.RUNNING or campaign.ends_on < clock.today()


def asking_of(session: Session, campaign: Campaign) -> Asking | None:
    """What the picture beside a shared link to the campaign says: how far it has come, and until
    when gifts are asked for. None where it has neither gifts nor a goal.
    """
    pledged, goal = public_progress(session, campaign).pledged.amount, campaign.target
    if not pledged and not goal:
        return None
    figure = " / ".join(whole_money(amount) for amount in (pledged, goal) if amount)
    day = plain_day(campaign.ends_on)
    if is_over(campaign):
        words = _("Pledged. Thank you to all who took part.")
    elif pledged:
        words = _("Pledged so far. Please give by %(day)s.", day=day)
    else:
        words = _("This is our goal. Be the first to give, by %(day)s.", day=day)
    return Asking(figure, words, pledged.minor / goal.minor if goal else None)


def with_progress(
    session: Session, campaigns: Iterable[Campaign]
) -> list[tuple[Campaign, Results]]:
    """Campaigns, each with what the public may know of its results."""
    return [(campaign, public_progress(session, campaign)) for campaign in campaigns]


def _contacts_by_donor(campaign: Campaign) -> Subquery:
    return (
        select(
            OutreachContact.donor_id,
            func.count().label("times"),
            func.max(OutreachContact.held_on).label("last_on"),
        )
        .where(OutreachContact.campaign_id == campaign.id)
        .group_by(OutreachContact.donor_id)
        .subquery()
    )


def _gifts_by_donor(campaign: Campaign, *conditions: ColumnElement[bool]) -> Subquery:
    """Standing pledges that the campaign brought, and what came on them, by donor."""
    pledge_ids = select(CampaignPledge.pledge_id).where(CampaignPledge.campaign_id == campaign.id)
    valued = valued_pledges(Pledge.id.in_(pledge_ids), *conditions)
    receipts = _received_by_pledge(pledge_ids)
    cents = func.coalesce(valued.c.cents, 0)
    signed = valued.c.state == PledgeState.SIGNED
    return (
        select(
            valued.c.donor_id,
            func.count().label("pledges"),
            func.sum(cents).label("pledged"),
            func.coalesce(func.sum(cents).filter(signed), 0).label("signed"),
            func.coalesce(func.sum(receipts.c.cents), 0).label("received"),
        )
        .outerjoin(receipts, receipts.c.pledge_id == valued.c.id)
        .group_by(valued.c.donor_id)
        .subquery()
    )


def _received_by_pledge(pledges: Select[int]) -> Subquery:
    return (
        select(Deposit.pledge_id, func.sum(Deposit.usd_minor).label("cents"))
        .where(Deposit.pledge_id.in_(pledges))
        .group_by(Deposit.pledge_id)
        .subquery()
    )
