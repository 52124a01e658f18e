"""The pages of outreach: campaigns, contacts, and which pledge came of what."""

from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Forbidden
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Role
from grants.giving.outreach import service
from grants.giving.outreach.models import Campaign, OutreachContact
from grants.giving.outreach.queries import audience, campaign_of
from grants.giving.outreach.workflow import CampaignState
from grants.giving.pledges.models import Pledge
from grants.integrity.diligence.models import Outcome
from grants.integrity.diligence.service import decide
from tests.factories import (
    a_campaign,
    a_contact,
    a_deposit,
    a_donor,
    a_pledge,
    act_of,
    member,
    staff,
)
from tests.giving.pledging.test_wizard import WAY
from tests.integrity.diligence.examined import a_company, approver, recommended
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs, StrictClient


def text(browser: StrictClient, path: str) -> str:
    answer = browser.get(path)
    shown = answer.get_data(as_text=True)
    answer.close()
    return shown


def day(name: str, when: object) -> dict[str, str]:
    year, month, number = str(when).split("-")
    return {f"{name}-day": number, f"{name}-month": month, f"{name}-year": year}


def test_a_campaign_is_planned_chosen_for_launched_and_closed(
    manager: StrictClient, session: Session
) -> None:
    donor = a_donor(session, "Lantern Foundation")
    session.commit()
    today = clock.today()
    plan = {
        "kind": "conference",
        "name_en": "Pledging conference",
        "name_ar": "مؤتمر التعهدات",
        "target": "250000",
        **day("starts_on", today),
        **day("ends_on", today),
    }
    answer = manager.submit("/outreach/campaigns/new/UNVTF", plan)
    campaign = session.scalars(select(Campaign)).one()
    page = f"/outreach/campaigns/{campaign.code}"
    assert answer.location == page
    assert campaign.target == usd(25_000_000)
    assert "مؤتمر التعهدات" in text(manager, f"{page}?language=ar")
    manager.get(f"{page}?language=en")
    assert "Lantern" in text(manager, f"{page}/audience?q=lantern")
    chosen = {"donor": donor.code, "wanted": "yes"}
    manager.submit(f"{page}/audience", chosen)
    assert list(session.scalars(audience(campaign))) == [donor]
    manager.submit(f"{page}/step/launch")
    assert "may be closed" not in text(manager, page)
    manager.submit(f"{page}/step/close")
    session.expire_all()
    assert campaign.state is CampaignState.CLOSED
    assert "Reopen it first" in manager.get(f"{page}/change").text


def test_a_campaigns_page_shows_what_it_brought_and_hands_it_out(
    manager: StrictClient, session: Session, fund: Fund
) -> None:
    campaign = a_campaign(session, fund)
    donor = a_donor(session, "=HYPERLINK(1) of Arcadia")
    a_contact(session, fund, donor, campaign)
    pledge = a_pledge(session, fund, usd(123_456), donor)
    a_deposit(session, fund, pledge, usd(23_456), value_on=clock.today())
    session.commit()
    page = f"/outreach/campaigns/{campaign.code}"
    assert pledge.reference in text(manager, page)
    manager.submit(f"{page}/join", {"pledge": pledge.reference}, page=page)
    shown = text(manager, page)
    assert "1,234.56" in shown
    assert "234.56" in shown
    assert "<svg" in shown
    file = text(manager, f"{page}?format=csv")
    assert "'=HYPERLINK(1) of Arcadia" in file
    assert "1234.56" in file


def test_a_pledge_made_by_the_link_counts_for_the_campaign(
    client: StrictClient, session: Session, fund: Fund
) -> None:
    campaign = a_campaign(session, fund)
    session.commit()
    assert client.get(campaign.path).location == "/pledge/UNVTF/kind"
    for name, answers in WAY:
        client.submit(f"/pledge/UNVTF/{name}", answers)
    client.submit("/pledge/UNVTF/check")
    pledge = session.scalars(select(Pledge)).one()
    found = campaign_of(session, pledge)
    assert found is not None
    assert found.by_link
    assert found.campaign_id == campaign.id


@pytest.mark.parametrize("code", ["NONE", "x" * 500, "'; DROP TABLE pledge; --", "\x00"])
def test_a_broken_link_leads_to_a_pledge_all_the_same(
    client: StrictClient, session: Session, fund: Fund, code: str
) -> None:
    session.commit()
    client.get("/pledge/UNVTF", query_string={"campaign": code})
    for name, answers in WAY:
        client.submit(f"/pledge/UNVTF/{name}", answers)
    assert client.submit("/pledge/UNVTF/check").location == "/pledge/UNVTF/sent"
    pledge = session.scalars(select(Pledge)).one()
    assert campaign_of(session, pledge) is None


