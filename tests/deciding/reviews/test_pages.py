"""The pages of reviewers and of those who ask them, and the gate that keeps applications shut."""

import pytest
from flask import Flask, url_for
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.core.funds.models import Fund
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.queries import reviews_of
from grants.deciding.reviews.service import declare_no_conflict, recuse, release, submit
from grants.deciding.reviews.workflow import ReviewState
from tests.factories import (
    Team,
    a_call,
    a_full_draft,
    a_submission,
    act_of,
    assigned,
    eligible,
    staff,
)
from tests.platform.web.client import SignInAs, StrictClient

SECRETS = ("Casa Segura", "reach us without papers", "registration_certificate", "Luz Reyes")
"""Words that only a person who may open the application can know."""


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    return a_submission(session, a_call(session, fund))


@pytest.fixture
def review(session: Session, application: Application, team: Team) -> Review:
    review = assigned(session, application, team)[0]
    session.commit()
    return review


@pytest.fixture
def reviewer(sign_in_as: SignInAs, review: Review) -> StrictClient:
    return sign_in_as(review.reviewer)


def sheet(application: Application, mark: str = "4", **changed: str) -> dict[str, str]:
    keys = [criterion["key"] for criterion in application.call.criteria]
    marks = {f"mark_{key}": mark for key in keys}
    return {**marks, **{f"why_{key}": f"Because of {key}." for key in keys}, **changed}


def at_version(session: Session, review: Review) -> dict[str, str]:
    """What the page says on which a review is checked before it is submitted."""
    session.refresh(review)
    return {"version": str(review.version)}


# The gate


def routes_about(app: Flask, application: Application) -> list[str]:
    """Every page of the application that can be asked for by a reference or a number."""
    numbers = {str(application.files[0].id), str(application.id)}
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.arguments:
            found += _addresses(app, rule, application.reference, numbers)
    return sorted(set(found))


def _addresses(app: Flask, rule: Rule, reference: str, numbers: set[str]) -> list[str]:
    if rule.endpoint == "static":
        return []
    kinds = rule._converters.items()
    whole = {name for name, kind in kinds if isinstance(kind, IntegerConverter)}
    chosen = {name: min(kind.items) for name, kind in kinds if isinstance(kind, AnyConverter)}
    texts = dict.fromkeys(rule.arguments - whole, reference) | chosen
    if "document" in texts:
        texts["document"] = "submission"
    with app.test_request_context():
        return [
            url_for(rule.endpoint, _external=False, **texts, **dict.fromkeys(whole, number))
            for number in sorted(numbers)
        ]


def leaks(browser: StrictClient, addresses: list[str]) -> list[str]:
    """The addresses that tell this person something of the application's content."""
    found = []
    for address in [*addresses, "/reviews", "/start", "/applications", "/decisions", "/screening"]:
        answer = browser.get(address, follow_redirects=True)
        content = answer.get_data()
        secret = any(word.encode() in content for word in SECRETS)
        if secret or (answer.status_code == 200 and answer.mimetype == "application/pdf"):
            found.append(address)
    return found


def test_an_undeclared_reviewer_gets_nothing_by_any_route(
    app: Flask, reviewer: StrictClient, application: Application
) -> None:
    addresses = routes_about(app, application)
    assert f"/reviews/{application.reference}" in addresses
    assert leaks(reviewer, addresses) == []
    page = reviewer.get(f"/reviews/{application.reference}").text
    assert application.title in page
    assert "Honduras" in page


def test_a_reviewer_who_stepped_aside_gets_nothing_by_any_route(
    app: Flask, session: Session, reviewer: StrictClient, application: Application, review: Review
) -> None:
    declare_no_conflict(session, review, act_of(session, review.reviewer))
    session.commit()
    assert f"/reviews/{application.reference}" in leaks(reviewer, routes_about(app, application))
    recuse(session, review, act_of(session, review.reviewer, "I know them."))
    session.commit()
    assert leaks(reviewer, routes_about(app, application)) == []


def test_an_assignment_taken_back_shuts_it_by_every_route(
    app: Flask,
    session: Session,
    reviewer: StrictClient,
    application: Application,
    review: Review,
    team: Team,
) -> None:
    declare_no_conflict(session, review, act_of(session, review.reviewer))
    release(session, review, act_of(session, team.officer, "Too late."))
    session.commit()
    assert leaks(reviewer, routes_about(app, application)) == []
    assert reviewer.get(f"/reviews/{application.reference}").status_code == 404


