"""A campaign from its plan to what it brought."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from grants.books.ledger.rates import NewRate, add_rates
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import DonorKind, RegionalGroup
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.core.texts.formats import whole_money
from grants.giving.outreach import service
from grants.giving.outreach.models import Campaign, CampaignKind
from grants.giving.outreach.queries import (
    audience,
    campaign_of,
    likely_results,
    world_day_without_campaign,
)
from grants.giving.outreach.results import results_of
from grants.giving.outreach.service import Plan
from grants.giving.outreach.workflow import CampaignState
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.service import Agreement, decline, sign_agreement
from grants.giving.totals.figures import fund_totals
from tests.factories import (
    a_campaign,
    a_card,
    a_contact,
    a_deposit,
    a_donor,
    a_pledge,
    act_of,
    an_organisation,
    staff,
)
from tests.platform.web.client import SignInAs, StrictClient


def asked(session: Session, campaign: Campaign) -> list[str]:
    return [donor.name for donor in session.scalars(audience(campaign))]


def known(session: Session, name: str, kind: DonorKind, country: str | None) -> Organisation:
    """A donor that the fund may write to."""
    donor = a_donor(session, name, kind, country)
    a_card(session, donor)
    return donor


def test_a_campaign_gets_a_code_that_its_link_can_carry(session: Session, fund: Fund) -> None:
    campaign = a_campaign(session, fund, starts_on=date(2026, 7, 1), ends_on=date(2026, 8, 1))
    assert campaign.code == "UNVTF-C-2026-01"
    assert campaign.path == "/pledge/UNVTF?campaign=UNVTF-C-2026-01"


def test_it_asks_donors_of_its_kinds_and_regions(session: Session, fund: Fund) -> None:
    known(session, "Arcadia", DonorKind.MEMBER_STATE, "GR")
    known(session, "Nubia", DonorKind.MEMBER_STATE, "SD")
    known(session, "Lantern", DonorKind.FOUNDATION, "GR")
    an_organisation(session, "An applicant", "GR")
    campaign = a_campaign(
        session,
        fund,
        kinds=[DonorKind.MEMBER_STATE, DonorKind.NGO],
        regions=[RegionalGroup.WESTERN],
    )
    assert asked(session, campaign) == ["Arcadia"]


def test_a_donor_may_be_chosen_or_left_out_whatever_the_audience_says(
    session: Session, fund: Fund
) -> None:
    state = known(session, "Arcadia", DonorKind.MEMBER_STATE, "GR")
    other = known(session, "Lantern", DonorKind.FOUNDATION, "CH")
    campaign = a_campaign(session, fund)
    act = act_of(session, staff(session, Role.PROGRAMME_OFFICER))
    service.choose(session, campaign, other, act, include=True)
    service.choose(session, campaign, state, act, include=False)
    assert asked(session, campaign) == ["Lantern"]
    service.remove_donor(session, campaign, state, act)
    service.choose(session, campaign, other, act, include=False)
    assert asked(session, campaign) == ["Arcadia"]


def test_launching_is_for_whoever_may_send(session: Session, fund: Fund) -> None:
    campaign = a_campaign(session, fund, launched=False)
    officer = act_of(session, staff(session, Role.PROGRAMME_OFFICER))
    with pytest.raises(Forbidden):
        service.take_step(session, campaign, "launch", officer)
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    service.take_step(session, campaign, "launch", manager)
    service.take_step(session, campaign, "close", officer)
    with pytest.raises(Conflict):
        service.change(session, campaign, a_plan(), officer)
    with pytest.raises(DomainError):
        service.take_step(session, campaign, "reopen", manager)
    again = act_of(session, staff(session, Role.FUND_MANAGER), "Two more States asked for it.")
    service.take_step(session, campaign, "reopen", again)
    assert campaign.state is CampaignState.RUNNING


def a_plan(ends_on: date | None = None) -> Plan:
    day = clock.today()
    return Plan(CampaignKind.OTHER, {"en": "Other"}, 0, day, ends_on or day)


def test_a_campaign_cannot_end_before_it_begins(session: Session, fund: Fund) -> None:
    act = act_of(session, staff(session, Role.FUND_MANAGER))
    with pytest.raises(DomainError):
        service.plan(session, fund, a_plan(ends_on=clock.today() - timedelta(1)), act)


def test_what_it_brought_is_what_the_funds_own_figures_say(session: Session, fund: Fund) -> None:
    day = clock.today()
    rate = NewRate("EUR", day - timedelta(40), Decimal("0.9"))
    add_rates(session, [rate], Act.by_system("test"))
    donors = [known(session, f"State {n}", DonorKind.MEMBER_STATE, "GR") for n in range(3)]
    campaign = a_campaign(session, fund)
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    for donor in donors:
        a_contact(session, fund, donor, campaign)
    first = a_pledge(session, fund, Money(100_000, "EUR"), donors[0])
    second = a_pledge(session, fund, usd(70_000), donors[1])
    dropped = a_pledge(session, fund, usd(5_000), donors[2])
    for pledge in (first, second, dropped):
        service.join(session, campaign, pledge, manager)
    sign_agreement(session, first, Agreement(day), manager)
    decline(session, dropped, act_of(session, staff(session, Role.FUND_MANAGER), "Not for us."))
    a_deposit(session, fund, first, Money(40_000, "EUR"), value_on=day, fee=Money(500, "EUR"))
    found, books = results_of(session, campaign), fund_totals(session, fund)
    assert found.contacted == 3
    assert (found.pledged.donors, found.pledged.amount) == (2, books.pledged)
    assert (found.signed.donors, found.signed.amount) == (1, books.signed)
    assert (found.received.donors, found.received.amount) == (1, books.received)
    assert books.received == usd(45_000)
    assert [row.donor.name for row in found.rows] == ["State 0", "State 1", "State 2"]


def a_result(session: Session, fund: Fund) -> tuple[Campaign, Pledge]:
    campaign = a_campaign(session, fund)
    donor = known(session, "Arcadia", DonorKind.MEMBER_STATE, "GR")
    pledge = a_pledge(session, fund, donor=donor)
    a_contact(session, fund, donor, campaign)
    return campaign, pledge


def test_a_pledge_of_a_donor_that_was_asked_is_likely_a_result(
    session: Session, fund: Fund
) -> None:
    campaign, pledge = a_result(session, fund)
    a_pledge(session, fund, donor=a_donor(session, "Somebody else"))
    assert likely_results(session, campaign) == [pledge]
    service.join(session, campaign, pledge, act_of(session, staff(session, Role.FUND_MANAGER)))
    assert likely_results(session, campaign) == []


def test_a_pledge_counts_for_one_campaign_and_can_be_taken_out_with_a_reason(
    session: Session, fund: Fund
) -> None:
    campaign, pledge = a_result(session, fund)
    other = a_campaign(session, fund)
    manager = staff(session, Role.FUND_MANAGER)
    service.join(session, campaign, pledge, act_of(session, manager))
    service.join(session, campaign, pledge, act_of(session, manager))
    with pytest.raises(Conflict):
        service.join(session, other, pledge, act_of(session, manager))
    with pytest.raises(DomainError):
        service.part(session, pledge, act_of(session, manager))
    service.part(session, pledge, act_of(session, manager, "The minister says so."))
    service.join(session, other, pledge, act_of(session, manager))
    found = campaign_of(session, pledge)
    assert found is not None
    assert found.campaign_id == other.id


def test_what_was_pledged_before_a_campaign_or_to_another_fund_is_not_its_result(
    session: Session, fund: Fund
) -> None:
    campaign, _pledge = a_result(session, fund)
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    early = a_pledge(session, fund, pledged_on=campaign.starts_on - timedelta(1))
    elsewhere = a_pledge(session, establish(session, Charter("OTHER", {"en": "O"}, {"en": "P"})))
    draft = a_campaign(session, fund, launched=False)
    for wrong, pledge in ((campaign, early), (campaign, elsewhere), (draft, _pledge)):
        with pytest.raises(DomainError):
            service.join(session, wrong, pledge, manager)


def test_a_link_joins_the_pledge_and_a_broken_one_stops_nothing(
    session: Session, fund: Fund
) -> None:
    campaign, pledge = a_result(session, fund)
    act = act_of(session, staff(session, Role.FUND_MANAGER))
    service.join_by_link(session, pledge, "NO-SUCH-CAMPAIGN", act)
    service.join_by_link(session, pledge, "", act)
    draft = a_campaign(session, fund, launched=False)
    service.join_by_link(session, pledge, draft.code, act)
    assert campaign_of(session, pledge) is None
    service.join_by_link(session, pledge, campaign.code.lower(), act)
    found = campaign_of(session, pledge)
    assert found is not None
    assert found.by_link


def test_a_pledge_of_an_addressed_donor_counts_without_the_link(
    session: Session, fund: Fund
) -> None:
    donor = known(session, "Arcadia", DonorKind.MEMBER_STATE, "GR")
    earlier, later = a_campaign(session, fund), a_campaign(session, fund)
    a_contact(session, fund, donor, earlier, held_on=clock.today() - timedelta(5))
    a_contact(session, fund, donor, later)
    attribution = campaign_of(session, a_pledge(session, fund, donor=donor))
    assert attribution is not None
    assert (attribution.campaign_id, attribution.by_link) == (later.id, False)
    stranger = a_pledge(session, fund, donor=a_donor(session, "Not addressed"))
    assert campaign_of(session, stranger) is None
    before = a_pledge(session, fund, donor=donor, pledged_on=later.starts_on - timedelta(1))
    service.join_as_addressed(session, before, Act.by_system("test"))
    assert campaign_of(session, before) is None


def test_the_public_page_shows_what_the_fund_accepted_and_no_cancelled_campaign(
    session: Session, fund: Fund, client: StrictClient
) -> None:
    campaign = a_campaign(session, fund, target_minor=10_000_000, public_text={"en": "Why now."})
    draft = a_campaign(session, fund, launched=False)
    act = act_of(session, staff(session, Role.FUND_MANAGER))
    for amount, accepted in ((2_500_000, True), (700_000, False)):
        pledge = a_pledge(session, fund, usd(amount))
        service.join(session, campaign, pledge, act)
        if accepted:
            sign_agreement(session, pledge, Agreement(clock.today()), act)
    session.commit()
    shown = client.get(campaign.page).text
    assert f"{whole_money(usd(2_500_000))} of {whole_money(usd(10_000_000))}" in shown
    assert "Why now." in shown
    assert 'width="25.00"' in shown
    assert client.get(f"{campaign.page}/qr.png").content_type == "image/png"
    assert client.get(draft.page).status_code == 404
    assert campaign.title in client.get(f"/funds/{fund.code}").text


def test_the_next_world_day_is_proposed_until_it_is_planned(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    day = world_day_without_campaign(session, fund)
    assert day is not None
    assert (day.month, day.day) == (7, 30)
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    assert "occasion=world_day" in manager.get("/outreach").text
    form = manager.get(f"/outreach/campaigns/new/{fund.code}?occasion=world_day").text
    assert f"World Day against Trafficking in Persons {day.year}" in form
    a_campaign(session, fund, starts_on=day - timedelta(9), ends_on=day)
    assert world_day_without_campaign(session, fund) is None


def test_a_cancelled_campaign_greets_nobody_and_its_link_is_not_given_out(
    session: Session, fund: Fund, client: StrictClient, sign_in_as: SignInAs
) -> None:
    running, campaign = a_campaign(session, fund), a_campaign(session, fund, launched=False)
    session.commit()
    give = f"/give/{fund.code}?campaign="
    manager = sign_in_as(staff(session, Role.FUND_MANAGER, "Maria Keller"))
    page = f"/outreach/campaigns/{campaign.code}"
    assert running.title in client.get(give + running.code).text
    assert "Link for pledging" in manager.get(page).text
    act = act_of(session, staff(session, Role.FUND_MANAGER), "No longer needed.")
    service.take_step(session, campaign, "cancel", act)
    session.commit()
    assert campaign.title not in client.get(give + campaign.code).text
    assert "Link for pledging" not in manager.get(page).text
