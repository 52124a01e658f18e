"""Screening: a checklist that keeps what is there, and decides only when it is complete."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint
from grants.core.people.viewer import Viewer
from grants.deciding.screening.queries import application_of, checklist, grounds, to_screen
from grants.deciding.screening.service import Answer, decide, keep_checks
from grants.deciding.screening.suggestions import Facts, suggest
from grants.platform.messages.models import Message
from tests.factories import (
    Team,
    a_call,
    a_person,
    a_submission,
    act_of,
    member,
    staff,
)

ALL_MET = {key: Answer(True) for key in ("registered_by", "limits", "direct")}
NOT_DIRECT = {**ALL_MET, "direct": Answer(False, "Passes the work on to a partner.")}


def mails(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).order_by(Message.id)))


def test_all_criteria_met_makes_it_eligible_and_tells_the_applicant(
    session: Session, application: Application, team: Team
) -> None:
    member(session, application.organisation)
    assert decide(session, application, ALL_MET, act_of(session, team.officer)) == "eligible"
    assert [mail.subject for mail in mails(session)] == [
        f"{application.reference} has passed eligibility screening"
    ]


def test_a_criterion_not_met_ends_it_with_the_reason_in_the_letter(
    session: Session, application: Application, team: Team
) -> None:
    member(session, application.organisation)
    assert decide(session, application, NOT_DIRECT, act_of(session, team.officer)) == "ineligible"
    reason = "Directly responsible, not an intermediary: Passes the work on to a partner."
    assert trail_of(session, "application", application.id)[-1].reason == reason
    assert grounds(session, application) == [tuple(reason.split(": "))]
    (mail,) = mails(session)
    assert reason in mail.text
    assert mail.attachments == [
        {"document": "regret-letter", "reference": application.reference, "language": "en"}
    ]


def test_half_a_checklist_is_kept_even_a_no_without_its_reason(
    session: Session, application: Application, team: Team
) -> None:
    act = act_of(session, team.officer)
    keep_checks(session, application, {"direct": Answer(False, "")}, act)
    keep_checks(session, application, {"registered_by": Answer(True)}, act)
    session.expire_all()
    kept = {item.key: item.met for item in checklist(session, application)}
    assert kept == {"registered_by": True, "limits": None, "direct": False}
    assert application.state == ApplicationState.SUBMITTED


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"direct": Answer(True)}, "2 criteria are not answered"),
        ({**ALL_MET, "direct": Answer(None)}, "1 criterion is not answered"),
        ({**ALL_MET, "direct": Answer(False, " ")}, "reason for each criterion"),
    ],
)
def test_nothing_is_decided_while_an_answer_or_a_reason_lacks(
    session: Session,
    application: Application,
    team: Team,
    answers: dict[str, Answer],
    message: str,
) -> None:
    with pytest.raises(DomainError, match=message):
        decide(session, application, answers, act_of(session, team.officer))
    assert application.state == ApplicationState.SUBMITTED


def test_a_decided_checklist_stands(session: Session, application: Application, team: Team) -> None:
    decide(session, application, ALL_MET, act_of(session, team.officer))
    with pytest.raises(Conflict):
        keep_checks(session, application, NOT_DIRECT, act_of(session, team.officer))
    with pytest.raises(IntegrityError, match="decided_with_an_answer"):
        session.execute(text("UPDATE screening_check SET met = false, reason = ''"))


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.APPROVING_OFFICER, Role.AUDITOR])
def test_whoever_does_not_screen_changes_nothing(
    session: Session, application: Application, role: Role
) -> None:
    with pytest.raises(Forbidden):
        keep_checks(session, application, ALL_MET, act_of(session, staff(session, role)))
    with pytest.raises(Forbidden):
        decide(session, application, ALL_MET, act_of(session, staff(session, role)))


def test_nobody_screens_the_application_of_their_own_organisation(
    session: Session, application: Application, team: Team
) -> None:
    appoint(session, team.officer, Role.ORGANISATION_EDITOR, organisation=application.organisation)
    with pytest.raises(Forbidden, match="you act for this organisation"):
        decide(session, application, ALL_MET, act_of(session, team.officer))
    assert session.scalar(to_screen(viewer(session, team.officer.id))) == 0


def test_the_queue_holds_what_is_submitted_in_the_funds_a_person_works_for(
    session: Session, application: Application, team: Team, fund: Fund
) -> None:
    stranger = a_person(session, "Of Another Fund")
    other = establish(session, Charter("VTFS", {"en": "Another fund"}, {"en": "Other aid"}))
    appoint(session, stranger, Role.PROGRAMME_OFFICER, fund_id=other.id)
    assert session.scalar(to_screen(viewer(session, stranger.id))) == 0
    assert session.scalar(to_screen(viewer(session, team.officer.id))) == 1
    decide(session, application, ALL_MET, act_of(session, team.officer))
    assert session.scalar(to_screen(viewer(session, team.officer.id))) == 0


def test_an_application_is_hidden_from_who_may_not_screen_it(
    session: Session, application: Application
) -> None:
    reviewer = viewer(session, staff(session, Role.REVIEWER).id)
    with pytest.raises(Missing):
        application_of(session, application.reference, reviewer, Permission.SCREENING_DECIDE)


@pytest.mark.parametrize(
    ("registered", "met"),
    [(date(2023, 12, 1), True), (date(2023, 12, 2), False), (None, None)],
)
def test_the_day_of_registration_is_compared_with_the_calls(
    session: Session, application: Application, registered: date | None, met: bool | None
) -> None:
    application.organisation.registered_on = registered
    suggestion = suggest({"key": "registered_by"}, Facts.of(session, application))
    assert suggestion is not None
    assert suggestion.met is met


@pytest.mark.parametrize(
    ("cents", "met"), [(99, False), (100, True), (2_000_000, True), (2_000_001, False)]
)
def test_the_amount_is_compared_with_the_calls_limits(
    session: Session, application: Application, cents: int, met: bool
) -> None:
    application.requested_minor = cents
    suggestion = suggest({"key": "amount", "rule": "limits"}, Facts.of(session, application))
    assert suggestion is not None
    assert suggestion.met is met


@pytest.mark.parametrize(("countries", "met"), [([], True), (["HN", "GT"], True), (["GT"], False)])
def test_the_country_is_compared_with_the_calls(
    session: Session, application: Application, countries: list[str], met: bool
) -> None:
    application.call.countries = countries
    suggestion = suggest({"key": "limits"}, Facts.of(session, application))
    assert suggestion is not None
    assert suggestion.met is met


def test_a_criterion_of_judgement_has_no_suggestion(
    session: Session, application: Application
) -> None:
    assert suggest({"key": "honest"}, Facts.of(session, application)) is None
    assert suggest({"key": "direct"}, Facts.of(session, application)) is None


def viewer(session: Session, person_id: int) -> Viewer:
    found = viewer_of(session, person_id)
    assert found is not None
    return found


def test_a_whole_application_is_suggested_on_from_its_answers_and_files(
    session: Session, fund: Fund
) -> None:
    application = a_submission(session, a_call(session, fund, registered_by=date(2023, 12, 1)))
    application.organisation.registered_on = date(2019, 5, 4)
    told = {item.key: item.suggestion for item in checklist(session, application)}
    settled = {key: said.met for key, said in told.items() if said and said.met is not None}
    assert settled == {
        "registered_by": True,
        "direct": True,
        "account": True,
        "safeguarding": True,
        "accounts": True,
        "limits": True,
        "reports": True,
    }
    assert told["references"] is not None
    assert told["references"].because == "1 file uploaded."
    assert told["experience"] is not None
    assert told["experience"].because.endswith("– 9")
    application.call.earliest_start_on = date(2041, 1, 1)
    said = suggest({"key": "limits"}, Facts.of(session, application))
    assert said is not None
    assert said.met is False
    assert "not before 1 January 2041" in said.because
