"""Who reviewed what is for the secretariat alone: no route tells it to anybody else."""

import io

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.deciding.awards.service import reject
from grants.deciding.board.service import keep_in_reserve, not_recommend
from grants.deciding.sessions.service import Plan, invite, schedule
from grants.platform.messages.models import Message
from tests.deciding.routes import read, routes
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    an_award,
    an_organisation,
    member,
    money_for_awards,
    recommended,
    reviewed,
    staff,
    without_conflict,
)
from tests.platform.web.client import SignInAs, StrictClient

DOCUMENTS = ("submission", "regret-letter", "award-letter")


@pytest.fixture
def cases(session: Session, fund: Fund, team: Team, trustee: Person) -> list[Application]:
    """Applications of one person at every end: awarded, before the Board, reserve, refused."""
    money_for_awards(session, fund)
    call = a_closed_call(session, fund)
    houses = [an_organisation(session, f"House {place}") for place in range(4)]
    made = [a_submitted_application(session, call, one) for one in houses]
    applicant = member(session, houses[0])
    for one in houses[1:]:
        appoint(session, applicant, Role.ORGANISATION_ADMIN, organisation=one)
    an_award(session, made[0], team)
    recommended(session, made[1], team)
    keep_in_reserve(
        session, reviewed(session, made[2], team), act_of(session, team.manager, "Next.")
    )
    not_recommend(session, reviewed(session, made[3], team), act_of(session, team.manager, "Weak."))
    reject(session, made[3], act_of(session, team.approver, "Weak."))
    without_conflict(session, trustee, *made)
    by = act_of(session, team.manager)
    meeting = schedule(session, fund, Plan(clock.today(), "Vienna", [made[1].id]), by)
    invite(session, meeting, by)
    session.commit()
    return made


def told_to(browser: StrictClient, role: Role, cases: list[Application]) -> dict[str, str]:
    """What each address gives that this role may try: pages, their files, documents, search."""
    call = cases[0].call.reference
    tried = {f"/calls/{call}/ranking?format=csv", "/search?q=Ingrid", "/search?q=Kofi"}
    for reference in (cases[0].reference, cases[1].reference, call, "UNVTF-G-2026-001"):
        tried |= routes(browser, role, {"reference": reference, "code": "UNVTF"})
    for one in cases:
        tried |= {f"/decisions/{one.reference}?part={part}" for part in ("", "organisation")}
        tried |= {f"/documents/{name}/{one.reference}.json" for name in DOCUMENTS}
    tried |= {f"/documents/board-dossier/{call}.json", "/decisions", "/decisions?format=csv"}
    return {path: read(browser, path) for path in sorted(tried)}


SILENT = (Role.TRUSTEE, Role.REVIEWER, Role.ORGANISATION_ADMIN, Role.OBSERVER)


def test_no_route_names_a_reviewer_to_anybody_but_the_secretariat(
    session: Session,
    team: Team,
    trustee: Person,
    cases: list[Application],
    sign_in_as: SignInAs,
) -> None:
    applicant = session.scalars(select(Person).where(Person.name == "Luz Reyes")).one()
    people = (trustee, team.reviewers[0], applicant, staff(session, Role.OBSERVER))
    for role, person in zip(SILENT, people, strict=True):
        hidden = [one.name for one in team.reviewers if one is not person]
        browser = sign_in_as(person)
        browser.application.config["QUERY_BUDGET"] = 40  # cases without a form cost two more each
        told = told_to(browser, role, cases)
        assert not [path for path, text in told.items() for name in hidden if name in text], role
        letters = session.scalars(select(Message).where(Message.person_id == person.id))
        assert not [one for one in letters if any(name in one.text for name in hidden)], role
        ranking = told.get(f"/calls/{cases[0].call.reference}/ranking", "")
        assert ("Reviewer 2" in ranking) == (role is Role.TRUSTEE)


def test_the_secretariat_reads_who_reviewed_what(
    team: Team, cases: list[Application], sign_in_as: SignInAs
) -> None:
    manager, call = sign_in_as(team.manager), cases[0].call.reference
    for path in (
        f"/calls/{call}/ranking",
        f"/calls/{call}/ranking?format=csv",
        f"/decisions/{cases[1].reference}",
    ):
        assert "Kofi Boateng" in read(manager, path), path


def test_the_spreadsheet_of_a_trustee_numbers_the_reviewers(
    trustee: Person, cases: list[Application], sign_in_as: SignInAs
) -> None:
    path = f"/calls/{cases[0].call.reference}/ranking?format=xlsx"
    file = sign_in_as(trustee).get(path, buffered=True).get_data()
    sheet = openpyxl.load_workbook(io.BytesIO(file)).worksheets[0]
    assert sheet.cell(2, 10).value == "Reviewer 1 80.00; Reviewer 2 80.00"