def test_a_stranger_among_the_reviewers_gets_nothing_by_any_route(
    app: Flask, session: Session, sign_in_as: SignInAs, application: Application, review: Review
) -> None:
    stranger = sign_in_as(staff(session, Role.REVIEWER, "Some Stranger"))
    assert leaks(stranger, routes_about(app, application)) == []
    assert stranger.get(f"/reviews/{application.reference}").status_code == 404


@pytest.mark.parametrize("role", [Role.FUND_MANAGER, Role.PROGRAMME_OFFICER, Role.AUDITOR])
def test_a_role_given_later_does_not_open_it_to_who_stepped_aside(
    app: Flask,
    session: Session,
    reviewer: StrictClient,
    application: Application,
    review: Review,
    role: Role,
) -> None:
    recuse(session, review, act_of(session, review.reviewer, "I know them."))
    appoint(session, review.reviewer, role)
    session.commit()
    assert leaks(reviewer, routes_about(app, application)) == []
    other = reviews_of(session, application)[1]
    addresses = [f"/decisions/{application.reference}", f"/screening/{application.reference}"]
    assert {reviewer.get(address).status_code for address in addresses} <= {403, 404}
    assert other.reviewer.name not in reviewer.get("/decisions").text


def test_before_the_declaration_nothing_can_be_posted_either(
    session: Session, reviewer: StrictClient, application: Application, review: Review
) -> None:
    path = f"/reviews/{application.reference}"
    assert reviewer.submit(f"{path}/keep", sheet(application), page=path).status_code == 404
    reviewer.submit(path, sheet(application))
    session.refresh(review)
    assert (review.state, review.scores) == (ReviewState.ASSIGNED, {})


# Reviewing


def test_the_declaration_opens_the_application_beside_the_score_sheet(
    reviewer: StrictClient, application: Application
) -> None:
    path = f"/reviews/{application.reference}"
    refused = reviewer.submit(path)
    assert "recuse yourself" in refused.text
    assert reviewer.submit(path, {"declared": "yes"}).location == path
    page = reviewer.get(path)
    assert "Casa Segura" in page.text
    assert "Weighted total" in page.text
    file = application.files[0]
    handed = reviewer.get(f"{path}/files/{file.id}")
    assert handed.headers["Content-Disposition"].startswith("attachment")


@pytest.fixture
def declared(session: Session, review: Review, reviewer: StrictClient) -> StrictClient:
    declare_no_conflict(session, review, act_of(session, review.reviewer))
    session.commit()
    return reviewer


def test_a_draft_comes_back_as_it_was_left_with_its_total(
    declared: StrictClient, application: Application
) -> None:
    path = f"/reviews/{application.reference}"
    half = {"mark_need": "5", "why_victims": "Not sure yet", "comment": "Ask them", "later": "1"}
    assert declared.submit(path, half).location == "/reviews"
    assert "1 of 6" in declared.get("/reviews").text
    page = declared.get(path).text
    assert "Not sure yet" in page
    assert "Ask them" in page
    assert ">20.00</bdi>" in page


def test_autosave_keeps_even_what_is_too_long(
    session: Session, declared: StrictClient, application: Application, review: Review
) -> None:
    path = f"/reviews/{application.reference}"
    long = "x" * 5000
    assert declared.submit(f"{path}/keep", {"why_need": long}, page=path).status_code == 200
    session.refresh(review)
    assert review.scores["need"]["reason"] == long


def test_a_refused_review_is_kept_and_each_gap_marked(
    session: Session, declared: StrictClient, application: Application, review: Review
) -> None:
    path = f"/reviews/{application.reference}"
    page = declared.submit(path, sheet(application, mark_need="", why_budget=""))
    assert "Enter a score from 0 to 5" in page.text
    assert "Enter the reason for this score" in page.text
    session.refresh(review)
    assert review.marked == 5
    assert declared.get(f"{path}/submit").location == path


