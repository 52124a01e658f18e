"""The portfolio: trustees are led to the awards, observers read nothing that is restricted."""

import pytest
from lxml import html
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.desk.dashboards.portfolio import (
    held_sessions,
    portfolio_of,
    sessions_to_come,
    sum_of,
    summed_by,
)
from tests.factories import staff
from tests.grants import Scene, pay
from tests.platform.web.client import SignInAs


def test_a_fund_without_awards_has_an_empty_portfolio(session: Session, fund: Fund) -> None:
    assert portfolio_of(session, fund) == []
    assert sum_of([]) == (0, usd(0), usd(0))
    assert held_sessions(session, fund) == []
    assert sessions_to_come(session, fund) == []


def test_every_grouping_of_the_portfolio_adds_up_to_the_awards(scene: Scene) -> None:
    session = scene.run().session
    pay(session, scene.instalments[0], scene.people, clock.today())
    lines = portfolio_of(session, scene.fund)
    everything = sum_of(lines)
    assert everything == (1, scene.award.amount, scene.instalments[0].amount)
    for fact in ("state", "window", "region", "country"):
        groups = summed_by(lines, fact)
        assert sum(group.awards for group in groups.values()) == everything.awards
        assert sum(group.awarded.minor for group in groups.values()) == everything.awarded.minor
        assert sum(group.paid.minor for group in groups.values()) == everything.paid.minor


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.TRUSTEE, Role.AUDITOR])
def test_the_start_page_leads_to_the_portfolio(
    scene: Scene, sign_in_as: SignInAs, role: Role
) -> None:
    scene.run()
    scene.session.commit()
    browser = sign_in_as(staff(scene.session, role))
    assert 'href="/portfolio"' in browser.get("/start").text
    address = browser.get("/portfolio").location
    page = html.fromstring(browser.get(address).text)
    for link in page.xpath("//main//a/@href"):
        assert browser.get(link).status_code in (200, 302), link


def test_an_observer_reads_no_name_and_no_country_of_an_award(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    scene.run()
    scene.session.commit()
    observer = sign_in_as(staff(scene.session, Role.OBSERVER))
    page = observer.get(f"/dashboard/{scene.fund.code}/portfolio").text
    assert "Awards by country" not in page
    assert scene.organisation.name not in page
    assert scene.award.reference not in page
    assert "/awards" not in page
    file = observer.get(f"/dashboard/{scene.fund.code}/portfolio?format=csv").text
    assert scene.organisation.name not in file
    trustee = sign_in_as(staff(scene.session, Role.TRUSTEE))
    page = trustee.get(f"/dashboard/{scene.fund.code}/portfolio").text
    assert "Awards by country" in page
    assert "/awards?state=agreed" in page
