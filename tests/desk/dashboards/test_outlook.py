"""What is to come: cash by month, payments by when, and what is not known of grantees."""

from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.clock import months_after
from grants.core.kernel.money import total, usd
from grants.core.people.permissions import Role
from grants.deciding.awards.examined import Unknown
from grants.desk.dashboards.coming import Stage, When, coming_figures, coming_instalments
from grants.desk.dashboards.forecast import Forecast, due_in, forecast_of, month_of
from grants.fundraising.funding_gap.gap import gap_of
from grants.giving.pledges.schedule import Due
from grants.granting.payments.service import certify
from tests.factories import a_pledge, act_of, staff
from tests.granting.set_offs.two_grants import two_grants
from tests.grants import Scene, pay
from tests.platform.web.client import SignInAs


def forecast(scene: Scene) -> Forecast:
    opening = gap_of(scene.session, scene.fund).on_hand
    return forecast_of(scene.session, scene.fund, opening, clock.today())


def test_a_fund_without_anything_has_its_cash_in_every_month(scene: Scene) -> None:
    shown = forecast(scene)
    assert len(shown.months) == 12
    assert {month.balance for month in shown.months} == {shown.opening}
    assert shown.short is None


def test_what_is_to_be_paid_is_what_the_books_hold_committed(scene: Scene) -> None:
    scene.run()
    shown, books = forecast(scene), balances(scene.session, scene.fund)
    assert shown.payable + shown.later.payable == books.commitments
    assert shown.later.balance == shown.opening - books.commitments
    pay(scene.session, scene.instalments[0], scene.people, clock.today())
    shown, books = forecast(scene), balances(scene.session, scene.fund)
    assert shown.payable + shown.later.payable == books.commitments


def test_each_month_is_the_sum_of_the_payments_it_leads_to(scene: Scene) -> None:
    session, fund, today = scene.run().session, scene.fund, clock.today()
    pledge = a_pledge(
        session,
        fund,
        amount=usd(1_000_000),
        payments=(Due(today, usd(400_000)), Due(months_after(today, 5), usd(600_000))),
    )
    shown = forecast(scene)
    assert total(month.pledged for month in shown.months) == pledge.amount
    for month in (*shown.months, shown.later):
        due = due_in(session, fund, month.first, today)
        assert total(cost for _part, cost in due.instalments) == month.payable
        assert usd(sum(line.cents for _pledge, line in due.receivable)) == month.receivable
        assert usd(sum(line.cents for _pledge, line in due.pledged)) == month.pledged


def test_what_is_set_off_does_not_leave_the_bank(session: Session, fund: Fund) -> None:
    """1,500 USD of a refund are deducted from a payment of 8,000 USD: the forecast, its month and
    what officers have to pay are less by it, and by the support costs credited back on the refund.
    """
    two = two_grants(session, fund)
    before, today = forecast(two.paying), clock.today()
    unlessened = coming_figures(session, fund, today)
    request = two.ask(150_000)
    two.agreed(request, 150_000)
    shown = forecast(two.paying)
    rate = two.owing.award.psc_percent
    less = usd(150_000) + usd(150_000).share(rate)
    assert before.payable + before.later.payable - less == shown.payable + shown.later.payable
    assert shown.later.balance == before.later.balance + less
    for month in (*shown.months, shown.later):
        due = due_in(session, fund, month.first, today)
        assert total(cost for _part, cost in due.instalments) == month.payable
    sums = [
        total(amount for _count, amount in figures.values())
        for figures in (unlessened, coming_figures(session, fund, today))
    ]
    assert sums[0] - sums[1] == usd(150_000)
    pay(session, two.first, two.paying.people, today)
    books, paid = balances(session, fund), forecast(two.paying)
    assert paid.payable + paid.later.payable == books.commitments
    assert paid.later.balance == shown.later.balance, "as it was foreseen"


def test_the_first_month_in_which_money_lacks_is_named(scene: Scene) -> None:
    scene.run()
    shown = forecast_of(scene.session, scene.fund, usd(0), clock.today())
    due_on = scene.instalments[0].due_on
    assert shown.short is not None
    assert shown.short.first == month_of(due_on, clock.today())


def test_an_instalment_is_counted_once_where_it_stands(scene: Scene) -> None:
    session, fund, today = scene.run().session, scene.fund, clock.today()
    for shift in (0, 40, 400):
        figures = coming_figures(session, fund, today + timedelta(shift))
        rows = [
            part
            for when in When
            for part in coming_instalments(session, fund, when, today + timedelta(shift))
        ]
        assert sum(count for count, _sum in figures.values()) == len(rows)
        assert total(amount for _count, amount in figures.values()) == total(
            part.amount for part in rows
        )
    first = scene.instalments[0]
    certify(session, first, act_of(session, scene.people.certifier, "Needed early."))
    figures = coming_figures(session, fund, today)
    assert figures[When.NOW, Stage.APPROVE] == (1, first.amount)


@pytest.mark.parametrize(
    "role", [Role.FUND_MANAGER, Role.CERTIFYING_OFFICER, Role.APPROVING_OFFICER, Role.AUDITOR]
)
def test_the_pages_are_reached_from_the_dashboard(
    scene: Scene, sign_in_as: SignInAs, role: Role
) -> None:
    scene.run()
    scene.session.commit()
    browser = sign_in_as(staff(scene.session, role))
    code = scene.fund.code
    page = html.fromstring(browser.get(f"/dashboard/{code}").text)
    links = page.xpath("//main//a/@href")
    for address in (f"/dashboard/{code}/cash", f"/dashboard/{code}/payments/week"):
        assert address in links
        shown = html.fromstring(browser.get(address).text)
        for link in shown.xpath("//main//a/@href"):
            assert browser.get(link).status_code == 200
    assert browser.get(f"/dashboard/{code}/cash?format=csv").status_code == 200
    assert browser.get(f"/dashboard/{code}/cash/1999-01").status_code == 404
    assert browser.get(f"/dashboard/{code}/payments/never").status_code == 404


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.TRUSTEE])
def test_who_may_not_see_payments_sees_no_forecast(
    scene: Scene, sign_in_as: SignInAs, role: Role
) -> None:
    browser = sign_in_as(staff(scene.session, role))
    assert "/cash" not in browser.get(f"/dashboard/{scene.fund.code}").text
    for page in ("cash", "payments", "not-known"):
        assert browser.get(f"/dashboard/{scene.fund.code}/{page}").status_code == 403


def test_what_is_not_known_leads_to_the_grantees(scene: Scene, sign_in_as: SignInAs) -> None:
    scene.run()
    scene.session.commit()
    browser = sign_in_as(scene.people.manager)
    for what in (*Unknown, ""):
        page = browser.get(f"/dashboard/{scene.fund.code}/not-known?what={what}").text
        assert scene.organisation.name in page or what
