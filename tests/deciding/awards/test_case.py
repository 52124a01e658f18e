"""The case of an application: its parts as tabs, and previous and next in its list."""

import re

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.deciding.awards.queries import rank_of
from grants.deciding.reviews.service import assign, recuse
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    advised,
    an_organisation,
    eligible,
    money_for_awards,
    reviewed,
    staff,
)
from tests.platform.web.client import SignInAs, StrictClient

PARTS = ("application", "screening", "organisation", "money")


@pytest.fixture
def applications(session: Session, fund: Fund, team: Team) -> list[Application]:
    """Three reviewed ones of one call; the second is the best."""
    money_for_awards(session, fund)
    call = a_closed_call(session, fund)
    made = [
        a_submitted_application(session, call, an_organisation(session, f"House {n}"))
        for n in range(3)
    ]
    marks = ((4, 4), (5, 5), (3, 4))
    return [reviewed(session, one, team, given) for one, given in zip(made, marks, strict=True)]


@pytest.fixture
def manager(
    session: Session, team: Team, applications: list[Application], sign_in_as: SignInAs
) -> StrictClient:
    session.commit()
    return sign_in_as(team.manager)


def tabs(page: str) -> list[str]:
    return re.findall(r'class="tabs__tab"[^>]*>([^<]+)<', page)


def test_the_whole_case_is_on_one_page(
    manager: StrictClient, applications: list[Application]
) -> None:
    path = f"/decisions/{applications[0].reference}"
    expected = ["Decision", "Application", "Screening", "Organisation", "Money", "Letters"]
    assert tabs(manager.get(path).text) == expected
    texts = {part: manager.get(f"{path}?part={part}").text for part in PARTS}
    assert "Casa" in texts["application"] or "House 0" in texts["application"]
    assert not any("&lt;" in text for text in texts.values())
    assert "Registered in time" in texts["screening"]
    assert "has had no grant from the fund so far" in texts["organisation"]
    assert "Remaining under the call" in texts["money"]
    assert all("Recommend" in text and "2 of 3" in text for text in texts.values())


FILLED = re.compile(r'class="govuk-button"[^>]*>([^<]+)<')


def test_only_the_person_whose_turn_it_is_has_a_filled_button(
    session: Session, fund: Fund, team: Team, sign_in_as: SignInAs
) -> None:
    money_for_awards(session, fund)
    application = advised(
        session, a_submitted_application(session, a_closed_call(session, fund)), team
    )
    session.commit()
    for address in (
        f"/decisions/{application.reference}",
        f"/applications/{application.reference}",
    ):
        officer = sign_in_as(team.officer).get(address).text
        assert FILLED.findall(officer) == []
        assert "Waiting for: Approving officer" in officer
        assert "turn__more" in officer
        assert FILLED.findall(sign_in_as(team.approver).get(address).text) == ["Approve"]


def test_the_answers_and_the_decision_have_one_frame(
    manager: StrictClient, applications: list[Application]
) -> None:
    reference = applications[0].reference
    decision = manager.get(f"/decisions/{reference}").text
    answers = manager.get(f"/applications/{reference}").text
    assert tabs(answers) == tabs(decision)
    for page in (answers, decision):
        assert FILLED.findall(page) == ["Recommend"]
        assert "Do not recommend" in page
        assert page.index('class="turn"') < page.index('class="tabs"')


def test_previous_and_next_lead_through_the_list_it_was_opened_from(
    manager: StrictClient, applications: list[Application]
) -> None:
    listed = manager.get("/decisions?stage=recommend").text
    first, second, third = (one.reference for one in applications)
    assert f"/decisions/{second}?stage=recommend" in listed
    page = manager.get(f"/decisions/{second}?stage=recommend&part=money").text
    assert "2 of 3" in page
    assert f"/decisions/{first}?stage=recommend&amp;part=money" in page
    assert f"/decisions/{third}?stage=recommend&amp;part=money" in page
    assert 'rel="prev"' not in manager.get(f"/decisions/{first}?stage=recommend").text
    assert 'rel="next"' not in manager.get(f"/decisions/{second}").text
    assert 'rel="next"' not in manager.get(f"/decisions/{second}?stage=approve").text


