"""The pages of screening."""

import re

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.deciding.screening.queries import checklist
from grants.platform.documents.models import ScanState
from tests.factories import a_call, a_draft, a_submission, staff
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    application = a_submission(session, a_call(session, fund))
    session.commit()
    return application


@pytest.fixture
def officer(session: Session, sign_in_as: SignInAs, application: Application) -> StrictClient:
    return sign_in_as(staff(session, Role.PROGRAMME_OFFICER))


def answers(application: Application, **changed: str) -> dict[str, str]:
    met = {f"met_{row['key']}": "met" for row in application.call.eligibility}
    return {**met, **changed}


def test_the_queue_shows_what_waits_and_filters_by_call(
    officer: StrictClient, application: Application
) -> None:
    officer.get("/account")
    frame = officer.queries
    page = officer.get("/screening")
    assert application.reference in page.text
    assert officer.queries - frame <= 4
    assert (
        application.reference in officer.get(f"/screening?call={application.call.reference}").text
    )
    assert "1 result" in officer.get("/screening?call=NONE").text


def test_the_checklist_stands_beside_the_application_with_what_its_answers_say(
    officer: StrictClient, application: Application
) -> None:
    page = officer.get(f"/screening/{application.reference}")
    assert page.status_code == 200
    assert "Suggested: met" in page.text
    assert "A safe place for girls from the coast" in page.text
    assert "registration_certificate.pdf" in page.text


def test_a_file_that_the_virus_check_has_not_cleared_is_no_link(
    session: Session, officer: StrictClient, application: Application
) -> None:
    waiting, refused, *_others = application.files
    waiting.document.scan, refused.document.scan = ScanState.PENDING, ScanState.INFECTED
    session.commit()
    for path in (f"/screening/{application.reference}", f"/applications/{application.reference}"):
        page = officer.get(path).text
        assert page.count("Waiting for the virus check") == 1
        assert page.count("Refused by the virus check") == 1
        files = re.findall(r'href="[^"]+/(\d+)" download', page)
        assert not {str(waiting.id), str(refused.id)} & set(files)
        assert str(_others[0].id) in files


def test_a_checklist_is_kept_half_done_and_by_autosave(
    session: Session, officer: StrictClient, application: Application
) -> None:
    path = f"/screening/{application.reference}"
    saved = officer.submit(path, {"met_direct": "met", "reason_limits": "Ask", "later": "1"})
    assert saved.location == "/screening"
    kept = officer.submit(f"{path}/keep", {"met_account": "not_met"}, page=path)
    assert kept.status_code == 200
    session.expire_all()
    left = {item.key: (item.met, item.reason) for item in checklist(session, application)}
    assert left["account"] == (False, "")
    assert left["limits"] == (None, "")


def test_what_lacks_is_marked_and_nothing_is_decided(
    session: Session, officer: StrictClient, application: Application
) -> None:
    path = f"/screening/{application.reference}"
    page = officer.submit(path, answers(application, met_direct="", met_limits="not_met"))
    assert "Choose “Met” or “Not met”" in page.text
    assert "which the applicant will see" in page.text
    assert officer.get(f"{path}/outcome").location == path
    session.refresh(application)
    assert application.state == ApplicationState.SUBMITTED


def test_all_met_leads_to_eligible_after_a_last_look(
    session: Session, officer: StrictClient, application: Application
) -> None:
    path = f"/screening/{application.reference}"
    assert officer.submit(path, answers(application)).location == f"{path}/outcome"
    assert "will go to review" in officer.get(f"{path}/outcome").text
    assert officer.submit(f"{path}/outcome").location == "/screening"
    session.refresh(application)
    assert application.state == ApplicationState.ELIGIBLE
    assert "No applications are awaiting screening" in officer.get("/screening").text
    assert "Met" in officer.get(path).text


def test_a_reason_is_shown_before_it_reaches_the_applicant(
    session: Session, officer: StrictClient, application: Application
) -> None:
    path = f"/screening/{application.reference}"
    typed = answers(application, met_direct="not_met", reason_direct="Passes it on <b>.")
    officer.submit(path, typed)
    assert "Passes it on &lt;b&gt;." in officer.get(f"{path}/outcome").text
    officer.submit(f"{path}/outcome")
    session.refresh(application)
    assert application.state == ApplicationState.INELIGIBLE


def test_a_file_of_the_application_is_handed_out(
    officer: StrictClient, application: Application
) -> None:
    file = application.files[0]
    address = f"/applications/{application.reference}/files/{file.id}"
    assert address in officer.get(f"/screening/{application.reference}").text
    assert officer.get(address).status_code == 200


@pytest.mark.parametrize(
    "role", [Role.REVIEWER, Role.TRUSTEE, Role.AUDITOR, Role.APPROVING_OFFICER, Role.OBSERVER]
)
def test_others_find_no_page(
    session: Session, sign_in_as: SignInAs, application: Application, role: Role
) -> None:
    browser = sign_in_as(staff(session, role))
    for path in ("", f"/{application.reference}", f"/{application.reference}/outcome"):
        assert browser.get(f"/screening{path}").status_code == 403


def test_a_draft_is_nobodys_business_but_its_writers(
    session: Session, officer: StrictClient, application: Application
) -> None:
    draft = a_draft(session, application.call, name="Amparo")
    session.commit()
    assert officer.get(f"/screening/{draft.reference}").status_code == 404
