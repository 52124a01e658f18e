"""Clarification: named sections alone are open again, until a day, and both versions are kept."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from zipfile import ZipFile

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import (
    answers_of,
    file_of,
    files_of,
    submission_of,
)
from grants.applying.applications.workflow import ClarificationState
from grants.applying.drafts.service import remove_file, save_section
from grants.applying.submissions.clarifying import (
    ClarificationRequest,
    answer,
    ask,
    compared,
    take_back,
)
from grants.applying.submissions.dossier import dossier
from grants.applying.submissions.service import Incomplete
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import people_of_organisation
from grants.core.people.service import appoint
from grants.deciding.blind_review.blinding import dossier_for_reviewers
from grants.papers.statements.catalogue import paper_of
from grants.papers.statements.packing import digest_of_pack, pack
from grants.platform.messages.models import Message
from tests.applying.applications.answers import complete_answers
from tests.factories import (
    a_call,
    a_complete_draft,
    a_draft,
    a_submission,
    act_of,
    member,
    staff,
    writer_of,
)
from tests.platform.web.client import SignInAs


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    """Submitted, and its call is over."""
    application = a_submission(session, a_call(session, fund))
    application.call.deadline_at = clock.now() - timedelta(days=1)
    return application


@pytest.fixture
def officer(session: Session) -> Act:
    return act_of(session, staff(session, Role.PROGRAMME_OFFICER))


def asked(*sections: str, days: int = 14) -> ClarificationRequest:
    return ClarificationRequest(sections, "Who else pays?", clock.now() + timedelta(days=days))


def changed(application: Application) -> dict[str, list[str]]:
    """The section on the problem with another text."""
    typed = complete_answers(application.country or "HN", 12_000)["problem"]
    return {**typed, "q_problem": ["There is no shelter in the district."]}


def save(session: Session, application: Application, key: str) -> None:
    row = answers_of(session, application.id)[key]
    typed = changed(application) if key == "problem" else dict(row.given)
    save_section(session, application, key, typed, row.version, writer_of(session, application))


def test_only_the_named_sections_can_be_changed_and_the_submission_stays(
    session: Session, application: Application, officer: Act
) -> None:
    submission = submission_of(session, application.id)
    assert submission is not None
    before = submission.sha256
    with pytest.raises(Conflict):
        save(session, application, "problem")
    one = ask(session, application, asked("problem"), officer)
    mail = session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
    assert "Who else pays?" in mail.text
    with pytest.raises(Conflict):
        save(session, application, "project")
    save(session, application, "problem")
    answer(session, one, writer_of(session, application))
    assert one.state is ClarificationState.ANSWERED
    (change,) = compared(one)
    assert change.before.text != change.after.text == "There is no shelter in the district."
    assert submission.sha256 == before
    with pytest.raises(Conflict):
        save(session, application, "problem")


def test_after_the_day_nothing_is_changed_or_sent(
    session: Session, application: Application, officer: Act
) -> None:
    one = ask(session, application, asked("problem"), officer)
    save(session, application, "problem")
    one.due_at = clock.now() - timedelta(minutes=1)
    with pytest.raises(DomainError, match="is over"):
        save(session, application, "problem")
    with pytest.raises(DomainError, match="is over"):
        answer(session, one, writer_of(session, application))


def test_what_is_missing_is_told_and_nothing_changed_is_refused(
    session: Session, application: Application, officer: Act
) -> None:
    one, by = ask(session, application, asked("problem"), officer), writer_of(session, application)
    with pytest.raises(DomainError, match="Nothing has been changed"):
        answer(session, one, by)
    row = answers_of(session, application.id)["problem"]
    save_section(session, application, "problem", {"q_problem": [""]}, row.version, by)
    with pytest.raises(Incomplete):
        answer(session, one, by)


def test_one_request_at_a_time_by_the_secretariat_before_a_decision(
    session: Session, application: Application, officer: Act
) -> None:
    with pytest.raises(Forbidden):
        ask(session, application, asked("problem"), writer_of(session, application))
    with pytest.raises(DomainError, match="at least one section"):
        ask(session, application, asked(), officer)
    with pytest.raises(DomainError, match="in the future"):
        ask(session, application, asked("problem", days=-1), officer)
    one = ask(session, application, asked("problem"), officer)
    with pytest.raises(Conflict, match="Another request"):
        ask(session, application, asked("project"), officer)
    insider = staff(session, Role.PROGRAMME_OFFICER, "Insider")
    appoint(session, insider, Role.ORGANISATION_EDITOR, organisation=application.organisation)
    with pytest.raises(Forbidden, match="act for this organisation"):
        take_back(session, one, act_of(session, insider))
    take_back(session, one, officer)
    with pytest.raises(Conflict):
        save(session, application, "problem")
    draft = a_draft(session, a_call(session, application.call.fund), name="Other House")
    with pytest.raises(Conflict):
        ask(session, draft, asked("problem"), officer)


def test_an_editor_changes_and_an_administrator_sends(
    session: Session, application: Application, officer: Act
) -> None:
    one = ask(session, application, asked("problem"), officer)
    editor = member(session, application.organisation, Role.ORGANISATION_EDITOR, "Eva Paz")
    save(session, application, "problem")
    with pytest.raises(Forbidden):
        answer(session, one, act_of(session, editor))
    with pytest.raises(Forbidden):
        take_back(session, one, writer_of(session, application))


def test_the_pages_lead_from_the_question_to_both_versions(
    session: Session, application: Application, officer: Act, sign_in_as: SignInAs
) -> None:
    ask(session, application, asked("problem"), officer)
    reference, officer_id = application.reference, officer.actor.person_id
    person = people_of_organisation(session, application.organisation_id)[0]
    session.commit()
    browser = sign_in_as(person)
    assert "Read and answer" in browser.get(f"/applying/{reference}").text
    path = f"/applying/{reference}/clarification"
    page = browser.get(path).text
    assert "Who else pays?" in page
    assert f"/applying/{reference}/sections/problem" in page
    assert browser.get(f"/applying/{reference}/sections/problem").status_code == 200
    assert browser.get(f"/applying/{reference}/sections/project").status_code == 302
    save(session, application, "problem")
    session.commit()
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).text)
    assert found
    browser.post(path, data={"csrf_token": found[1]})
    told = browser.get(f"/applying/{reference}").text
    assert "There is no shelter in the district." in told
    desk = sign_in_as(session.get_one(Person, officer_id))
    page = desk.get(f"/applications/{reference}/clarify").text
    assert "There is no shelter in the district." in page
    assert "Clarified" in page


def clarified(session: Session, application: Application, officer: Act) -> None:
    one = ask(session, application, asked("problem"), officer)
    save(session, application, "problem")
    answer(session, one, writer_of(session, application))


def test_those_who_decide_read_what_was_clarified_before_and_after(
    session: Session, application: Application, officer: Act
) -> None:
    assert dossier(session, application).clarified == ()
    clarified(session, application, officer)
    (one,) = dossier(session, application).clarified
    (change,) = one.changes
    assert one.question == "Who else pays?"
    assert change.after.text == "There is no shelter in the district."
    paper = paper_of(session, "submission", application.reference)
    assert paper.facts.clarified == (one,)


def test_the_packed_application_holds_the_clarification(
    session: Session, application: Application, officer: Act
) -> None:
    submission = submission_of(session, application.id)
    assert submission is not None
    before = digest_of_pack(session, submission, "en")
    clarified(session, application, officer)
    session.refresh(application)
    assert digest_of_pack(session, submission, "en") != before
    with pack(session, submission) as packed, ZipFile(packed) as archive:
        folder = application.reference
        said = json.loads(archive.read(f"{folder}/clarifications.json"))
        manifest = json.loads(archive.read(f"{folder}/manifest.json"))
    (one,) = said["clarifications"]
    assert one["after"]["answers"]["problem"] == "There is no shelter in the district."
    assert f"{folder}/clarifications.json" in {entry["path"] for entry in manifest["entries"]}


def test_reviewers_of_a_blind_call_read_it_without_the_applicants_names(
    session: Session, application: Application, officer: Act
) -> None:
    application.call.blind = True
    name = application.organisation.name
    one = ask(session, application, replace(asked("problem"), question=f"Ask {name}"), officer)
    row = answers_of(session, application.id)["problem"]
    typed = {**row.given, "q_problem": [f"{name} is the only shelter."]}
    by = writer_of(session, application)
    save_section(session, application, "problem", typed, row.version, by)
    answer(session, one, by)
    assert name in dossier(session, application).clarified[0].changes[0].after.text
    (shown,) = dossier_for_reviewers(session, application).clarified
    assert name not in str(shown)
    assert "is the only shelter." in shown.changes[0].after.text


def test_a_submitted_file_stays_readable_after_a_clarification_took_it_away(
    session: Session, application: Application, officer: Act
) -> None:
    file = files_of(session, application.id)[0]
    ask(session, application, asked("documents"), officer)
    remove_file(session, application, file.id, writer_of(session, application))
    assert file_of(session, application, file.id) is file
    draft = a_complete_draft(session, a_call(session, application.call.fund), name="Other House")
    gone = files_of(session, draft.id)[0]
    remove_file(session, draft, gone.id, writer_of(session, draft))
    with pytest.raises(Missing):
        file_of(session, draft, gone.id)
