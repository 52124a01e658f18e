"""The staff's list of applications: its rows are ticked, acted on together, and had as a file."""

import csv
import io
import re

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.deciding.reviews.service import assign
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    an_organisation,
    eligible,
    reviewed,
    staff,
)
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def sent(session: Session, fund: Fund, team: Team) -> list[Application]:
    """Of one call: one just received, one eligible, two reviewed."""
    call = a_closed_call(session, fund)
    made = [
        a_submitted_application(session, call, an_organisation(session, f"House {n}"))
        for n in range(4)
    ]
    eligible(session, made[1], team)
    for one in made[2:]:
        reviewed(session, one, team)
    return made


@pytest.fixture
def browse(session: Session, sent: list[Application], sign_in_as: SignInAs) -> SignInAs:
    session.commit()
    return sign_in_as


def offered(page: str) -> list[str]:
    return re.findall(r'formaction="(/(?:screening|reviews|decisions|feedback)[^"]*)"', page)


def rows(*applications: Application) -> str:
    return "".join(f"&row={one.id}" for one in applications)


FROM = "picked=applications.index"


def numbers_in(browser: StrictClient, address: str) -> list[str]:
    text = browser.get(address).get_data(as_text=True)
    return [row["Number"] for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))]


def test_each_is_offered_what_may_be_done_and_fits_a_row_that_is_shown(
    team: Team, sent: list[Application], browse: SignInAs
) -> None:
    officer = browse(team.officer)
    page = officer.get("/applications").text
    assert all(f'name="row" value="{one.id}"' in page for one in sent)
    assert offered(page)[:2] == ["/screening/suggestions", "/reviews/assign/several"]
    reviewed_only = offered(officer.get("/applications?state=reviewed").text)
    assert "/screening/suggestions" not in reviewed_only
    manager = offered(browse(team.manager).get("/applications?state=reviewed").text)
    assert "/decisions/several/recommend" in manager
    assert "/decisions/several/invite" not in manager  # no concept note among them
    assert "/decisions/several/approve" not in manager


def test_who_only_reads_has_the_rows_as_a_file_and_no_act(
    session: Session, sent: list[Application], browse: SignInAs
) -> None:
    auditor = staff(session, Role.AUDITOR)
    session.commit()
    page = browse(auditor).get("/applications").text
    assert offered(page) == []
    assert f'name="row" value="{sent[0].id}"' in page


def test_rows_that_an_act_does_not_take_are_left_out_and_it_leads_back_to_the_list(
    session: Session, team: Team, sent: list[Application], browse: SignInAs
) -> None:
    manager = browse(team.manager)
    address = f"/decisions/several/recommend?{FROM}&country=CO{rows(*sent)}"
    page = manager.get(address).text
    assert "2 rows to be done" in page
    assert "2 rows are left out" in page
    assert "the status is “Eligible”" in page
    assert 'href="/applications?country=CO"' in page
    tickets = re.findall(r'name="row" value="([^"]+)"', page)
    answers = {"row": tickets, "share": "100", "rationale": "Strong."}
    done = manager.submit(address, answers)
    assert done.status_code == 302
    result = manager.get(done.location).text
    assert "2 rows have been done" in result
    assert 'href="/applications?country=CO"' in result
    session.expire_all()
    assert [one.state for one in sent] == ["submitted", "eligible", "recommended", "recommended"]


def test_all_results_are_those_of_the_list_and_not_of_the_rooms_own_queue(
    team: Team, sent: list[Application], browse: SignInAs
) -> None:
    manager = browse(team.manager)
    whole = f"/decisions/several/recommend?all=1&q={sent[2].reference}"
    assert sent[3].reference in manager.get(whole).text
    page = manager.get(f"{whole}&{FROM}").text
    assert sent[2].reference in page
    assert sent[3].reference not in page


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_ticked_rows_are_had_as_a_file(
    team: Team, sent: list[Application], browse: SignInAs, ending: str
) -> None:
    officer = browse(team.officer)
    chosen = f"{FROM}{rows(sent[0], sent[2])}"
    with officer.get(f"/applications?format={ending}&{chosen}") as answer:
        assert ending in answer.headers["Content-Disposition"]
    wanted = [sent[2].reference, sent[0].reference]
    assert numbers_in(officer, f"/applications?format=csv&{chosen}") == wanted
    call = sent[0].call.reference
    assert numbers_in(officer, f"/calls/{call}/answers?format=csv&{chosen}") == wanted


def test_no_file_is_made_where_nothing_is_ticked(team: Team, browse: SignInAs) -> None:
    officer = browse(team.officer)
    answer = officer.get(f"/applications?format=csv&{FROM}&state=reviewed")
    assert (answer.status_code, answer.location) == (302, "/applications?state=reviewed")
    assert "Select at least one row" in officer.get(answer.location).text


def test_the_whole_list_is_a_file_of_what_it_is_filtered_by(
    team: Team, sent: list[Application], browse: SignInAs
) -> None:
    officer, call = browse(team.officer), sent[0].call.reference
    asked = f"format=csv&all=1&{FROM}&state=reviewed&call={call}"
    wanted = [sent[3].reference, sent[2].reference]
    assert numbers_in(officer, f"/applications?{asked}") == wanted
    assert numbers_in(officer, f"/calls/{call}/answers?{asked}") == wanted


def test_a_file_of_rows_holds_nothing_that_is_shut_to_who_asks(
    session: Session, team: Team, sent: list[Application], sign_in_as: SignInAs
) -> None:
    """An officer who is asked to review one of them has not yet denied a conflict of interest."""
    both = _officer_asked_to_review(session, team, sent[1])
    session.commit()
    browser, chosen = sign_in_as(both), f"format=csv&{FROM}{rows(*sent[:2])}"
    call = sent[0].call.reference
    assert numbers_in(browser, f"/applications?{chosen}") == [sent[0].reference]
    assert numbers_in(browser, f"/calls/{call}/answers?{chosen}") == [sent[0].reference]
    page = browser.get(f"/reviews/assign/several?{FROM}{rows(*sent[:2])}").text
    assert sent[1].reference not in page


def _officer_asked_to_review(session: Session, team: Team, application: Application) -> Person:
    reviewer = team.reviewers[0]
    assign(session, application, team.reviewers, act_of(session, team.officer))
    appoint(session, reviewer, Role.PROGRAMME_OFFICER)
    return reviewer


@pytest.mark.parametrize("row", ["x", "-1", "9" * 30, "٣", "1.2"])
def test_rows_that_name_no_record_make_no_file(team: Team, browse: SignInAs, row: str) -> None:
    answer = browse(team.officer).get(f"/applications?format=csv&{FROM}&row={row}")
    assert answer.status_code == 302


def test_the_acts_cost_the_list_no_question_for_each_row(
    session: Session, fund: Fund, team: Team, sent: list[Application], browse: SignInAs
) -> None:
    manager = browse(team.manager)
    manager.get("/applications")
    manager.get("/applications?state=eligible")
    alone = manager.queries
    for number in range(12):
        call = a_closed_call(session, fund)
        house = an_organisation(session, f"Casa {number}")
        reviewed(session, a_submitted_application(session, call, house), team)
    session.commit()
    manager.get("/applications?state=reviewed")
    assert manager.queries <= alone
