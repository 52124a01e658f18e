"""Finding campaigns, whom they ask, and what was said to a donor."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from grants.core.countries.countries import countries_in
from grants.core.database.words import speaks_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import RegionalGroup
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.giving.donors.models import Donor
from grants.giving.donors.queries import NOT_MERGED
from grants.giving.outreach.models import (
    Campaign,
    CampaignDonor,
    CampaignKind,
    CampaignPledge,
    Means,
    OutreachContact,
)
from grants.giving.outreach.workflow import ASKING, CampaignState
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import STANDING

CODE = re.compile(r"[A-Z0-9-]{1,40}")
"""What a campaign's code looks like."""
SOON = 7
"""Days ahead in which a next step is on the to-do list."""
LATE_ANSWERS = 90
"""Days after a campaign's end in which a pledge of a person it asked may still be its result."""


def _of_the_funds(viewer: Viewer, kind: type[Campaign | OutreachContact]) -> ColumnElement[bool]:
    """Records of the funds whose outreach this person reads."""
    return in_funds_with(viewer, Permission.OUTREACH_SEE, kind.fund_id)


def campaign_for_viewer(session: Session, code: str, viewer: Viewer) -> Campaign:
    """A campaign of a fund this person works for, or Missing."""
    campaign = session.scalar(
        select(Campaign)
        .where(Campaign.code == code.upper(), _of_the_funds(viewer, Campaign))
        .options(joinedload(Campaign.fund))
    )
    if campaign is None:
        raise Missing(_("Campaign %(code)s not found.", code=code))
    return campaign


def campaign_called(session: Session, code: str) -> Campaign | None:
    """The campaign that a public link names, if there is one; a link may hold anything."""
    match = CODE.fullmatch(code.strip().upper())
    return session.scalar(select(Campaign).where(Campaign.code == match[0])) if match else None


def campaign_answered(session: Session, code: str, fund: Fund) -> Campaign | None:
    """The campaign whose link was followed, while its donors are asked or have been: a pledge to
    its fund is its result. None for one that is being prepared, was cancelled, or is not known.
    """
    campaign = campaign_called(session, code)
    if campaign is None or campaign.fund_id != fund.id or campaign.state not in ASKING:
        return None
    return campaign if campaign.starts_on <= clock.today() else None


def campaign_addressing(session: Session, pledge: Pledge) -> Campaign | None:
    """The campaign that last addressed the donor of a pledge before it was made, while answers to
    it are expected.
    """
    contact = OutreachContact
    return session.scalar(
        select(Campaign)
        .join(contact, contact.campaign_id == Campaign.id)
        .where(
            contact.donor_id == pledge.donor_id,
            contact.held_on <= pledge.pledged_on,
            Campaign.fund_id == pledge.fund_id,
            Campaign.state.in_(ASKING),
            Campaign.starts_on <= pledge.pledged_on,
            Campaign.ends_on >= pledge.pledged_on - timedelta(LATE_ANSWERS),
        )
        .order_by(contact.held_on.desc(), contact.id.desc())
        .limit(1)
    )


def public_campaign(session: Session, fund: Fund, code: str) -> Campaign:
    """A campaign that the public may read of; Missing before its first day, and if it was
    cancelled.
    """
    campaign = campaign_answered(session, code, fund)
    if campaign is None:
        raise Missing(_("Campaign %(code)s not found.", code=code))
    return campaign


def running_campaigns(session: Session, fund: Fund) -> Sequence[Campaign]:
    """The campaigns that ask the public for gifts today, the one that ends first first."""
    today = clock.today()
    return session.scalars(
        select(Campaign)
        .where(
            Campaign.fund_id == fund.id,
            Campaign.state == CampaignState.RUNNING,
            Campaign.starts_on <= today,
            Campaign.ends_on >= today,
        )
        .order_by(Campaign.ends_on, Campaign.id)
        .limit(5)
    ).all()


def world_day_without_campaign(session: Session, fund: Fund) -> date | None:
    """The next 30 July, if no campaign of the fund is planned for it; None if one is."""
    today = clock.today()
    year = today.year if today <= date(today.year, 7, 30) else today.year + 1
    world_day = date(year, 7, 30)
    planned = exists().where(
        Campaign.fund_id == fund.id,
        Campaign.kind == CampaignKind.WORLD_DAY,
        Campaign.state != CampaignState.CANCELLED,
        Campaign.starts_on <= world_day,
        Campaign.ends_on >= world_day,
    )
    return None if session.scalar(select(planned)) else world_day


def campaigns_for_viewer(
    viewer: Viewer, fund: str = "", state: CampaignState | None = None
) -> Select[Campaign]:
    """The campaigns of the funds this person works for."""
    query = select(Campaign).where(_of_the_funds(viewer, Campaign))
    if fund:
        query = query.where(Campaign.fund.has(Fund.code == fund))
    if state:
        query = query.where(Campaign.state == state)
    return query.options(joinedload(Campaign.fund))


def open_campaigns(session: Session, viewer: Viewer, fund_id: int) -> Sequence[Campaign]:
    """Campaigns that a contact may belong to: not cancelled, the newest first."""
    return session.scalars(
        campaigns_for_viewer(viewer)
        .where(Campaign.fund_id == fund_id, Campaign.state != CampaignState.CANCELLED)
        .order_by(Campaign.id.desc())
        .limit(100)
    ).all()


