"""A donor's start page: what to do next, what was given, and what the fund did with it."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.desk.portal.donor_tasks import next_payment_on
from grants.desk.portal.support import Yearly, support_of
from grants.giving.pledges.schedule import Due
from tests.factories import a_deposit, a_donor, a_pledge, member
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
    assert "All is signed and paid." in page
    assert "Your support since" not in page, "nothing has come yet"
    a_deposit(session, fund, pledge, usd(20_000))
    session.commit()
    page = browser.get("/start").get_data(as_text=True)
    assert f"Your support since {YEAR}" in page
    assert page.count("govuk-button ") <= 1
    assert browser.queries <= 10
