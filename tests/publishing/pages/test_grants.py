"""The public pages of grants: what they add up to is what the books say, and no name is told."""

import re

from grants.books.ledger.queries import balances
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.deciding.announcements.public_references import public_reference
from grants.granting.payments.refunds import record_refund
from grants.publishing.facts.grants import by_country, published_grants, totals_of
from tests.factories import act_of
from tests.grants import Scene, pay
from tests.platform.web.client import SignInAs, StrictClient


def paid_and_returned(scene: Scene) -> Scene:
    running = scene.run()
    session = running.session
    pay(session, running.instalments[0], running.people, clock.today())
    finance = act_of(session, running.people.finance)
    record_refund(session, running.award, usd(49_951), clock.today(), "BACK-1", finance)
    session.commit()
    return running


def test_grants_add_up_to_the_books(scene: Scene) -> None:
    running = paid_and_returned(scene)
    session, fund = running.session, scene.fund
    totals, grants = totals_of(session, fund), published_grants(session, fund)
    spent = balances(session, fund).grant_expense
    assert totals.paid - totals.returned == spent
    assert totals.returned == usd(49_951)
    assert sum((grant.paid - grant.returned).minor for grant in grants) == spent.minor
    lines = by_country(session, fund)
    assert sum((line.paid - line.returned).minor for line in lines) == spent.minor


def test_a_withheld_name_is_on_no_page_and_its_money_is(scene: Scene, client: StrictClient) -> None:
    running = paid_and_returned(scene)
    award, code = running.award, scene.fund.code
    listed = client.get(f"/funds/{code}/grants").text
    address = f"/funds/{code}/grants/{public_reference(award)}"
    assert address in listed
    page = client.get(address).text
    for text in (
        listed,
        page,
        client.get(f"/funds/{code}/grants?q={award.organisation.name}").text,
    ):
        shown = re.sub(r'value="[^"]*"|<li><a class="chips.*?</li>', "", text)
        assert award.organisation.name not in shown
        assert award.title not in shown
    assert "An organisation in Honduras" in page
    assert f"{award.amount.decimal:,.2f}" in page
    assert "499.51" in page


def test_the_list_is_filtered(scene: Scene, client: StrictClient) -> None:
    running = paid_and_returned(scene)
    code = scene.fund.code
    shown = public_reference(running.award)
    assert shown in client.get(f"/funds/{code}/grants?country=HN&status=active").text
    assert shown not in client.get(f"/funds/{code}/grants?status=closed").text
    assert "No grants found." in client.get(f"/funds/{code}/grants?page=3").text


def test_the_manager_publishes_a_name_from_the_page_of_the_grant(
    scene: Scene, client: StrictClient, sign_in_as: SignInAs
) -> None:
    running = paid_and_returned(scene)
    award, code = running.award, scene.fund.code
    manager = sign_in_as(running.people.manager)
    page = manager.get(f"/grants/{award.reference}").text
    assert f"/grants/{award.reference}/public-name" in page
    manager.submit(f"/grants/{award.reference}/public-name", {"announced": "named"})
    public = client.get(f"/funds/{code}/grants/{award.reference}").text
    assert award.organisation.name in public
    assert award.title in public
    manager.submit(f"/grants/{award.reference}/public-name", {"announced": "unnamed"})
    assert award.organisation.name not in client.get(f"/funds/{code}/grants").text


def test_the_public_list_and_the_portfolio_count_the_same_grants(
    scene: Scene, client: StrictClient, sign_in_as: SignInAs
) -> None:
    session, fund, award = scene.session, scene.fund, scene.award
    listed = client.get(f"/funds/{fund.code}/grants").text
    assert "1 more grant of the fund is approved" in listed
    assert award.reference not in listed
    staff_page = sign_in_as(scene.people.manager).get(f"/dashboard/{fund.code}/portfolio").text
    assert "The public list has 0 grants." in staff_page
    assert "1 more is approved" in staff_page
    scene.run()
    session.commit()
    assert "more grant" not in client.get(f"/funds/{fund.code}/grants").text
    staff_page = sign_in_as(scene.people.manager).get(f"/dashboard/{fund.code}/portfolio").text
    assert "The public list has 1 grant." in staff_page