def test_the_rank_is_that_of_the_ranking(session: Session, applications: list[Application]) -> None:
    assert [rank_of(session, one) for one in applications] == [(2, 3), (1, 3), (3, 3)]


def test_the_approving_officer_sees_score_rank_and_request_beside_the_act(
    session: Session, fund: Fund, team: Team, sign_in_as: SignInAs
) -> None:
    money_for_awards(session, fund)
    application = advised(
        session, a_submitted_application(session, a_closed_call(session, fund)), team
    )
    session.commit()
    page = sign_in_as(team.approver).get(f"/decisions/{application.reference}/approve").text
    assert "80.00" in page
    assert "1 of 1" in page
    assert "20,000.00" in page


def test_who_stepped_aside_finds_no_part_of_the_case(
    session: Session, fund: Fund, team: Team, sign_in_as: SignInAs
) -> None:
    """A reviewer who became a programme officer: the conflict of interest stays."""
    application = eligible(
        session, a_submitted_application(session, a_closed_call(session, fund)), team
    )
    review = assign(session, application, team.reviewers, act_of(session, team.officer))[0]
    person: Person = review.reviewer
    recuse(session, review, act_of(session, person, "My sister works there."))
    appoint(session, person, Role.PROGRAMME_OFFICER)
    session.commit()
    browser = sign_in_as(person)
    for part in ("", *PARTS):
        assert browser.get(f"/decisions/{application.reference}?part={part}").status_code == 404


def test_a_reviewer_finds_no_case_before_or_after_the_declaration(
    session: Session, team: Team, applications: list[Application], sign_in_as: SignInAs
) -> None:
    session.commit()
    for person in (team.reviewers[0], staff(session, Role.REVIEWER, "Another One")):
        for part in ("", *PARTS):
            address = f"/decisions/{applications[0].reference}?part={part}"
            assert sign_in_as(person).get(address).status_code == 403


ACTS = ("recommend", "reserve", "not-recommend")
BESIDE = ["Application", "Screening", "Reviews", "Organisation", "Money", "Letters", "History"]


def test_each_act_stands_beside_the_case_it_is_about(
    manager: StrictClient, applications: list[Application]
) -> None:
    for act in ACTS:
        page = manager.get(f"/decisions/{applications[0].reference}/{act}").text
        assert tabs(page) == BESIDE
        assert "Registered in time" in page
        assert '<section class="case__part" id="case-application"' in page
        assert '<h2 class="dossier__title"' in page
        assert "&lt;" not in page


def test_save_and_next_leads_to_the_same_act_on_the_next_of_the_queue(
    manager: StrictClient, applications: list[Application]
) -> None:
    first, second, third = (f"/decisions/{one.reference}/not-recommend" for one in applications)
    assert manager.get(first).text.count("open the next") == 1
    call = f"?call={applications[0].call.reference}"
    again = {"reason": "Too vague.", "next": "1"}
    assert manager.submit(first + call, again).location == third + call, "the next by rank"
    assert manager.submit(second + call, again).location == third + call
    last = manager.submit(third + call, again).location
    assert last == f"/decisions/{applications[2].reference}"


def test_screening_goes_on_with_the_next_checklist(
    session: Session, fund: Fund, team: Team, sign_in_as: SignInAs
) -> None:
    call = a_closed_call(session, fund)
    made = [
        a_submitted_application(session, call, an_organisation(session, f"House {n}"))
        for n in range(2)
    ]
    session.commit()
    officer = sign_in_as(team.officer)
    path = f"/screening/{made[0].reference}"
    page = officer.get(f"{path}?call={call.reference}").text
    assert 'rel="next"' in page
    assert tabs(page) == ["Application", "Organisation", "Money", "History"]
    met = {f"met_{one['key']}": "met" for one in call.eligibility}
    assert officer.submit(path, met).location == f"{path}/outcome"
    done = officer.submit(f"{path}/outcome", {"next": "1"})
    assert done.location == f"/screening/{made[1].reference}"