def is_donor() -> ColumnElement[bool]:
    """Organisations among the donors: they gave, or are asked to."""
    return exists().where(Donor.organisation_id == Organisation.id)


def audience(campaign: Campaign) -> Select[Organisation]:
    """The donors a campaign asks: of its kinds and regions, and those chosen one by one."""
    picked = select(CampaignDonor.donor_id).where(CampaignDonor.campaign_id == campaign.id)
    targeted = Organisation.kind.in_(campaign.kinds) & is_donor()
    if campaign.regions:
        groups = [RegionalGroup.of(code) for code in campaign.regions]
        targeted &= Organisation.country.in_(countries_in(groups))
    return (
        select(Organisation)
        .where(
            NOT_MERGED,
            or_(targeted, Organisation.id.in_(picked.where(CampaignDonor.wanted))),
            Organisation.id.not_in(picked.where(~CampaignDonor.wanted)),
        )
        .order_by(func.lower(Organisation.name), Organisation.id)
    )


def chosen(session: Session, campaign: Campaign) -> Sequence[CampaignDonor]:
    """Donors that a person chose, or left out, one by one."""
    return session.scalars(
        select(CampaignDonor)
        .where(CampaignDonor.campaign_id == campaign.id)
        .join(CampaignDonor.donor)
        .options(joinedload(CampaignDonor.donor))
        .order_by(func.lower(Organisation.name))
    ).all()


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which contacts to list; nothing set means all."""

    text: str = ""
    fund: str = ""
    campaign: str = ""
    means: Means | None = None
    steps: str = ""
    """"open": with a next step to do; "mine": the viewer's own."""


def contacts_for_viewer(viewer: Viewer, filters: Criteria) -> Select[OutreachContact]:
    """Contacts with donors of the funds this person works for."""
    return (
        select(OutreachContact)
        .where(_of_the_funds(viewer, OutreachContact), *_conditions_of(viewer, filters))
        .options(
            joinedload(OutreachContact.fund),
            joinedload(OutreachContact.donor),
            joinedload(OutreachContact.campaign),
            joinedload(OutreachContact.by),
            joinedload(OutreachContact.next_by),
            joinedload(OutreachContact.document),
        )
    )


def _conditions_of(viewer: Viewer, filters: Criteria) -> Iterable[ColumnElement[bool]]:
    kind = OutreachContact
    if filters.text.strip():
        is_called = speaks_of(filters.text, Organisation.name)
        yield kind.donor_id.in_(select(Organisation.id).where(is_called))
    if filters.fund:
        yield kind.fund.has(Fund.code == filters.fund)
    if filters.campaign:
        yield kind.campaign.has(Campaign.code == filters.campaign)
    if filters.means:
        yield kind.means == filters.means
    if filters.steps in ("open", "mine"):
        yield kind.next_step.is_not(None) & kind.done_at.is_(None)
    if filters.steps == "mine":
        yield kind.next_by_id == viewer.person_id


def contact_for_viewer(session: Session, contact_id: int, viewer: Viewer) -> OutreachContact:
    """One contact, or Missing."""
    contact = session.scalar(
        contacts_for_viewer(viewer, Criteria()).where(OutreachContact.id == contact_id)
    )
    if contact is None:
        raise Missing(_("Contact person not found."))
    return contact


def contacts_with(
    session: Session, viewer: Viewer, donor: Organisation
) -> Sequence[OutreachContact]:
    """What was said to a donor, the newest first."""
    return session.scalars(
        contacts_for_viewer(viewer, Criteria())
        .where(OutreachContact.donor_id == donor.id)
        .order_by(OutreachContact.held_on.desc(), OutreachContact.id.desc())
        .limit(200)
    ).all()


def steps_due(viewer: Viewer, *, late: bool) -> Select[int]:
    """How many next steps wait for this person: late ones, or those of the coming days."""
    today, kind = clock.today(), OutreachContact
    due = kind.next_on < today if late else kind.next_on.between(today, today + timedelta(SOON))
    own_steps = Criteria(steps="mine")
    return select(func.count(kind.id)).where(
        _of_the_funds(viewer, kind), due, *_conditions_of(viewer, own_steps)
    )


def campaign_of(session: Session, pledge: Pledge) -> CampaignPledge | None:
    """Which campaign brought a pledge, if one did."""
    return session.get(CampaignPledge, pledge.id)


def likely_results(session: Session, campaign: Campaign) -> Sequence[Pledge]:
    """Pledges of donors it asked, made from its first day on and joined to no campaign yet."""
    donors = select(OutreachContact.donor_id).where(OutreachContact.campaign_id == campaign.id)
    last = campaign.ends_on + timedelta(LATE_ANSWERS)
    return session.scalars(
        select(Pledge)
        .where(
            Pledge.fund_id == campaign.fund_id,
            Pledge.state.in_(STANDING),
            Pledge.pledged_on.between(campaign.starts_on, last),
            Pledge.donor_id.in_(donors),
            Pledge.id.not_in(select(CampaignPledge.pledge_id)),
        )
        .options(joinedload(Pledge.donor))
        .order_by(Pledge.pledged_on, Pledge.id)
        .limit(100)
    ).all()
