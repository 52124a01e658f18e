"""Due diligence by page, from the list of donors to the decision."""

from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel.taxonomies import DonorKind, Exclusion
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.integrity.diligence.models import DiligenceRules, DueDiligence
from grants.integrity.diligence.queries import Clearance, clearance_of
from grants.integrity.diligence.workflow import DiligenceState
from tests.factories import a_person, staff
from tests.integrity.diligence.examined import a_company, answered, recommended, take_a_list
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def officer(sign_in_as: SignInAs, session: Session, fund: Fund) -> StrictClient:
    return sign_in_as(staff(session, Role.PROGRAMME_OFFICER))


@pytest.fixture
def approver(sign_in_as: SignInAs, session: Session, fund: Fund) -> StrictClient:
    return sign_in_as(staff(session, Role.APPROVING_OFFICER))


def _text(browser: StrictClient, path: str) -> str:
    return browser.get(path).get_data(as_text=True)


def test_who_decides_is_offered_the_decision_first(
    approver: StrictClient, session: Session, fund: Fund
) -> None:
    examination = recommended(session, fund, a_company(session))
    session.commit()
    page = _text(approver, f"/due-diligence/{examination.id}")
    assert page.index("/decide") < page.index("/send-back")
    assert "Questions answered" in page


def _stands(session: Session, examination: DueDiligence) -> DiligenceState:
    session.refresh(examination)
    return examination.state


def test_from_the_donor_to_the_clearance(
    officer: StrictClient, approver: StrictClient, session: Session
) -> None:
    take_a_list(session)
    donor = a_company(session)
    session.commit()
    assert "Due diligence to start" in _text(officer, "/start")
    assert "Begin due diligence" in _text(officer, f"/donors/{donor.code}")
    officer.submit(f"/due-diligence/new/{donor.code}")
    examination = session.scalars(select(DueDiligence)).one()
    base = f"/due-diligence/{examination.id}"
    typed = {"rest": "no", "persons": "Ada Byron\n\nCharles Babbage"}
    hasty = officer.submit(f"{base}/answers", typed).get_data(as_text=True)
    assert "Enter the sources you checked first." in hasty
    officer.submit(f"{base}/answers", typed | {"source": "Register read."})
    session.refresh(examination)
    assert examination.persons == ["Ada Byron", "Charles Babbage"]
    officer.submit(f"{base}/recommend", {"outcome": "clear", "reason": "Nothing speaks against."})
    assert _stands(session, examination) is DiligenceState.RECOMMENDED
    assert "Due diligence to decide on" in _text(approver, "/start")
    assert "Recommended: Clear" in _text(approver, f"{base}/decide")
    approver.submit(f"{base}/decide", {"outcome": "clear"})
    assert _stands(session, examination) is DiligenceState.CLEARED
    assert clearance_of(session, donor) is Clearance.CLEARED
    assert "Cleared" in _text(officer, base)


def test_half_of_the_answers_are_kept_and_shown_again(
    officer: StrictClient, session: Session, fund: Fund
) -> None:
    examination = answered(session, fund, a_company(session))
    session.commit()
    base = f"/due-diligence/{examination.id}"
    officer.submit(f"{base}/answers", {"found_arms": "yes", "told_arms": "It sells valves."})
    assert "It sells valves." in _text(officer, f"{base}/answers")
    page = _text(officer, base)
    assert "Something found" in page
    assert "Not answered" in page


def test_one_source_counts_for_each_criterion_on_which_nothing_was_found(
    officer: StrictClient, session: Session, fund: Fund
) -> None:
    examination = answered(session, fund, a_company(session))
    session.commit()
    here = f"/due-diligence/{examination.id}/answers"
    typed = {f"found_{one.value}": "no" for one in Exclusion} | {"source": "Press of 2025."}
    officer.submit(here, typed | {"found_arms": "yes", "told_arms": "It sells valves."})
    session.refresh(examination)
    told = {key: answer["evidence"] for key, answer in examination.answers.items()}
    assert told.pop("arms") == "It sells valves."
    assert set(told.values()) == {"Press of 2025."}
    page = officer.get(here).get_data(as_text=True)
    assert page.count("Press of 2025.") == 1


