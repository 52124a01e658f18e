"""A donor's start page: what to do next, what was given, and what the fund did with it."""

from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import Earmarking
from grants.core.people.permissions import Role
from grants.core.texts.formats import plain_day, plain_money
from grants.desk.donor_pages import support
from grants.desk.donor_pages.support import Yearly, support_of
from grants.desk.donor_pages.tasks import next_payment_on
from grants.giving.pledges.schedule import Due
from grants.giving.pledges.service import acknowledge
from grants.granting.results.queries import results_of
from tests.factories import a_deposit, a_donor, a_pledge, act_of, member, staff
from tests.platform.web.client import SignInAs

YEAR = clock.today().year


def test_what_a_donor_gave_by_year_and_its_part_of_the_fund(session: Session, fund: Fund) -> None:
    donor, other = a_donor(session), a_donor(session, name="Another")
    for giver, year, cents in (
        (donor, YEAR - 2, 30_000),
        (donor, YEAR, 10_000),
        (other, YEAR, 60_000),
    ):
        day = date(year, 1, 1)
        pledge = a_pledge(session, fund, usd(cents), giver, pledged_on=day)
        a_deposit(session, fund, pledge, usd(cents), value_on=day)
    found = support_of(session, [donor.id])
    assert found is not None
    assert (found.given, found.since, found.share) == (usd(40_000), YEAR - 2, Decimal("0.4"))
    assert [came for _year, came in found.years] == [usd(30_000), usd(0), usd(10_000)]
    assert found.reports == (Yearly(donor.code, fund.code, YEAR - 2),), "this year has not ended"
    assert len(found.receipts) == 2
    assert support_of(session, [a_donor(session, name="A third").id]) is None


def test_the_start_page_begins_with_what_the_donor_has_to_do(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    donor = a_donor(session)
    day = clock.months_after(clock.today(), 12)
    pledge = a_pledge(session, fund, usd(50_000), donor, payments=(Due(day, usd(50_000)),))
    assert next_payment_on([pledge]) == day
    person = member(session, donor, Role.DONOR)
    session.commit()
    browser = sign_in_as(person)
    page = browser.get("/start").get_data(as_text=True)
    assert "We are considering your pledge." in page
    assert "All is signed and paid." not in page
    assert "Your support since" not in page, "nothing has come yet"
    a_deposit(session, fund, pledge, usd(20_000), value_on=clock.today())
    session.commit()
    page = browser.get("/start").get_data(as_text=True)
    assert f"Your support since {YEAR}" in page
    assert page.count("govuk-button ") <= 1
    assert browser.queries <= 10


def test_an_undated_gift_is_asked_for_once_accepted_and_thanked_for_once_paid(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    donor = a_donor(session)
    gift = a_pledge(session, fund, usd(20_000), donor)
    browser = sign_in_as(member(session, donor, Role.DONOR))

    def page() -> str:
        session.commit()
        text: str = browser.get("/start").get_data(as_text=True)
        return text

    assert "We are considering your pledge." in page()
    acknowledge(session, gift, act_of(session, staff(session, Role.FUND_MANAGER)))
    day = plain_day(clock.today() + timedelta(days=45))
    todo = f"Pay {plain_money(usd(20_000))} by {day} ("
    assert todo in unescape(page())
    assert "How to pay" in page()
    a_deposit(session, fund, gift, usd(20_000))
    assert "We have received everything that you pledged. Thank you." in page()


def test_results_of_a_year_before_the_first_gift_are_not_the_donor_s(
    session: Session, fund: Fund, sign_in_as: SignInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    donor, large = a_donor(session), a_donor(session, name="Another")
    for giver, cents in ((donor, 100), (large, 10_000_000)):
        pledge = a_pledge(session, fund, usd(cents), giver)
        a_deposit(session, fund, pledge, usd(cents), value_on=clock.today())
    last_year = results_of(session, fund, YEAR - 1)
    monkeypatch.setattr(support, "_last_year", lambda *_of: last_year)
    session.commit()
    page = sign_in_as(member(session, donor, Role.DONOR)).get("/start").get_data(as_text=True)
    assert f"Your support since {YEAR}" in page
    assert f"in {YEAR - 1}" not in page
    assert "Of all contributions" not in page, "0.0 % says nothing"
    found = support_of(session, [large.id])
    assert found is not None
    assert found.results is None


def test_nobody_who_gave_for_a_purpose_is_told_that_all_is_pooled(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    donor = a_donor(session)
    day = date(YEAR - 1, 3, 1)
    bound = {"earmarking": Earmarking.EARMARKED, "earmarked_for": "Nepal only", "pledged_on": day}
    pledge = a_pledge(session, fund, usd(20_000), donor, **bound)
    a_deposit(session, fund, pledge, usd(20_000), value_on=day)
    found = support_of(session, [donor.id])
    assert found is not None
    assert found.earmarked
    session.commit()
    page = sign_in_as(member(session, donor, Role.DONOR)).get("/start").get_data(as_text=True)
    assert "pooled" not in page
