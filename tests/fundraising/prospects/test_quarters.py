"""The pipeline by quarter: each step where it happened, to the cent of the fund's own figures."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import total, usd
from grants.core.people.permissions import Role
from grants.fundraising.prospects.quarters import (
    BACK,
    pipeline_of,
    quarter_of,
    quarters_later,
)
from grants.giving.pledges.service import Agreement, sign_agreement
from grants.giving.totals.figures import fund_totals
from tests.factories import a_contact, a_deposit, a_donor, a_pledge, act_of, staff
from tests.giving.outside.test_outside import handed_on, told
from tests.platform.web.client import SignInAs


@pytest.mark.parametrize(
    ("day", "first"),
    [(date(2026, 1, 1), date(2026, 1, 1)), (date(2026, 12, 31), date(2026, 10, 1))],
)
def test_a_day_is_in_its_quarter(day: date, first: date) -> None:
    assert quarter_of(day) == first


def test_quarters_go_on_over_the_end_of_a_year() -> None:
    assert quarters_later(date(2026, 10, 1), 1) == date(2027, 1, 1)
    assert quarters_later(date(2026, 1, 1), -1) == date(2025, 10, 1)


def test_each_step_stands_in_its_quarter(session: Session, fund: Fund) -> None:
    donor = a_donor(session, "Lantern Foundation")
    today = clock.today()
    before = quarters_later(quarter_of(today), -1)
    a_contact(session, fund, donor, held_on=before)
    pledge = a_pledge(session, fund, usd(90_000), donor, pledged_on=before)
    a_pledge(session, fund, usd(5_000), donor)
    act = act_of(session, staff(session, Role.FUND_MANAGER))
    sign_agreement(session, pledge, Agreement(today), act)
    a_deposit(session, fund, pledge, usd(40_000), value_on=today)
    quarters = pipeline_of(session, fund)
    earlier, now = quarters[BACK - 1], quarters[BACK]
    assert (earlier.contacted, earlier.pledged) == (1, usd(90_000))
    assert (now.pledged, now.signed, now.received) == (usd(5_000), usd(90_000), usd(40_000))
    assert now.current
    books = fund_totals(session, fund)
    assert total([quarter.pledged for quarter in quarters]) == books.pledged
    assert total([quarter.received for quarter in quarters]) == books.received
    assert total([quarter.to_come for quarter in quarters]) == usd(55_000)


def test_what_went_outside_the_fund_stands_apart(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    address = f"/prospects/{fund.code}"
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    session.commit()
    assert "outside the fund" not in manager.get(address).text
    fund.outside_email = "contributions@office.example"
    handed_on(session, fund)
    told(session, fund, email="c@x.example", amount=usd(77_777_00))
    session.commit()
    page = manager.get(address).text
    assert "Contributions outside the fund" in page
    assert "250,000.00" in page
    assert f"/outside?fund={fund.code}" in page
    assert "77,777" not in page, "the office has not heard of it"
    assert not any(quarter.pledged for quarter in pipeline_of(session, fund))


def test_the_page_has_chart_table_and_file(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    a_pledge(session, fund, usd(123_456))
    session.commit()
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    assert manager.get("/prospects").location.endswith(f"/prospects/{fund.code}")
    page = manager.get(f"/prospects/{fund.code}").text
    assert "1,234.56" in page
    assert "<svg" in page
    assert "1234.56" in manager.get(f"/prospects/{fund.code}?format=csv").text
