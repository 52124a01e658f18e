"""References and visits: recorded once, seen by those who decide, and enough before an award."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.deciding.awards.queries import award_of
from grants.deciding.awards.service import approve
from grants.deciding.decisions.prospects import approvable
from grants.integrity.enquiries.models import EnquiryKind, Finding
from grants.integrity.enquiries.queries import answered_of, enquiries_of, references_of_each
from grants.integrity.enquiries.service import Answer, ask_reference, record_answer, record_visit
from grants.platform.file_checks.checks import Upload
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    advised,
    an_organisation,
    money_for_awards,
    staff,
    terms_for,
)
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs


@pytest.fixture
def house(session: Session) -> Organisation:
    return an_organisation(session, "Casa")


def answer(days_ago: int = 0, text: str = "They did well.") -> Answer:
    return Answer(clock.today() - timedelta(days_ago), Finding.GOOD, text)


def answered(session: Session, house: Organisation, team: Team, days_ago: int = 0) -> None:
    act, day = act_of(session, team.officer), clock.today() - timedelta(days_ago)
    asked = ask_reference(session, house, "Ana Ruiz, IOM", day, act)
    record_answer(session, asked, answer(days_ago), act)


def test_a_reference_is_asked_for_and_answered_once(
    session: Session, house: Organisation, team: Team
) -> None:
    act, today = act_of(session, team.officer), clock.today()
    asked = ask_reference(session, house, " Ana Ruiz, IOM ", today - timedelta(3), act)
    assert (asked.who, asked.answered_on, references_of_each(session, [house.id])) == (
        "Ana Ruiz, IOM",
        None,
        {},
    )
    for wrong, why in (
        (answer(4), "before the question"),
        (answer(-1), "in the future"),
        (answer(0, " "), "was answered or seen"),
    ):
        with pytest.raises(DomainError, match=why):
            record_answer(session, asked, wrong, act)
    upload = Upload("letter.pdf", pdf())
    record_answer(session, asked, Answer(today, Finding.MIXED, "Late reports.", upload), act)
    assert (asked.finding, asked.document is not None) == (Finding.MIXED, True)
    assert references_of_each(session, [house.id]) == {house.id: 1}
    with pytest.raises(Conflict, match="already"):
        record_answer(session, asked, answer(), act)


def test_a_visit_is_recorded_with_what_was_seen_and_is_no_reference(
    session: Session, house: Organisation, team: Team
) -> None:
    act = act_of(session, team.officer)
    record_visit(session, house, "I. Lund", answer(5), act)
    (visit,) = enquiries_of(session, house.id)
    assert (visit.kind, visit.asked_on) == (EnquiryKind.VISIT, visit.answered_on)
    assert references_of_each(session, [house.id]) == {}


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 11, 30), date(2024, 11, 30)),
        (date(2027, 1, 31), date(2025, 1, 31)),
        (date(2028, 2, 29), date(2026, 2, 28)),
        (date(2026, 2, 28), date(2024, 2, 28)),
    ],
)
def test_a_reference_counts_for_two_years_to_the_day(
    session: Session, house: Organisation, team: Team, today: date, last: date
) -> None:
    with clock.at(datetime.combine(today, time(12), clock.zone())):
        days = (today - last).days
        answered(session, house, team, days_ago=days + 1)
        assert references_of_each(session, [house.id]) == {}
        answered(session, house, team, days_ago=days)
        assert references_of_each(session, [house.id]) == {house.id: 1}
        assert answered_of(enquiries_of(session, house.id)) == 1


def test_neither_another_role_nor_the_organisations_own_people_record_it(
    session: Session, house: Organisation, team: Team
) -> None:
    appoint(session, team.officer, Role.ORGANISATION_EDITOR, organisation=house)
    for person in (team.officer, team.approver, staff(session, Role.TRUSTEE)):
        with pytest.raises(Forbidden):
            ask_reference(session, house, "Ana", clock.today(), act_of(session, person))


@pytest.fixture
def application(session: Session, fund: Fund, team: Team, house: Organisation) -> Application:
    """Ready for approval, under a call that asks for two references."""
    money_for_awards(session, fund)
    call = a_closed_call(session, fund)
    call.references_needed = 2
    return advised(session, a_submitted_application(session, call, house), team)


def test_no_award_before_as_many_references_as_the_call_asks_for(
    session: Session, application: Application, house: Organisation, team: Team
) -> None:
    approver, terms = act_of(session, team.approver), terms_for(session, application)

    def refused() -> str:
        (prospect,) = approvable(session, [application], approver.actor)
        return prospect.why_not

    answered(session, house, team)
    answered(session, house, team, days_ago=800)  # too long ago to count
    with pytest.raises(DomainError, match=r"asks for 2 references.*two years: 1"):
        approve(session, application, terms, approver)
    assert "two years: 1" in refused()
    answered(session, house, team)
    assert refused() == ""
    approve(session, application, terms, approver)
    assert award_of(session, application) is not None


def test_references_are_recorded_and_read_on_the_pages(
    session: Session,
    application: Application,
    house: Organisation,
    team: Team,
    sign_in_as: SignInAs,
) -> None:
    session.commit()
    officer, of_house = sign_in_as(team.officer), f"/due-diligence/organisations/{house.code}"
    today = clock.today()
    day = {"asked_on-day": today.day, "asked_on-month": today.month, "asked_on-year": today.year}
    asked = officer.submit(f"{of_house}/references/new", {"who": "Ana Ruiz", **day})
    assert asked.location == of_house
    page = officer.get(of_house).text
    assert "Not answered yet" in page
    path = page.split("/due-diligence/references/")[1].split('"')[0]
    day = {name.replace("asked_on", "on"): value for name, value in day.items()}
    given = {"finding": "good", "text": "Reliable.", **day}
    assert officer.submit(f"/due-diligence/references/{path}", given).location == of_house
    assert officer.get(f"/due-diligence/references/{path}").location == of_house
    seen = {"who": "I. Lund", "finding": "mixed", "text": "A safe house.", **day}
    assert officer.submit(f"{of_house}/visits/new", seen).location == of_house
    case = sign_in_as(team.approver).get(f"/decisions/{application.reference}/approve").text
    for text in ("Reliable.", "A safe house.", "asks for 2 answered references"):
        assert text in case
    assert "Answered in the last two years: 1" in case
    assert sign_in_as(team.approver).get(f"{of_house}/visits/new").status_code == 403
