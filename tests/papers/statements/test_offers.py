"""Which statements a donor is offered: every link works, and years without money are left out."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.core.people.service import enter_organisation
from grants.papers.statements.catalogue import paper_of
from grants.papers.statements.offers import subjects, usual_periods, years_given
from grants.papers.typesetting.paper import Span
from tests.books.ledger.books import JANUARY, MARCH
from tests.factories import a_deposit, a_pledge, act_of, member
from tests.platform.web.client import SignInAs

NEXT_YEAR = datetime(2027, 2, 1, 12, tzinfo=UTC)
TODAY = NEXT_YEAR.date()


@pytest.fixture
def donor(session: Session, fund: Fund) -> Organisation:
    """A State that gave to the fund in 2026; it had pledged before."""
    state = enter_organisation(session, "Arcadia", DonorKind.MEMBER_STATE, "GR", code="ARC")
    pledge = a_pledge(session, fund, usd(100_000), state, pledged_on=JANUARY.replace(year=2025))
    a_deposit(session, fund, pledge, usd(90_000), value_on=JANUARY)
    return state


def gives_to_a_second_fund(session: Session, donor: Organisation) -> Fund:
    other = establish(session, Charter("SLAVERY", {"en": "Slavery fund"}, {"en": ""}))
    pledge = a_pledge(session, other, usd(50_000), donor, pledged_on=JANUARY)
    a_deposit(session, other, pledge, usd(50_000), value_on=MARCH)
    return other


def reports(session: Session, donor: Organisation, today: date) -> dict[str, tuple[int, ...]]:
    viewer = act_of(session, member(session, donor, Role.DONOR, f"Jo {today}")).actor
    return {
        offer.reference: offer.years
        for subject in subjects(session, viewer, today)
        for offer in subject.offers
        if offer.row.name == "donor-report"
    }


def test_a_donor_of_one_fund_is_offered_the_report_of_each_year_with_money(
    session: Session, donor: Organisation
) -> None:
    assert reports(session, donor, TODAY) == {"ARC/UNVTF": (2026,)}
    assert reports(session, donor, date(2026, 12, 31)) == {}


def test_a_donor_of_two_funds_is_offered_a_report_of_each(
    session: Session, donor: Organisation
) -> None:
    gives_to_a_second_fund(session, donor)
    assert reports(session, donor, TODAY) == {"ARC/SLAVERY": (2026,), "ARC/UNVTF": (2026,)}
    assert years_given(session, "ARC/SLAVERY", TODAY) == {("SLAVERY", "Slavery fund"): (2026,)}


def test_every_report_that_is_offered_can_be_built(session: Session, donor: Organisation) -> None:
    gives_to_a_second_fund(session, donor)
    for reference, years in reports(session, donor, TODAY).items():
        for year in years:
            span = Span(date(year, 1, 1), date(year, 12, 31))
            facts = paper_of(session, "donor-report", reference, span).facts
            assert facts.received.minor > 0


def test_the_page_offers_years_and_no_free_days(
    session: Session, sign_in_as: SignInAs, donor: Organisation
) -> None:
    gives_to_a_second_fund(session, donor)
    with clock.at(NEXT_YEAR):
        browser = sign_in_as(member(session, donor, Role.DONOR, "Jo Arcady"))
        index = browser.get("/statements").text
        assert re.findall(r"donor-report/([A-Z/]+)\.pdf\?from=(\d+)", index) == [
            ("ARC/UNVTF", "2026"),
            ("ARC/SLAVERY", "2026"),
        ]
        page = browser.get("/statements/donor-report/ARC")
        assert "2026 · Slavery fund" in page.text
        assert "since-day" not in page.text
        answer = browser.submit(
            "/statements/donor-report/ARC", {"year": "ARC/SLAVERY 2026", "language": "en"}
        )
    assert answer.location.startswith(
        "/documents/donor-report/ARC/SLAVERY.pdf?from=2026-01-01&to=2026-12-31"
    )


def test_no_statement_is_offered_for_a_year_before_the_donor_pledged(
    session: Session, donor: Organisation
) -> None:
    viewer = act_of(session, member(session, donor, Role.DONOR, "Jo")).actor
    (subject,) = subjects(session, viewer, TODAY)
    statement = next(offer for offer in subject.offers if offer.row.name == "donor-statement")
    offered = [usual.name for usual in usual_periods(TODAY) if statement.covers(usual)]
    assert offered == ["2027 so far", "2026", "2025", "2024 to today"]
    later = replace(statement, since=date(2026, 5, 1))
    offered = [usual.name for usual in usual_periods(TODAY) if later.covers(usual)]
    assert offered == ["2027 so far", "2026", "2024 to today"]
