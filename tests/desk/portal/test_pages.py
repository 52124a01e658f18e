"""The public pages, the start page and the dashboard."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, url_for
from lxml import html
from sqlalchemy.orm import Session

from grants.books.ledger.entries import Voucher
from grants.books.ledger.receipts import receive_deposit
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import OFFERED
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import AgeBand, Exploitation, Service, Sex, Term
from grants.core.people.permissions import OUTSIDE, Role
from grants.core.people.role_permissions import GRANTED
from grants.core.people.service import appoint
from grants.desk.dashboards.figures import appeal, standing_and_gap
from grants.desk.portal import views
from grants.desk.tasks.grantee_tasks import drafts
from grants.desk.tasks.task import Task
from grants.desk.tasks.todo import TASKS, waiting_for
from grants.giving.pledges.service import acknowledge
from grants.granting.results.published import PeopleReached, Published, published
from grants.platform.charts import charts
from grants.platform.charts.meanings import Meaning
from tests.books.ledger.books import CLERK
from tests.factories import (
    a_call,
    a_closed_call,
    a_deposit,
    a_donor,
    a_draft,
    a_person,
    a_pledge,
    a_submitted_application,
    a_team,
    act_of,
    advised,
    an_award,
    an_organisation,
    member,
    money_for_awards,
    recommended,
    reviewed,
    staff,
)
from tests.platform.web.client import SignInAs, StrictClient


@pytest.mark.parametrize("path", ["/", "/funds/UNVTF", "/accessibility", "/privacy", "/outbox"])
@pytest.mark.parametrize("language", OFFERED)
def test_the_public_pages_are_open_to_anybody_in_each_language(
    client: StrictClient, fund: Fund, path: str, language: str
) -> None:
    answer = client.get(f"{path}?language={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text


def test_search_engines_are_told_each_language_of_a_page(client: StrictClient, fund: Fund) -> None:
    page = client.get("/privacy").text
    for language in fund.languages:
        assert f'rel="alternate" hreflang="{language}"' in page
        assert f'/privacy?language={language}"' in page


def test_the_front_page_leads_to_each_fund_and_open_call(
    client: StrictClient, session: Session, fund: Fund
) -> None:
    call = a_call(session, fund)
    page = client.get("/").get_data(as_text=True)
    assert "/funds/UNVTF" in page
    assert call.name in page
    assert call.name in client.get("/funds/UNVTF").get_data(as_text=True)


def test_a_call_leaves_the_front_page_at_its_deadline(
    client: StrictClient, session: Session, fund: Fund
) -> None:
    call = a_call(session, fund)
    with clock.at(call.deadline_at + timedelta(minutes=2)):
        assert call.name not in client.get("/").get_data(as_text=True)


def test_a_fund_that_is_not_there_is_missing(client: StrictClient, fund: Fund) -> None:
    assert client.get("/funds/NONE").status_code == 404


def test_the_target_is_a_plan_with_what_came_of_it(session: Session, fund: Fund) -> None:
    found = appeal(session, fund)
    assert found.target == usd(fund.annual_target_minor)
    assert (found.received, found.pledged) == (usd(0), usd(0))


def test_the_start_page_is_for_those_who_have_signed_in(client: StrictClient) -> None:
    assert client.get("/start").status_code == 302


@pytest.mark.parametrize("role", [role for role in Role if role not in OUTSIDE])
def test_everybody_has_a_start_page(
    session: Session, sign_in_as: SignInAs, fund: Fund, role: Role
) -> None:
    browser = sign_in_as(staff(session, role))
    assert browser.get("/start").status_code == 200
    assert browser.queries <= 10


def test_an_applicant_is_reminded_of_a_draft(
    session: Session, sign_in_as: SignInAs, fund: Fund
) -> None:
    application = a_draft(session, a_call(session, fund))
    person = member(session, application.organisation, name="Ana")
    viewer = act_of(session, person).actor
    assert session.scalar(drafts(viewer)) == 1
    (line,) = waiting_for(session, viewer)
    assert line.text == "Application to finish and submit"
    assert application.reference in sign_in_as(person).get("/start").get_data(as_text=True)


def test_a_draft_waits_until_the_deadline_of_the_same_day(session: Session, fund: Fund) -> None:
    deadline = datetime(2026, 5, 4, 12, tzinfo=UTC)
    with clock.at(deadline - timedelta(days=30)):
        application = a_draft(session, a_call(session, fund, deadline_at=deadline))
        viewer = act_of(session, member(session, application.organisation, name="Ana")).actor
    for hours, waiting in ((-3, 1), (-1, 1), (1, 0), (3, 0)):
        with clock.at(deadline + timedelta(hours=hours)):
            assert len(waiting_for(session, viewer)) == waiting


def test_a_new_application_waits_for_whoever_screens_and_for_nobody_else(
    session: Session, fund: Fund
) -> None:
    a_submitted_application(session, a_closed_call(session, fund))

    def texts(role: Role) -> list[str]:
        person = staff(session, role)
        return [line.text for line in waiting_for(session, act_of(session, person).actor)]

    assert "Application to screen" in texts(Role.FUND_MANAGER)
    assert texts(Role.OBSERVER) == []
    assert texts(Role.FINANCE_OFFICER) == []


def test_what_is_urgent_stands_first_and_out(
    session: Session, sign_in_as: SignInAs, fund: Fund
) -> None:
    a_submitted_application(session, a_closed_call(session, fund))
    page = sign_in_as(staff(session, Role.FUND_MANAGER)).get("/start")
    lines = html.fromstring(page.get_data()).xpath("//li[contains(@class, 'todo__item')]")
    assert "sanctions list" in lines[0].text_content()
    assert "todo__item--late" in lines[0].classes
    assert "todo__item--late" not in lines[-1].classes


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.words(2))
def test_every_task_leads_to_a_page_that_its_people_may_open(
    session: Session, sign_in_as: SignInAs, app: Flask, fund: Fund, task: Task
) -> None:
    with app.test_request_context():
        page = url_for(task.endpoint, **dict[str, Any](task.values))
    for role in (role for role, granted in GRANTED.items() if task.permission in granted):
        person = a_person(session, f"Somebody {role.value}")
        house = an_organisation(session) if role in OUTSIDE else None
        appoint(session, person, role, organisation=house)
        answer = sign_in_as(person).get(page, follow_redirects=True)
        assert answer.status_code == 200, (role, page)


def test_a_task_about_decisions_leads_to_the_list_of_what_it_counts(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    team, call = a_team(session), a_closed_call(session, fund)
    made = [
        a_submitted_application(session, call, an_organisation(session, f"House {n}"))
        for n in range(3)
    ]
    to_recommend = reviewed(session, made[0], team)
    to_advise, to_approve = recommended(session, made[1], team), advised(session, made[2], team)
    session.commit()
    for person, task, waits in (
        (team.manager, "Application awaiting your recommendation", to_recommend),
        (team.manager, "Recommendation awaiting the Board’s advice", to_advise),
        (team.approver, "Award to approve", to_approve),
    ):
        browser = sign_in_as(person)
        start = html.fromstring(browser.get("/start").text)
        (link,) = [one for one in start.iter("a") if task in one.text_content()]
        page = browser.get(link.get("href")).text
        assert [one.reference for one in made if one.reference in page] == [waits.reference]


def test_the_dashboard_shows_what_the_books_and_the_awards_say(
    session: Session, sign_in_as: SignInAs, fund: Fund
) -> None:
    money_for_awards(session, fund)
    award = an_award(
        session, a_submitted_application(session, a_closed_call(session, fund)), a_team(session)
    )
    figures, *_others = standing_and_gap(session, fund)
    assert figures.allocated == award.amount
    assert figures.disbursed == usd(0)
    assert figures.available == usd(100_000_000) - award.amount - award.amount.share(
        award.psc_percent
    )
    page = sign_in_as(staff(session, Role.OBSERVER)).get("/dashboard/UNVTF")
    text = page.get_data(as_text=True)
    assert f"{figures.allocated.decimal:,}" in text
    assert "<svg" in text
    assert "<desc>" in text


def test_the_dashboard_is_shut_to_outsiders_and_to_reviewers(
    session: Session, sign_in_as: SignInAs, fund: Fund, client: StrictClient
) -> None:
    assert client.get("/dashboard/UNVTF").status_code == 302
    assert sign_in_as(staff(session, Role.REVIEWER)).get("/dashboard/UNVTF").status_code == 403


def test_money_of_each_year_is_shown_and_no_year_is_left_out(session: Session, fund: Fund) -> None:
    receive_deposit(
        session, Voucher(fund, date(2024, 3, 1), "pledge:1", "deposit:1", CLERK), usd(100)
    )
    assert (
        standing_and_gap(session, fund)[0].years == ()
    )  # the books alone are no contribution on record


def a_picture(*dollars: int) -> charts.Picture:
    rows = {f"Row {place} <b>": (usd(100 * amount),) for place, amount in enumerate(dollars)}
    return charts.picture("Title & more", "What it shows", {"USD": Meaning.PAID}, rows)


def test_a_chart_needs_nothing_that_the_page_forbids() -> None:
    svg = charts.bars(a_picture(1, 20))
    for forbidden in ("style=", "<style", "<script", "href", "<b>"):
        assert forbidden not in svg
    assert svg.count("url(") == svg.count("url(#")
    assert svg.count("<svg") == svg.count("role=") == 2  # for wide and for narrow screens
    assert "<title>Title &amp; more</title><desc>What it shows</desc>" in svg


def test_figures_of_what_went_back_stand_where_their_bars_begin() -> None:
    """Not on the bars, where dark letters would not be read; also where nothing came at all."""
    wide = charts.bars(a_picture(-5_000, -20_000)).partition('<div class="chart__narrow">')[0]
    begun = re.findall(r'translate\(([\d.]+),[\d.]+\)"[^>]*>-(?:5|20)\xa0k', wide)
    assert len(begun) == 2
    assert len(set(begun)) == 1


def years(number: int, amount: int) -> charts.Picture:
    rows = {str(2020 + place): (usd(100 * amount), usd(100)) for place in range(number)}
    return charts.picture(
        "Title", "What it shows", {"Need": Meaning.NEEDED, "Funds": Meaning.RECEIVED}, rows
    )


def heights(svg: str) -> list[int]:
    return [int(height) for height in re.findall(r' height="(\d+)"', svg)]


def test_columns_lie_down_where_their_figures_would_meet() -> None:
    """Standing columns are as high for four years as for two; lying ones grow with the years."""
    two, four, seven = (heights(charts.columns(years(number, 900_000))) for number in (2, 4, 7))
    assert two[0] == four[0] < seven[0]  # wide screens
    assert two[1] < four[1] < seven[1]  # narrow ones


def test_two_charts_on_a_page_share_no_name() -> None:
    one, other = (set(re.findall(r' id="([^"]+)"', charts.bars(a_picture(n)))) for n in (1, 2))
    assert one
    assert not one & other


def test_the_same_figures_are_drawn_once() -> None:
    assert charts.bars(a_picture(1, 2)) is charts.bars(a_picture(1, 2))
    assert charts.bars(a_picture(1, 2)) != charts.bars(a_picture(1, 3))


def test_the_public_page_shows_no_small_count_of_people(
    client: StrictClient, fund: Fund, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counts(kind: type[Term], *people: int) -> Published:
        told = [*people, *[0] * len(kind)]
        return published(kind, {2026: dict(zip(map(str, kind), told, strict=False))}, 11)[1]

    reached = PeopleReached(
        by_sex=counts(Sex, 1407, 23, 7),
        by_age=counts(AgeBand, 400, 500, 300, 237, 0),
        by_form=counts(Exploitation, 1000, 437),
        services={str(service): None for service in Service} | {"shelter": 913},
        smallest=11,
    )
    monkeypatch.setattr(views, "people_reached", lambda _session, _fund: reached)
    page = client.get("/funds/UNVTF").get_data(as_text=True)
    assert "1,437" in page
    assert "1,407" in page
    assert "913" in page
    for hidden in (">7<", ">23<"):
        assert hidden not in page
    assert "Men and boys + Other or not disclosed" in page
    assert ">30</bdi>" in page


def test_the_results_of_a_fund_are_for_everybody(
    client: StrictClient, fund: Fund, session: Session
) -> None:
    assert "No grant has been paid yet" in client.get("/funds/UNVTF/results").text
    assert client.get("/funds/UNVTF/results/1999").status_code == 404


def test_a_public_page_is_not_the_start_page_in_the_menu(
    session: Session, sign_in_as: SignInAs, fund: Fund
) -> None:
    browser = sign_in_as(staff(session, Role.AUDITOR))
    marked = 'class="rail__link" href="/start" aria-current'
    assert marked in browser.get("/start").text
    assert marked not in browser.get(f"/funds/{fund.code}").text


def test_the_largest_donors_are_on_the_page_of_the_fund_and_all_of_them_a_link_away(
    client: StrictClient, session: Session, fund: Fund, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    for name, given in (("Small", 100), ("Large", 900), ("Middle", 500)):
        pledge = a_pledge(session, fund, usd(1_000), a_donor(session, name))
        acknowledge(session, pledge, manager)
        a_deposit(session, fund, pledge, usd(given))
    session.commit()
    assert "Largest donors, with amounts" not in client.get("/funds/UNVTF").text
    monkeypatch.setattr(views, "DONORS", 2)
    page = client.get("/funds/UNVTF").text
    assert "Largest donors, with amounts" in page
    assert "/funds/UNVTF/donors" in page
    assert ("Middle" in page, "Small" in page) == (True, False)
    first, second = (client.get(f"/funds/UNVTF/donors?page={n}").text for n in (1, 2))
    assert ("Large" in first, "Small" in first, "page=2" in first) == (True, False, True)
    assert ("Large" in second, "Small" in second, "page=3" in second) == (False, True, False)
    for odd in ("x", "0", "-3", "99999999999999999999", "9"):
        odd_page = client.get(f"/funds/UNVTF/donors?page={odd}", follow_redirects=True)
        assert "Large" in odd_page.text
