"""The search box finds what a person may open, and nothing else."""

import pytest
from lxml import html
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.deciding.reviews import service as reviewing
from grants.desk.search.asking import SHOWN
from tests.factories import (
    Team,
    a_closed_call,
    a_deposit,
    a_donor,
    a_person,
    a_pledge,
    a_submitted_application,
    act_of,
    an_organisation,
    assigned,
    member,
)
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    organisation = an_organisation(session, "Lantern House Amahoro")
    return a_submitted_application(session, a_closed_call(session, fund), organisation)


def found(browser: StrictClient, text: str) -> str:
    """What the page shows besides the text itself."""
    answer = browser.get("/search", query_string={"q": text})
    page = answer.get_data(as_text=True)
    return page[page.index('class="founds"') :] if 'class="founds"' in page else ""


def test_words_find_records_of_each_kind_that_a_person_sees(
    session: Session, fund: Fund, application: Application, team: Team, sign_in_as: SignInAs
) -> None:
    pledge = a_pledge(session, fund, donor=a_donor(session, "Kingdom of Elbonia"))
    manager = sign_in_as(team.manager)
    assert "Lantern House Amahoro" in found(manager, "lantern amah")
    shown = found(manager, "elbonia")
    assert shown.count("Kingdom of Elbonia") == 2  # the donor, and the pledge of it
    assert pledge.reference in shown
    assert found(manager, "nobody of that name") == found(manager, " ") == ""


def test_a_whole_reference_leads_to_its_record(
    session: Session, fund: Fund, application: Application, team: Team, sign_in_as: SignInAs
) -> None:
    pledge = a_pledge(session, fund)
    manager = sign_in_as(team.manager)
    for reference, page in (
        (pledge.reference.lower(), f"/pledges/{pledge.reference}"),
        (application.reference, f"/applications/{application.reference}"),
    ):
        answer = manager.get("/search", query_string={"q": f" {reference} "})
        assert (answer.status_code, answer.headers["Location"]) == (302, page)


def test_a_whole_reference_is_found_behind_newer_ones_that_begin_so(
    session: Session, fund: Fund, team: Team, sign_in_as: SignInAs
) -> None:
    old = a_deposit(session, fund, None, usd(100), bank_reference="BT1")
    for number in range(SHOWN + 1):
        a_deposit(session, fund, None, usd(100), bank_reference=f"BT1{number}")
    answer = sign_in_as(team.manager).get("/search", query_string={"q": "BT1"})
    assert (answer.status_code, answer.headers.get("Location")) == (302, f"/contributions/{old.id}")


def test_another_fund_is_not_searched(
    session: Session, fund: Fund, application: Application, sign_in_as: SignInAs
) -> None:
    other_fund = establish(session, Charter("OTHER", {"en": "Other fund"}, {"en": "Other"}))
    person = a_person(session, "Ola Berg")
    appoint(session, person, Role.FUND_MANAGER, fund_id=other_fund.id)
    a_pledge(session, fund, donor=a_donor(session, "Kingdom of Elbonia"))
    browser = sign_in_as(person)
    assert "pledges/" not in found(browser, "elbonia")
    assert found(browser, application.reference) == ""


def test_a_reviewer_finds_what_was_declared_free_of_conflict_alone(
    session: Session, application: Application, team: Team, sign_in_as: SignInAs
) -> None:
    first, second = assigned(session, application, team)
    browsers = [sign_in_as(review.reviewer) for review in (first, second)]
    assert [found(browser, application.reference) for browser in browsers] == ["", ""]
    reviewing.declare_no_conflict(session, first, act_of(session, first.reviewer))
    reviewing.recuse(session, second, act_of(session, second.reviewer, "My sister works there."))
    session.commit()
    answers = [browser.get(f"/search?q={application.reference}") for browser in browsers]
    assert [answer.status_code for answer in answers] == [302, 200]
    assert found(browsers[1], "lantern") == ""


def test_paragraphs_of_guides_are_found_and_those_of_ones_own_guide_first(
    team: Team, sign_in_as: SignInAs
) -> None:
    page = html.fromstring(sign_in_as(team.manager).get("/search?q=your account").text)
    links = page.xpath("//section[h2='Guides']//a/@href")
    assert "/guide/donor#account" in links
    page = html.fromstring(sign_in_as(team.manager).get("/search?q=begin your day").text)
    links = page.xpath("//section[h2='Guides']//a/@href")
    assert links[0] == "/guide/fund_manager#start"
    assert "/guide/finance#start" in links


def test_outsiders_have_no_search(session: Session, sign_in_as: SignInAs) -> None:
    donor = sign_in_as(member(session, a_donor(session), Role.DONOR))
    assert donor.get("/search?q=a").status_code == 404
    assert 'action="/search"' not in donor.get("/start").text
