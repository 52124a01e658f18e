"""The pages on which decisions are prepared and taken."""

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application, Submission
from grants.applying.applications.requested_period import RequestedPeriod
from grants.applying.applications.workflow import ApplicationState
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.clock import months_after
from grants.core.kernel.money import usd
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.deciding.awards.period import proposed_terms
from grants.deciding.awards.queries import award_of
from grants.deciding.board.queries import advice_on, recommendation_for
from grants.deciding.board.service import Proposal, revise
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    advised,
    money_for_awards,
    recommended,
    reviewed,
    staff,
    without_conflict,
)
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs, StrictClient

NOTHING_ELSE: dict[str, Any] = {
    "files": [],
    "submitted_by": "Luz Reyes",
    "organisation": {
        "code": "CASA",
        "name": "Casa Segura",
        "country": "HN",
        "registration_number": "1",
        "registered_on": "2019-05-04",
        "website": None,
    },
}


@pytest.fixture
def manager(sign_in_as: SignInAs, session: Session, team: Team) -> StrictClient:
    session.commit()
    return sign_in_as(team.manager)


@pytest.fixture
def approver(sign_in_as: SignInAs, session: Session, team: Team) -> StrictClient:
    session.commit()
    return sign_in_as(team.approver)


def day(name: str, when: date) -> dict[str, str]:
    parts = {"day": when.day, "month": when.month, "year": when.year}
    return {f"{name}-{part}": str(number) for part, number in parts.items()}


def minutes() -> dict[str, tuple[io.BytesIO, str]]:
    """The signed minutes of a session on paper."""
    return {"minutes": (io.BytesIO(pdf()), "minutes.pdf")}