def test_a_review_is_checked_submitted_and_locked(
    session: Session, declared: StrictClient, application: Application, review: Review
) -> None:
    path = f"/reviews/{application.reference}"
    assert declared.submit(path, sheet(application, "3")).location == f"{path}/submit"
    assert ">60.00</bdi>" in declared.get(f"{path}/submit").text
    assert declared.submit(f"{path}/submit", at_version(session, review)).location == path
    session.refresh(review)
    assert review.state == ReviewState.SUBMITTED
    page = declared.get(path).text
    assert "Your review" in page
    assert "No other reviews have been submitted yet" in page
    assert declared.get(f"{path}/submit").location == path


def test_others_reviews_appear_after_ones_own(
    session: Session, declared: StrictClient, application: Application, review: Review
) -> None:
    path = f"/reviews/{application.reference}"
    other = reviews_of(session, application)[1]
    declare_no_conflict(session, other, act_of(session, other.reviewer))
    submit(session, other, a_full_draft(application, 2), act_of(session, other.reviewer))
    session.commit()
    assert other.reviewer.name not in declared.get(path).text
    declared.submit(path, sheet(application))
    declared.submit(f"{path}/submit", at_version(session, review))
    assert "Review by Reviewer 2" in declared.get(path).text
    session.refresh(application)
    assert application.state == ApplicationState.REVIEWED


def test_stepping_aside_asks_for_the_reason(
    session: Session, reviewer: StrictClient, application: Application, review: Review
) -> None:
    path = f"/reviews/{application.reference}"
    assert "Fill in" in reviewer.submit(f"{path}/step-aside").text
    done = reviewer.submit(f"{path}/step-aside", {"reason": "I advised them."})
    assert done.location == "/reviews"
    session.refresh(review)
    assert review.state == ReviewState.RECUSED
    assert "This review is closed" in reviewer.get(path).text


# Assigning


@pytest.fixture
def officer(session: Session, sign_in_as: SignInAs, team: Team) -> StrictClient:
    return sign_in_as(team.officer)


def ids(*people: Person) -> list[str]:
    return [str(person.id) for person in people]


def test_reviewers_are_chosen_from_those_without_a_tie(
    session: Session, officer: StrictClient, application: Application, team: Team
) -> None:
    eligible(session, application, team)
    tied = staff(session, Role.REVIEWER, "Tied Person")
    appoint(session, tied, Role.ORGANISATION_EDITOR, organisation=application.organisation)
    session.commit()
    assert application.reference in officer.get("/reviews/assign").text
    path = f"/reviews/assign/{application.reference}"
    page = officer.get(path).text
    assert team.reviewers[0].name in page
    assert "Tied Person" not in page
    refused = officer.submit(path, {"reviewers": ids(team.reviewers[0])})
    assert "Choose exactly 2 reviewers" in refused.text
    assert officer.submit(path, {"reviewers": ids(*team.reviewers)}).location == "/reviews/assign"
    session.refresh(application)
    assert application.state == ApplicationState.UNDER_REVIEW
    assert "Every application has enough reviewers" in officer.get("/reviews/assign").text


def test_an_assignment_is_taken_back_and_the_place_filled_again(
    session: Session, officer: StrictClient, application: Application, review: Review
) -> None:
    third = staff(session, Role.REVIEWER, "A Third")
    session.commit()
    path = f"/reviews/assign/{application.reference}"
    released = officer.submit(f"{path}/{review.id}/release", {"reason": "On leave."})
    assert released.location == path
    assert "1 more reviewer is needed" in officer.get(path).text
    officer.submit(path, {"reviewers": ids(third)})
    session.expire_all()
    states = [one.state for one in reviews_of(session, application)]
    assert states == [ReviewState.RELEASED, ReviewState.ASSIGNED, ReviewState.ASSIGNED]


def test_too_few_reviewers_are_said_to_be_too_few(
    session: Session, officer: StrictClient, application: Application, team: Team
) -> None:
    eligible(session, application, team)
    for reviewer in team.reviewers:
        appoint(session, reviewer, Role.AUDITOR)
    session.commit()
    page = officer.get(f"/reviews/assign/{application.reference}").text
    assert "not enough reviewers" in page


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.TRUSTEE, Role.AUDITOR])
def test_only_those_who_assign_see_those_pages(
    session: Session, sign_in_as: SignInAs, application: Application, review: Review, role: Role
) -> None:
    browser = sign_in_as(staff(session, role, "Some Body"))
    assert browser.get("/reviews/assign").status_code == 403
    assert browser.get(f"/reviews/assign/{application.reference}").status_code == 403