def test_the_page_of_a_pledge_leads_to_its_campaign_and_it_can_be_changed(
    manager: StrictClient, session: Session, fund: Fund
) -> None:
    campaign, pledge = a_campaign(session, fund), a_pledge(session, fund)
    session.commit()
    page = f"/outreach/pledges/{pledge.reference}"
    assert page in text(manager, f"/pledges/{pledge.reference}")
    manager.submit(page, {"campaign": campaign.code})
    assert campaign_of(session, pledge) is not None
    assert "Remove from this campaign" in text(manager, page)
    manager.submit(page, {"reason": "It was the ambassador."})
    session.expire_all()
    assert campaign_of(session, pledge) is None


def test_a_contact_is_written_down_with_a_file_and_a_next_step(
    manager: StrictClient, session: Session, fund: Fund
) -> None:
    donor = a_donor(session, "Arcadia")
    officer = staff(session, Role.PROGRAMME_OFFICER)
    session.commit()
    today = clock.today()
    told = {
        "means": "note_verbale",
        **day("held_on", today),
        "with_whom": "<b>The Permanent Mission</b>",
        "outcome": "awaited",
        "note": "They will answer after the budget.",
        "next_step": "Call the desk",
        **day("next_on", today),
        "next_by": str(officer.id),
        "file": (BytesIO(pdf(1)), "note.pdf"),
    }
    page = f"/outreach/donors/{donor.code}"
    manager.submit(f"{page}/new/UNVTF", told, content_type="multipart/form-data")
    contact = session.scalars(select(OutreachContact)).one()
    shown = text(manager, page)
    assert "Call the desk" in shown
    assert "<b>The" not in shown
    with manager.get(f"/outreach/contacts/{contact.id}/file") as file:
        assert file.data == pdf(1)
    assert "budget" in text(manager, f"/outreach/contacts/{contact.id}")
    manager.submit(f"/outreach/contacts/{contact.id}/done", page=page)
    session.expire_all()
    assert contact.done_at is not None
    assert "after the budget" in text(manager, "/outreach/contacts?format=csv")


def test_a_next_step_needs_a_day_and_a_person(
    manager: StrictClient, session: Session, fund: Fund
) -> None:
    donor = a_donor(session, "Arcadia")
    session.commit()
    told = {
        "means": "call",
        **day("held_on", clock.today()),
        "with_whom": "Desk",
        "outcome": "awaited",
        "next_step": "Call back",
    }
    page = manager.submit(f"/outreach/donors/{donor.code}/new/UNVTF", told)
    shown = page.get_data(as_text=True)
    assert "Fill in “By when?”" in shown
    assert session.scalar(select(OutreachContact)) is None


def test_outreach_is_shut_to_outsiders_and_read_only_for_readers(
    sign_in_as: SignInAs, session: Session, fund: Fund, client: StrictClient
) -> None:
    campaign = a_campaign(session, fund)
    donor = a_donor(session)
    outsider = member(session, donor, Role.DONOR)
    auditor = staff(session, Role.AUDITOR)
    session.commit()
    for path in ("/outreach", f"/outreach/campaigns/{campaign.code}", "/outreach/contacts"):
        assert client.get(path).status_code == 302
        assert sign_in_as(outsider).get(path).status_code == 403
        assert sign_in_as(auditor).get(path).status_code == 200
    assert sign_in_as(auditor).get(f"/outreach/campaigns/{campaign.code}/change").status_code == 403


def test_the_audience_says_who_is_sent_nothing_and_why(
    manager: StrictClient, session: Session, fund: Fund
) -> None:
    campaign = a_campaign(session, fund, kinds=[DonorKind.PRIVATE])
    refused = a_company(session)
    examination = recommended(session, fund, refused, outcome=Outcome.REFUSE)
    page = f"/outreach/campaigns/{campaign.code}/audience"
    assert "Will not be contacted" not in text(manager, page)
    decide(session, examination, Outcome.REFUSE, approver(session, "It sells tobacco."))
    assert "Will not be contacted: Refused" in text(manager, page)


def test_reading_an_audience_gives_no_right_to_change_it(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    campaign, donor = a_campaign(session, fund), a_donor(session, "Utopia", country=None)
    auditor = staff(session, Role.AUDITOR)
    session.commit()
    page = f"/outreach/campaigns/{campaign.code}/audience"
    browser = sign_in_as(auditor)
    assert 'name="wanted"' not in text(browser, f"{page}?q=Utopia")
    with pytest.raises(Forbidden):
        service.choose(session, campaign, donor, act_of(session, auditor), include=True)


def test_the_public_page_names_a_picture_with_its_figure(
    session: Session, fund: Fund, client: StrictClient
) -> None:
    campaign = a_campaign(session, fund)
    session.commit()
    page = client.get(campaign.page).get_data(as_text=True)
    address = f"{campaign.page}/preview.png"
    assert f'content="http://localhost{address}?language=en"' in page
    for language in ("en", "ar", "zh"):
        answer = client.get(f"{address}?language={language}")
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert client.get(f"/funds/{fund.code}/campaigns/NONE/preview.png").status_code == 404
