"""The register on its pages: for the fund, for the grantee, and for nobody else."""

import io
from datetime import timedelta

import pytest

from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people import credentials
from grants.core.people.permissions import Role
from grants.granting.findings.models import Finding
from grants.granting.findings.queries import findings_of
from grants.granting.findings.recovery import claim
from grants.granting.findings.service import answer, send_back
from seeds.scans import page_saying
from tests.factories import act_of, an_organisation, member, staff
from tests.granting.agreements.test_pages import hidden, text_of
from tests.granting.findings.register import a_finding, an_answered_finding
from tests.grants import Scene, pay
from tests.platform.signin.test_in_place import HOME, PASSPHRASE, fields
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def running(scene: Scene) -> Scene:
    scene.run()
    scene.session.commit()
    return scene


def url(finding: Finding, tail: str = "") -> str:
    return f"/findings/{finding.reference}{tail}"


def test_files_go_with_the_answer_and_are_added_after_it(
    running: Scene, sign_in_as: SignInAs
) -> None:
    finding, grantee = a_finding(running), sign_in_as(running.people.grantee)
    running.session.commit()
    assert "Add a file" not in grantee.get(url(finding)).text
    answer(running.session, finding, "Here.", act_of(running.session, running.people.grantee))
    running.session.commit()
    assert "Add a file" in grantee.get(url(finding)).text


def test_a_finding_goes_from_note_to_conclusion_by_pages(
    running: Scene, sign_in_as: SignInAs
) -> None:
    officer = sign_in_as(running.people.officer)
    grant = f"/grants/{running.award.reference}/findings"
    due = clock.today() + timedelta(20)
    typed = {
        "origin": "visit",
        "observation": "Receipts for rent are missing. Ask Maria, 17 years old.",
        "severity": "high",
        "owner": str(running.people.grantee.id),
        "due_on-day": str(due.day),
        "due_on-month": str(due.month),
        "due_on-year": str(due.year),
    }
    refused = officer.submit(f"{grant}/new", typed)
    assert "looks like a person’s name and age" in text_of(refused)
    typed["observation"] = "Receipts for rent are missing."
    assert officer.submit(f"{grant}/new", typed).status_code == 302
    (finding,) = findings_of(running.session, running.award.id)
    assert finding.reference.removeprefix("UNVTF-") in text_of(officer.get("/findings"))

    grantee = sign_in_as(running.people.grantee)
    assert "Finding on a grant to answer" in text_of(grantee.get("/start"))
    assert finding.reference in text_of(grantee.get("/findings/own"))
    page = url(finding, "/answer")
    typed = {"text": "Here they are.", "version": hidden(grantee, page)}
    assert grantee.submit(page, typed).status_code == 302

    officer = sign_in_as(running.people.officer)
    assert "Answer to a finding to check" in text_of(officer.get("/start"))
    page = text_of(officer.get(url(finding)))
    assert "Here they are." in page
    assert "Close the finding" in page
    page = url(finding, "/close")
    typed = {"conclusion": "All receipts are there.", "version": hidden(officer, page)}
    assert officer.submit(page, typed).status_code == 302
    assert "All receipts are there." in text_of(
        sign_in_as(running.people.grantee).get(url(finding))
    )


def test_an_answer_is_never_sent_without_the_file_that_was_chosen_before_signing_in(
    running: Scene, client: StrictClient
) -> None:
    grantee = running.people.grantee
    credentials.choose_passphrase(running.session, grantee, PASSPHRASE)
    finding = a_finding(running)
    running.session.commit()
    page, text = url(finding, "/answer"), "Here is the receipt for the rent."
    chosen = {"text": text, "version": str(finding.version), "file": _a_receipt()}
    asked = client.post(page, data=chosen, headers=HOME, content_type="multipart/form-data")
    assert asked.status_code == 401
    wrong = {"sign_in_email": grantee.email, "sign_in_passphrase": "not the right words"}
    asked = client.post(page, data={**fields(asked), **wrong}, headers=HOME)
    assert "Your files were not uploaded." in asked.get_data(as_text=True)
    right = {**wrong, "sign_in_passphrase": PASSPHRASE}
    back = text_of(client.post(page, data={**fields(asked), **right}, headers=HOME))
    assert "Your files were not uploaded. Choose them again." in back
    assert text in back
    assert _answers(running, finding) == 0
    again = {"text": text, "version": hidden(client, page), "file": _a_receipt()}
    sent = client.submit(page, again, content_type="multipart/form-data")
    assert sent.status_code == 302
    assert _answers(running, finding) == 1


def _a_receipt() -> tuple[io.BytesIO, str]:
    return io.BytesIO(page_saying("Rent")), "receipt.pdf"


def _answers(scene: Scene, finding: Finding) -> int:
    scene.session.expire_all()
    return len(finding.files)


def test_a_grantee_reads_what_to_complete_and_owes_a_refund_once(
    running: Scene, sign_in_as: SignInAs
) -> None:
    session = running.session
    pay(session, running.instalments[0], running.people, clock.today())
    finding = an_answered_finding(running)
    why = act_of(session, running.people.officer, "Add the list itself.")
    send_back(session, finding, why)
    session.commit()
    grantee = sign_in_as(running.people.grantee)
    for page in (url(finding), url(finding, "/answer")):
        assert "Add the list itself." in text_of(grantee.get(page))
    answer(session, finding, "Here it is.", act_of(session, running.people.grantee))
    day = clock.today() + timedelta(30)
    act = act_of(session, running.people.officer)
    claim(session, finding, usd(50_000), day, "No receipts exist.", act)
    session.commit()
    start = text_of(grantee.get("/start"))
    assert "Refund to make to the fund" in start
    assert "Ineligible amount to refund" not in start


def test_a_grantee_reads_its_own_findings_only(running: Scene, sign_in_as: SignInAs) -> None:
    finding = an_answered_finding(running)
    other = an_organisation(running.session, name="Another House")
    stranger = member(running.session, other, name="Olga Other")
    running.session.commit()
    grantee = sign_in_as(running.people.grantee)
    assert "Close the finding" not in text_of(grantee.get(url(finding)))
    assert grantee.get(url(finding, "/close")).status_code == 403
    browser = sign_in_as(stranger)
    for page in (
        url(finding),
        f"/grants/{running.award.reference}/findings",
        url(finding, "/answer"),
    ):
        assert browser.get(page).status_code == 404, page
    assert finding.reference not in text_of(browser.get("/findings/own"))
    assert browser.get("/findings").status_code == 403
    reviewer = sign_in_as(staff(running.session, Role.REVIEWER))
    assert reviewer.get("/findings").status_code == 403
    assert reviewer.get(url(finding)).status_code == 404


def test_the_fund_does_not_answer_for_the_grantee(running: Scene, sign_in_as: SignInAs) -> None:
    finding = a_finding(running)
    running.session.commit()
    officer = sign_in_as(running.people.officer)
    assert "Answer the finding" not in text_of(officer.get(url(finding)))
    assert "can answer this finding" in text_of(officer.get(url(finding, "/answer")))
    auditor = sign_in_as(staff(running.session, Role.AUDITOR))
    assert "Receipts for rent" in text_of(auditor.get(url(finding)))
