"""Planning and running a campaign, recording a contact, and recording which pledges followed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record
from grants.core.database.numbering import next_number
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import DonorKind, RegionalGroup
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.core.people.viewer import Scope
from grants.giving.donors.models import ContactRole
from grants.giving.donors.service import welcome
from grants.giving.outreach.models import (
    Campaign,
    CampaignDonor,
    CampaignKind,
    CampaignPledge,
    Means,
    Outcome,
    OutreachContact,
)
from grants.giving.outreach.queries import campaign_addressing, campaign_answered, campaign_of
from grants.giving.outreach.workflow import ASKING, CAMPAIGN, CHANGEABLE
from grants.giving.pledges.models import Pledge
from grants.platform.documents.models import Document

RECORD = Permission.OUTREACH_RECORD


@dataclass(frozen=True, slots=True)
class Plan:
    """What a campaign is to be. Name and text in several languages; target in USD cents."""

    kind: CampaignKind
    name: dict[str, str]
    target_minor: int
    starts_on: date
    ends_on: date
    public_text: Mapping[str, str] = field(default_factory=dict)
    kinds: Sequence[DonorKind] = ()
    regions: Sequence[RegionalGroup] = ()
    roles: Sequence[ContactRole] = ()


def plan(session: Session, fund: Fund, terms: Plan, act: Act) -> Campaign:
    """Begin a campaign; nobody is asked before it is launched."""
    act.demand(RECORD, Scope(fund.id))
    year = terms.starts_on.year
    number = next_number(session, f"{fund.code}/campaign/{year}")
    campaign = Campaign(
        code=f"{fund.code}-C-{year}-{number:02d}", fund=fund, made_at=act.at, **_settings_of(terms)
    )
    begin(session, campaign, CAMPAIGN, act)
    return campaign


def require_changeable(campaign: Campaign) -> None:
    """Conflict once the campaign is closed."""
    if campaign.state not in CHANGEABLE:
        raise Conflict(_("This campaign has been closed. Reopen it first."))


def change(session: Session, campaign: Campaign, terms: Plan, act: Act) -> None:
    """Change a campaign that is not over."""
    act.demand(RECORD, campaign.scope)
    require_changeable(campaign)
    for name, value in _settings_of(terms).items():
        setattr(campaign, name, value)
    record(session, campaign, "change", act)


def _settings_of(terms: Plan) -> dict[str, object]:
    if terms.ends_on < terms.starts_on:
        raise DomainError(_("The end date must be on or after the start date."))
    return {
        "kind": terms.kind,
        "name": terms.name,
        "public_text": dict(terms.public_text),
        "target_minor": terms.target_minor,
        "starts_on": terms.starts_on,
        "ends_on": terms.ends_on,
        "kinds": [kind.value for kind in terms.kinds],
        "regions": [region.value for region in terms.regions],
        "roles": [role.value for role in terms.roles],
    }


def choose(
    session: Session, campaign: Campaign, donor: Organisation, act: Act, *, include: bool
) -> None:
    """Ask a donor whatever the audience says, or leave it out of the campaign."""
    act.demand(RECORD, campaign.scope)
    if include:
        welcome(session, donor, act)
    row = session.get(CampaignDonor, (campaign.id, donor.id))
    if row is None:
        row = CampaignDonor(campaign_id=campaign.id, donor_id=donor.id)
        session.add(row)
    row.wanted = include
    record(session, campaign, "choose" if include else "leave_out", act, donor=donor.code)


def remove_donor(session: Session, campaign: Campaign, donor: Organisation, act: Act) -> None:
    """Let the audience alone decide about a donor again."""
    act.demand(RECORD, campaign.scope)
    if row := session.get(CampaignDonor, (campaign.id, donor.id)):
        session.delete(row)
    record(session, campaign, "remove_donor", act, donor=donor.code)


def take_step(session: Session, campaign: Campaign, action: str, act: Act) -> None:
    """Launch, close, reopen or cancel a campaign."""
    advance(session, campaign, CAMPAIGN, action, act)


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is to be done after a contact, by whom and by when."""

    what: str
    on: date
    by: Person


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """A contact with a donor, before it is a record. The same `key` makes one record."""

    means: Means
    held_on: date
    with_whom: str
    outcome: Outcome
    note: str = ""
    campaign: Campaign | None = None
    next_step: NextStep | None = None
    document: Document | None = None
    key: str | None = None