def test_who_stands_behind_a_donor_is_not_asked_of_a_person(
    officer: StrictClient, session: Session, fund: Fund
) -> None:
    company, person = a_company(session), a_company(session, "Beatrice Rossi", DonorKind.INDIVIDUAL)
    for donor, asked in ((company, True), (person, False)):
        examination = answered(session, fund, donor)
        session.commit()
        page = officer.get(f"/due-diligence/{examination.id}/answers").text
        assert ('name="persons"' in page) is asked


def test_conditions_have_to_be_written(
    approver: StrictClient, session: Session, fund: Fund
) -> None:
    examination = recommended(session, fund, a_company(session))
    session.commit()
    base = f"/due-diligence/{examination.id}"
    page = approver.submit(f"{base}/decide", {"outcome": "refuse"}).get_data(as_text=True)
    assert "Enter the conditions, or the reason for refusal." in page
    approver.submit(f"{base}/send-back", {"reason": "Who owns it?"})
    assert _stands(session, examination) is DiligenceState.OPEN
    assert "Who owns it?" in _text(approver, base)


def test_a_clearance_is_revoked(approver: StrictClient, session: Session, fund: Fund) -> None:
    examination = recommended(session, fund, a_company(session))
    session.commit()
    base = f"/due-diligence/{examination.id}"
    approver.submit(f"{base}/decide", {"outcome": "clear"})
    approver.submit(f"{base}/revoke", {"reason": "Convicted since."})
    assert _stands(session, examination) is DiligenceState.REVOKED
    assert "Convicted since." in _text(approver, base)


def test_a_file_is_added_and_handed_out(
    officer: StrictClient, sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    examination = answered(session, fund, a_company(session))
    session.commit()
    base = f"/due-diligence/{examination.id}"
    file = {"about": "Register", "file": (BytesIO(pdf(1)), "register.pdf")}
    officer.submit(f"{base}/evidence", file, content_type="multipart/form-data")
    session.expire_all()
    (kept,) = examination.files
    answer = officer.get(f"{base}/evidence/{kept.id}")
    assert answer.data.startswith(b"%PDF")
    answer.close()
    assert officer.get(f"{base}/evidence/999999").status_code == 404
    finance = sign_in_as(staff(session, Role.FINANCE_OFFICER))
    assert finance.get(f"{base}/evidence/{kept.id}").status_code == 403


@pytest.mark.parametrize("page", ["answers", "evidence", "recommend", "decide", "revoke"])
def test_whoever_only_reads_does_nothing(
    sign_in_as: SignInAs, session: Session, fund: Fund, page: str
) -> None:
    examination = answered(session, fund, a_company(session))
    browser = sign_in_as(staff(session, Role.AUDITOR))
    assert browser.get(f"/due-diligence/{examination.id}").status_code == 200
    assert browser.get(f"/due-diligence/{examination.id}/{page}").status_code == 403


def test_who_works_for_another_fund_does_not_see_it(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    examination = answered(session, fund, a_company(session))
    other = establish(session, Charter("OTHER", {"en": "Other"}, {"en": ""}))
    person = a_person(session, "Olga Other")
    appoint(session, person, Role.PROGRAMME_OFFICER, fund_id=other.id)
    browser = sign_in_as(person)
    assert browser.get(f"/due-diligence/{examination.id}").status_code == 404
    assert "No due diligence records found" in _text(browser, "/due-diligence")


def test_the_rules_of_a_fund_are_set_by_who_decides(
    approver: StrictClient, officer: StrictClient, session: Session, fund: Fund
) -> None:
    typed = {"years": "2", "examines_igos": "y", "more-0-en": "Mining in the deep sea"}
    page = approver.submit("/due-diligence/rules/UNVTF", typed, follow_redirects=True)
    assert "Saved." in page.get_data(as_text=True)
    rules = session.scalars(select(DiligenceRules)).one()
    assert (rules.years, rules.examines_igos) == (2, True)
    assert rules.more_criteria == [{"key": "own-1", "label": {"en": "Mining in the deep sea"}}]
    assert "Mining in the deep sea" in _text(approver, "/due-diligence/rules/UNVTF")
    assert officer.get("/due-diligence/rules/UNVTF").status_code == 403


def test_the_list_of_examinations_is_a_file_too(
    officer: StrictClient, session: Session, fund: Fund
) -> None:
    answered(session, fund, a_company(session))
    session.commit()
    assert "1 result" in _text(officer, "/due-diligence?state=open")
    file = officer.get("/due-diligence?format=csv")
    assert "Nordwind AG" in file.get_data(as_text=True)
    file.close()