def words(html: str) -> str:
    """What a reader reads, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def test_from_the_reviews_to_the_award_on_the_pages(
    session: Session,
    manager: StrictClient,
    approver: StrictClient,
    application: Application,
    team: Team,
) -> None:
    reviewed(session, application, team, (4, 5))
    session.commit()
    path = f"/decisions/{application.reference}"
    assert application.reference in manager.get("/decisions?stage=recommend").text
    page = manager.get(path).text
    assert "Recommend" in page
    assert ">90.00</bdi>" in page
    proposal = {"amount": "15,000", "rationale": "Nobody else helps there."}
    assert manager.submit(f"{path}/recommend", proposal).location == path
    assert application.reference in manager.get("/decisions?stage=advise").text
    assert "Approve" not in manager.get(path).text
    said = {**day("session_on", clock.today()), "endorsement": "endorsed", "amount": "15000.00"}
    assert manager.submit(f"{path}/advice", {**said, **minutes()}).location == path
    assert application.reference in approver.get("/decisions?stage=approve").text
    assert "USD 16,950.00" in words(approver.get(f"{path}/approve").text)
    start = clock.today() + timedelta(days=10)
    period = {**day("starts_on", start), **day("ends_on", start + timedelta(days=200))}
    done = approver.submit(f"{path}/approve", {**period, "amount": "15000.00"})
    assert done.location == path
    award = award_of(session, application)
    assert award is not None
    assert award.reference in approver.get(path).text
    again = approver.post(
        f"{path}/approve",
        data={**period, "amount": "15000.00", "csrf_token": token(approver, "/decisions")},
    )
    assert again.location == path


def test_the_approve_page_takes_over_the_period_that_was_asked_for(
    session: Session, fund: Fund, approver: StrictClient, team: Team
) -> None:
    money_for_awards(session, fund)
    application = a_submitted_application(session, a_closed_call(session, fund))
    answers = {"project": {"starts_on": "2035-09-01", "months": 6}}
    session.add(
        Submission(
            application_id=application.id,
            snapshot={"answers": answers, **NOTHING_ELSE},
            sha256="0" * 64,
            submitted_at=clock.now(),
        )
    )
    advised(session, application, team)
    session.commit()
    page = words(approver.get(f"/decisions/{application.reference}/approve").text)
    assert "Requested start 1 Sep 2035" in page
    assert "Requested duration 6 months" in page
    assert "Proposed end 29 Feb 2036" in page


def test_the_period_proposed_is_as_asked_and_never_longer_than_the_call_allows(
    session: Session, fund: Fund
) -> None:
    call = a_closed_call(session, fund)
    asked = proposed_terms(RequestedPeriod(date(2035, 9, 1), 6), call)
    assert asked == {"starts_on": date(2035, 9, 1), "ends_on": date(2036, 2, 29)}
    late = proposed_terms(RequestedPeriod(date(2020, 1, 1), 6), call)
    assert late["starts_on"] >= clock.today()
    longest = proposed_terms(RequestedPeriod(date(2035, 9, 1), 99), call)
    assert longest["ends_on"] == months_after(date(2035, 9, 1), call.months) - timedelta(days=1)


def token(browser: StrictClient, page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(page).text)
    assert found
    return found[1]


def test_a_limit_is_named_on_the_form_and_a_reason_goes_beyond_it(
    session: Session, manager: StrictClient, application: Application, team: Team
) -> None:
    reviewed(session, application, team)
    session.commit()
    path = f"/decisions/{application.reference}"
    more = {"amount": "25000", "rationale": "Three towns."}
    refused = manager.submit(f"{path}/recommend", more)
    assert "20,000.00 was requested" in refused.text
    assert "Three towns." in refused.text
    assert manager.submit(f"{path}/recommend", {**more, "override": "War."}).location == path
    kept = recommendation_for(session, application)
    assert kept is not None
    assert kept.override == "War."
    assert "War." in manager.get(path).text


def test_a_recommendation_is_changed_with_its_reason(
    session: Session, manager: StrictClient, application: Application, team: Team
) -> None:
    advised(session, application, team)
    session.commit()
    path = f"/decisions/{application.reference}"
    changed = {"amount": "12000", "rationale": "Cheaper."}
    assert "Fill in" in manager.submit(f"{path}/recommend", changed).text
    changed["reason"] = "The rent is lower."
    assert manager.submit(f"{path}/recommend", changed).location == path
    assert "advice is needed again" in manager.get(path).text


def test_a_stale_page_approves_nothing(
    session: Session, approver: StrictClient, application: Application, team: Team
) -> None:
    advised(session, application, team)
    act = act_of(session, team.manager, "Less rent.")
    revise(session, application, Proposal(usd(1_200_000), "Cheaper."), act)
    session.commit()
    start = clock.today()
    period = {**day("starts_on", start), **day("ends_on", start + timedelta(days=200))}
    stale = {**period, "amount": "15000.00"}
    answer = approver.submit(f"/decisions/{application.reference}/approve", stale)
    assert answer.status_code == 409
    assert "12,000.00" in answer.text
    session.refresh(application)
    assert application.state == ApplicationState.RECOMMENDED


def test_a_page_that_was_open_when_the_role_ended_approves_nothing(
    session: Session, approver: StrictClient, application: Application, team: Team
) -> None:
    advised(session, application, team)
    session.commit()
    path = f"/decisions/{application.reference}/approve"
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', approver.get(path).text)[0]
    for membership in team.approver.memberships:
        membership.ended_at = clock.now()
    session.commit()
    start = clock.today()
    period = {**day("starts_on", start), **day("ends_on", start + timedelta(days=200))}
    refused = approver.post(path, data={**period, "amount": "15000.00", "csrf_token": token})
    assert refused.status_code == 403
    assert "role" in refused.text
    session.refresh(application)
    assert application.state == ApplicationState.RECOMMENDED


def test_beyond_what_is_available_the_form_says_the_numbers(
    session: Session, fund: Fund, approver: StrictClient, application: Application, team: Team
) -> None:
    advised(session, application, team)
    fund.operating_reserve_minor = 99_000_000
    session.commit()
    path = f"/decisions/{application.reference}/approve"
    assert "not enough money" in approver.get(path).text
    start = clock.today()
    period = {**day("starts_on", start), **day("ends_on", start + timedelta(days=200))}
    refused = approver.submit(path, {**period, "amount": "15000.00"})
    assert "16950.00 USD" in refused.text
    assert "10000.00 USD is available" in refused.text


def test_not_recommended_is_rejected_by_the_approving_officer_with_the_same_reason(
    session: Session,
    manager: StrictClient,
    approver: StrictClient,
    application: Application,
    team: Team,
) -> None:
    reviewed(session, application, team, (2, 2))
    session.commit()
    path = f"/decisions/{application.reference}"
    assert manager.submit(f"{path}/not-recommend", {"reason": "Too vague."}).location == path
    assert application.reference in approver.get("/decisions?stage=reject").text
    assert "Too vague." in approver.get(f"{path}/reject").text
    assert approver.submit(f"{path}/reject", {"reason": "The plan is vague."}).location == path
    session.refresh(application)
    assert application.state == ApplicationState.REJECTED


def test_the_reserve_list_can_be_filtered(
    session: Session, manager: StrictClient, application: Application, team: Team
) -> None:
    reviewed(session, application, team)
    session.commit()
    path = f"/decisions/{application.reference}"
    assert manager.submit(f"{path}/reserve", {"reason": "If money comes."}).location == path
    assert application.reference in manager.get("/decisions?stage=reserve").text
    assert application.reference not in manager.get("/decisions?stage=recommend").text
    call = application.call.reference
    assert application.reference in manager.get(f"/decisions?call={call}").text


def test_the_signed_minutes_of_a_session_on_paper_hang_on_its_advice(
    session: Session, manager: StrictClient, application: Application, team: Team
) -> None:
    recommended(session, application, team)
    session.commit()
    path = f"/decisions/{application.reference}"
    assert manager.get(f"{path}/minutes").status_code == 404
    said = {**day("session_on", clock.today()), "endorsement": "endorsed", "amount": "15000.00"}
    assert "Choose a file for" in manager.submit(f"{path}/advice", said).text
    manager.submit(f"{path}/advice", {**said, **minutes()})
    assert "Entered by the secretariat" in manager.get(path).text
    assert manager.get(f"{path}/minutes", buffered=True).get_data() == pdf()


def test_advice_on_a_sum_changed_meanwhile_is_refused(
    session: Session, manager: StrictClient, application: Application, team: Team
) -> None:
    recommended(session, application, team)
    session.commit()
    path = f"/decisions/{application.reference}/advice"
    said = {**day("session_on", clock.today()), "endorsement": "endorsed"}
    assert manager.submit(path, {**said, **minutes(), "amount": "14000.00"}).status_code == 409
    assert manager.submit(path, {**said, **minutes(), "amount": "nonsense"}).status_code == 409
    right = {**said, "amount": "15000.00"}
    remarks = manager.submit(path, {**right, **minutes(), "endorsement": "not_endorsed"})
    assert "remarks" in remarks.text
    assert advice_on(session, application) is None


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        (Role.TRUSTEE, True),
        (Role.AUDITOR, True),
        (Role.PROGRAMME_OFFICER, True),
        (Role.REVIEWER, False),
        (Role.FINANCE_OFFICER, False),
        (Role.OBSERVER, False),
    ],
)
def test_who_reads_decisions_takes_none(
    session: Session,
    sign_in_as: SignInAs,
    application: Application,
    team: Team,
    role: Role,
    pages: bool,
) -> None:
    advised(session, application, team)
    person = someone(session, role)
    if role is Role.TRUSTEE:
        without_conflict(session, person, application)
    session.commit()
    browser = sign_in_as(person)
    path = f"/decisions/{application.reference}"
    for page in ("/decisions", path, f"/calls/{application.call.reference}/ranking"):
        assert browser.get(page).status_code == (200 if pages else 403)
    for act in ("recommend", "reserve", "not-recommend", "advice", "approve", "reject"):
        assert browser.get(f"{path}/{act}").status_code == 403
    if pages:
        assert "Endorsed" in browser.get(path).text


def someone(session: Session, role: Role) -> Person:
    person = staff(session, role, f"Some {role.value}")
    session.commit()
    return person


def test_the_list_of_decisions_asks_the_database_little(
    session: Session, manager: StrictClient, application: Application, team: Team
) -> None:
    """A person who it is shown to, with as many stages as they act at."""
    reviewed(session, application, team, (4, 5))
    session.commit()
    manager.application.config["QUERY_BUDGET"] = 8
    page = words(manager.get("/decisions").text)
    assert "Awaiting recommendation 1" in page