def record_contact(
    session: Session, fund: Fund, donor: Organisation, details: ContactDetails, act: Act
) -> OutreachContact:
    """A person of the fund was in contact with a donor."""
    act.demand(RECORD, Scope(fund.id))
    earlier = _recorded_before(session, details)
    if earlier is not None:
        return earlier
    _validate_contact(session, fund, details)
    welcome(session, donor, act)
    after = details.next_step
    contact = OutreachContact(
        fund=fund,
        donor=donor,
        campaign=details.campaign,
        key=details.key,
        means=details.means,
        held_on=details.held_on,
        by_id=act.actor.person_id,
        with_whom=" ".join(details.with_whom.split())[:200],
        outcome=details.outcome,
        note=details.note.strip() or None,
        document=details.document,
        next_step=after.what.strip() if after else None,
        next_on=after.on if after else None,
        next_by=after.by if after else None,
        recorded_at=act.at,
    )
    session.add(contact)
    record(session, contact, "record", act, donor=donor.code)
    return contact


def _recorded_before(session: Session, details: ContactDetails) -> OutreachContact | None:
    if details.key is None:
        return None
    return session.scalar(select(OutreachContact).where(OutreachContact.key == details.key))


def _validate_contact(session: Session, fund: Fund, details: ContactDetails) -> None:
    if details.held_on > clock.today():
        raise DomainError(
            _("The date of the communication is in the future. Enter it as the next step.")
        )
    if details.campaign and details.campaign.fund_id != fund.id:
        raise DomainError(_("The campaign belongs to another fund."))
    if details.next_step and details.next_step.on < details.held_on:
        raise DomainError(_("The next step cannot be before the communication."))
    if details.next_step and details.next_step.by not in people_of_fund(session, RECORD, fund.id):
        raise DomainError(_("Choose a member of the fund’s staff for the next step."))


def finish_step(session: Session, contact: OutreachContact, act: Act) -> None:
    """The next step that a contact asked for has been done."""
    act.demand(RECORD, contact.scope)
    if contact.next_step is None:
        raise Conflict(_("This communication has no next step."))
    if contact.done_at is None:
        contact.done_at = act.at
        record(session, contact, "finish_step", act)


def join(session: Session, campaign: Campaign, pledge: Pledge, act: Act) -> None:
    """The fund's people find that a campaign brought a pledge; a pledge counts for one alone."""
    act.demand(RECORD, campaign.scope)
    attribution = _attribution_of(session, campaign, pledge)
    if attribution is None:
        _attribute_pledge(session, campaign, pledge, act, by_link=False)
    elif attribution.campaign_id != campaign.id:
        raise Conflict(
            _(
                "This pledge has already been attributed to %(campaign)s.",
                campaign=attribution.campaign.code,
            )
        )


def _attribution_of(session: Session, campaign: Campaign, pledge: Pledge) -> CampaignPledge | None:
    """Refuse what cannot be a result of the campaign; what the pledge counts for by now."""
    if pledge.fund_id != campaign.fund_id:
        raise DomainError(_("The pledge is for another fund."))
    if campaign.state not in ASKING:
        raise DomainError(_("The campaign has not been launched yet. Launch it first."))
    if pledge.pledged_on < campaign.starts_on:
        raise DomainError(_("The pledge was made before the campaign began."))
    one_at_a_time = select(Pledge.id).where(Pledge.id == pledge.id)
    session.execute(one_at_a_time.with_for_update(key_share=True))
    return campaign_of(session, pledge)


def part(session: Session, pledge: Pledge, act: Act) -> None:
    """A pledge is no campaign's result after all; the reason stays in the record."""
    attribution = campaign_of(session, pledge)
    if attribution is None:
        raise Conflict(_("This pledge is not attributed to any campaign."))
    act.demand(RECORD, attribution.campaign.scope)
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    session.delete(attribution)
    record(session, attribution.campaign, "part", act, pledge=pledge.reference)


def join_by_link(session: Session, pledge: Pledge, code: str, act: Act) -> None:
    """Record that a pledge came through the link of a campaign. An unknown link stops no
    pledge.
    """
    campaign = campaign_answered(session, code, pledge.fund) if code else None
    if campaign is not None and campaign_of(session, pledge) is None:
        _attribute_pledge(session, campaign, pledge, act, by_link=True)


def join_as_addressed(session: Session, pledge: Pledge, act: Act) -> None:
    """A pledge of a donor whom a campaign addressed counts to it without its link; a pledge that
    has a campaign already stays with it.
    """
    if campaign_of(session, pledge) is None:
        campaign = campaign_addressing(session, pledge)
        if campaign is not None:
            _attribute_pledge(session, campaign, pledge, act, by_link=False)


def _attribute_pledge(
    session: Session, campaign: Campaign, pledge: Pledge, act: Act, *, by_link: bool
) -> None:
    session.flush()
    session.add(
        CampaignPledge(pledge_id=pledge.id, campaign=campaign, by_link=by_link, joined_at=act.at)
    )
    record(session, campaign, "join", act, pledge=pledge.reference, by_link=by_link)
