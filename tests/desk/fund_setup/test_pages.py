"""A fund is opened and described on pages, and the start page says what is missing."""

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.funds.service import Charter, establish
from grants.core.people.permissions import Role
from grants.core.people.service import appoint, enter_person
from grants.desk.fund_setup.checklist import Stage, checklist
from grants.desk.fund_setup.description import written
from tests.books.ledger.books import an_account
from tests.factories import staff
from tests.giving.pledging.test_francs import described
from tests.platform.web.client import SignInAs, StrictClient

NEW = {
    "code": "sea",
    "name_en": "Trust fund for seafarers",
    "name_ar": "صندوق البحارة",
    "purpose_en": "Aid to abandoned seafarers.",
    "mandate_en": "Established by resolution 99/1.",
    "letterhead_en": "Wagramer Strasse 5\n1400 Vienna",
    "how_to_pay_en": "Quote the reference.",
    "signatories-0-name": "Ada Lovelace",
    "signatories-0-title_en": "Manager of the fund",
    "annual_target": "1,000,000",
    "thanks_months": "6",
    "currencies": "USD, eur",
    "time_zone": "Europe/Vienna",
    "languages": ["en", "ar"],
    "support_cost": "7.5",
}


@pytest.fixture
def administrator(session: Session, sign_in_as: SignInAs) -> StrictClient:
    return sign_in_as(staff(session, Role.ADMINISTRATOR))


def test_an_administrator_opens_a_fund_in_each_language(
    session: Session, fund: Fund, administrator: StrictClient
) -> None:
    answer = administrator.submit("/fund-setup/new", NEW, follow_redirects=True)
    assert "The fund is open." in answer.text
    made = written(session, fund_by_code(session, "SEA"))
    assert made["name"] == {"en": NEW["name_en"], "ar": NEW["name_ar"]}
    assert made["signatories"] == [{"name": "Ada Lovelace", "title": {"en": "Manager of the fund"}}]
    assert (made["time_zone"], made["currencies"]) == ("Europe/Vienna", ["USD", "EUR"])
    assert (made["annual_target_usd"], made["support_cost_percent"]) == ("1000000.00", "7.5")
    assert administrator.submit("/fund-setup/new", NEW).text.count("already") >= 1
    wrong = administrator.submit("/fund-setup/new", {**NEW, "code": "AIR", "currencies": "DOLLAR"})
    assert "a list of currencies" in wrong.text


def test_a_fund_is_described_and_its_file_says_the_same(
    session: Session, fund: Fund, administrator: StrictClient
) -> None:
    administrator.submit("/fund-setup/new", NEW)
    changed = {**NEW, "letterhead_en": "Palais des Nations\n1211 Geneva", "currencies": ""}
    answer = administrator.submit("/fund-setup/SEA/describe", changed, follow_redirects=True)
    assert "Saved." in answer.text
    found = json.loads(administrator.get("/fund-setup/SEA.json").data)
    assert found["letterhead"] == {"en": "Palais des Nations\n1211 Geneva"}
    assert found["currencies"] == []
    assert found["support_cost_percent"] == "7.5"


def test_the_start_page_and_the_fund_say_what_is_missing(
    session: Session, fund: Fund, administrator: StrictClient
) -> None:
    start = administrator.get("/start").text
    assert "Finish setting up UNVTF" in start
    page = administrator.get("/fund-setup/UNVTF").text
    for stage, item in (("Accept pledges", "Letterhead"), ("Pay grants", "Certifying officer")):
        assert page.index(stage) < page.index(item)
    items = checklist(session, fund)
    missing = {item.text for item in items if not item.done}
    assert {"Certifying officer", "Letterhead", "Mandate"} <= missing
    person = enter_person(session, "cleo@example.org", "Cleo")
    appoint(session, person, Role.CERTIFYING_OFFICER, fund_id=fund.id)
    missing = {item.text for item in checklist(session, fund) if not item.done}
    assert "Certifying officer" not in missing
    assert {item.stage for item in items} == set(Stage)


def test_what_is_complete_can_be_changed_from_the_list(
    session: Session, fund: Fund, administrator: StrictClient
) -> None:
    fund.letterhead = {"en": "Wagramer Strasse 5"}
    session.commit()
    page = administrator.get("/fund-setup/UNVTF").text
    line = page[: page.index(">Letterhead</a>")].rpartition("<a ")[2]
    assert 'href="/fund-setup/UNVTF/describe"' in line


def test_a_role_in_another_fund_does_not_count(session: Session, fund: Fund) -> None:
    other = establish(session, Charter("OTHER", {"en": "Other fund"}, {"en": "Other"}))
    person = enter_person(session, "cleo@example.org", "Cleo")
    appoint(session, person, Role.CERTIFYING_OFFICER, fund_id=other.id)
    missing = {item.text for item in checklist(session, fund) if not item.done}
    assert "Certifying officer" in missing


def test_a_fund_manager_describes_only_their_fund_and_opens_none(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    establish(session, Charter("OTHER", {"en": "Other fund"}, {"en": "Other"}))
    manager = enter_person(session, "mara@example.org", "Mara Manager")
    appoint(session, manager, Role.FUND_MANAGER, fund_id=fund.id)
    browser = sign_in_as(manager)
    assert browser.get("/fund-setup/UNVTF/describe").status_code == 200
    assert browser.get("/fund-setup/OTHER").status_code == 404
    assert browser.get("/fund-setup/OTHER.json").status_code == 404
    assert browser.get("/fund-setup/new").status_code == 403
    assert session.scalars(select(Fund.code).where(Fund.code == "OTHER")).one() == "OTHER"


def test_the_set_up_says_how_gifts_in_francs_are_paid(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    session.commit()
    client = sign_in_as(staff(session, Role.FUND_MANAGER))
    page = f"/fund-setup/{fund.code}"
    assert "no account in francs" in client.get(page).text
    account = an_account(session, fund, "CHF")
    session.commit()
    assert "without a Swiss QR-bill" in client.get(page).text
    described(account)
    session.commit()
    assert "by Swiss QR-bill" in client.get(page).text
