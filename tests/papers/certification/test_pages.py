"""The pages of certified documents: for whom, and what they lead to."""

import json
from datetime import date, datetime, timedelta

import pytest

from grants.books.certificates.queries import funds_to_certify
from grants.books.ledger import periods
from grants.core.kernel import clock
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Role
from grants.core.people.service import appoint, enter_organisation
from grants.papers.certification.certifying import certify
from grants.papers.statements.issuing import render
from grants.papers.typesetting.paper import Span
from tests.factories import a_person, member, staff
from tests.papers.certification.scene import QUARTER, QUERY, Quarter
from tests.platform.web.client import SignInAs

NEXT_FEBRUARY = datetime(2027, 2, 3, 12, tzinfo=clock.zone())
"""When the statements of 2026 are certified."""


def test_the_officer_names_a_period_reads_and_certifies(
    quarter: Quarter, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(quarter.officer)
    page = "/certify/fund-statement/UNVTF"
    days = {"since-day": "1", "since-month": "1", "since-year": "2026"}
    days |= {"until-day": "31", "until-month": "3", "until-year": "2026"}
    answer = browser.submit(page, days)
    assert answer.status_code == 303
    assert "Certify: Statement of source and use" in browser.get(answer.location).text
    refused = browser.submit(page + QUERY, {})
    assert "Tick the box if you certify the figures." in refused.text
    answer = browser.submit(page + QUERY, {"stands": "y"})
    assert answer.status_code == 303
    shown = browser.get(answer.location).text
    assert "Certified by" in shown
    assert "In force" in shown
    for language in ("en", "ar"):
        kept = browser.get(f"{answer.location}/{language}.pdf")
        assert kept.mimetype == "application/pdf"
        assert kept.data.startswith(b"%PDF")
    assert browser.get(f"{answer.location}/xx.pdf").status_code == 404


def test_an_open_month_is_confirmed_on_the_page(quarter: Quarter, sign_in_as: SignInAs) -> None:
    month, act = date(2026, 2, 1), quarter.act(quarter.finance, "Money was missed.")
    periods.reopen(quarter.session, quarter.fund, month, act)
    browser = sign_in_as(quarter.officer)
    answer = browser.submit("/certify/fund-statement/UNVTF" + QUERY, {"stands": "y"})
    assert "still open in the ledger of UNVTF (1): 2026-02" in answer.text


def test_the_page_says_when_figures_have_changed(quarter: Quarter, sign_in_as: SignInAs) -> None:
    certificate = quarter.certify()
    browser = sign_in_as(quarter.officer)
    page = f"/certified/{certificate.serial}"
    assert "The records have changed since" not in browser.get(page).text
    quarter.change_figures()
    quarter.session.commit()
    assert "The records have changed since" in browser.get(page).text
    newer = quarter.certify()
    quarter.session.commit()
    assert f"{newer.serial}</bdi> replaced it" in browser.get(page).text
    listed = browser.get("/certified").text
    assert certificate.serial in listed
    assert newer.serial in listed
    assert certificate.serial not in browser.get("/certified?standing=now").text


def test_a_donor_finds_its_own_certified_statements_and_no_others(
    quarter: Quarter, sign_in_as: SignInAs
) -> None:
    own = quarter.certify("donor-statement", quarter.donor.code)
    other = quarter.certify()
    browser = sign_in_as(quarter.contact)
    page = browser.get("/certified").text
    assert own.serial in page
    assert other.serial not in page
    kept = browser.get(f"/certified/{own.serial}/en.pdf").data
    asked = browser.get(f"/documents/donor-statement/{quarter.donor.code}.pdf{QUERY}").data
    assert kept == asked
    assert browser.get(f"/certified/{other.serial}").status_code == 404
    assert browser.get(f"/certified/{other.serial}/en.pdf").status_code == 404
    stranger = enter_organisation(quarter.session, "Ruritania", DonorKind.MEMBER_STATE)
    theirs = sign_in_as(member(quarter.session, stranger, Role.DONOR, "Ru Ritan"))
    assert theirs.get(f"/certified/{own.serial}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/certified/NONE", "/certified/UNVTF-C-20x6-1", "/certified/-C--"]
)
def test_a_number_that_is_none_is_missing(
    quarter: Quarter, sign_in_as: SignInAs, path: str
) -> None:
    assert sign_in_as(quarter.officer).get(path).status_code == 404


def test_only_the_officer_reaches_the_pages_of_certifying(
    quarter: Quarter, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(staff(quarter.session, Role.FUND_MANAGER))
    assert browser.get("/certify/fund-statement/UNVTF" + QUERY).status_code == 403
    assert browser.get("/certify/year/UNVTF/2026").status_code == 403
    officer = sign_in_as(quarter.officer)
    assert officer.get("/certify/receipt/UNVTF-R-2026-0001").status_code == 404
    assert officer.get("/certify/year/UNVTF/0").status_code == 404


def test_a_year_of_statements_is_certified_together(quarter: Quarter, sign_in_as: SignInAs) -> None:
    for number in range(4, 13):
        act = quarter.act(quarter.finance)
        periods.close(quarter.session, quarter.fund, date(2026, number, 1), act)
    with clock.at(NEXT_FEBRUARY):
        browser = sign_in_as(quarter.officer)
        page = "/certify/year/UNVTF/2026"
        assert quarter.donor.name in browser.get(page).text
        wanted = ["fund-statement:UNVTF", f"donor-statement:{quarter.donor.code}/UNVTF"]
        answer = browser.submit(page, {"documents": wanted, "stands": "y", "tell": "y"})
        assert answer.status_code == 303
        shown = browser.get(page).text
        assert "UNVTF-C-2027-0001" in shown
        assert "UNVTF-C-2027-0002" in shown


def test_the_officer_is_reminded_of_last_years_statements_until_they_are_certified(
    quarter: Quarter,
) -> None:
    session, viewer = quarter.session, quarter.act().actor
    with clock.at(NEXT_FEBRUARY - timedelta(60)):
        assert session.scalar(funds_to_certify(viewer)) == 0
    with clock.at(NEXT_FEBRUARY):
        assert session.scalar(funds_to_certify(viewer)) == 1
        for number in range(4, 13):
            day = date(2026, number, 1)
            periods.close(session, quarter.fund, day, quarter.act(quarter.finance))
        year = Span(date(2026, 1, 1), date(2026, 12, 31))
        certify(session, "fund-statement", "UNVTF", year, quarter.act())
        assert session.scalar(funds_to_certify(viewer)) == 0


def test_staff_of_one_fund_get_the_part_of_a_donors_statement_that_is_theirs(
    quarter: Quarter, sign_in_as: SignInAs
) -> None:
    person = a_person(quarter.session, "Uma One")
    appoint(quarter.session, person, Role.FUND_MANAGER, fund_id=quarter.fund.id)
    browser = sign_in_as(person)
    code = quarter.donor.code
    told = json.loads(browser.get(f"/documents/donor-statement/{code}.json{QUERY}").data)
    assert told["pledges"][0]["fund"] == "UNVTF"
    assert browser.get(f"/documents/donor-statement/{code}/NONE.pdf{QUERY}").status_code == 404
    whole = render(quarter.session, "donor-statement", f"{code}/UNVTF", QUARTER)[1]
    assert browser.get(f"/documents/donor-statement/{code}.pdf{QUERY}").data == whole
