"""Serving documents: to a person who may see their record, and to nobody else."""

import io
import json

import pypdf
import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Role
from grants.core.people.service import enter_organisation
from grants.platform.guides.places import GUIDES
from tests.factories import a_call, a_draft_call, a_submission, an_organisation, member, staff
from tests.papers.typesetting.test_pdf import text_of
from tests.platform.web.client import SignInAs, StrictClient

PERIOD = "?from=2026-01-01&to=2026-12-31"


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    return a_submission(session, a_call(session, fund))


def test_a_visitor_is_asked_to_sign_in_whether_the_record_is_there_or_not(
    client: StrictClient, application: Application
) -> None:
    for reference in (application.reference, "NOT-THERE"):
        answer = client.get(f"/documents/submission/{reference}.pdf")
        assert answer.status_code == 302
        assert "/sign-in" in answer.location


def test_anybody_reads_the_blank_form_of_a_call_that_was_opened(
    client: StrictClient, session: Session, application: Application, fund: Fund
) -> None:
    answer = client.get(f"/documents/blank-form/{application.call.reference}.pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=blank-form")
    draft = a_draft_call(session, fund, window="SGP2")
    assert client.get(f"/documents/blank-form/{draft.reference}.pdf").status_code == 404


def test_an_applicant_reads_its_own_submission_and_another_organisation_nothing(
    session: Session, sign_in_as: SignInAs, application: Application
) -> None:
    path = f"/documents/submission/{application.reference}.pdf"
    own = sign_in_as(member(session, application.organisation, name="Ana"))
    assert application.reference in text_of(own.get(path).data)
    other = sign_in_as(member(session, an_organisation(session, "Other House"), name="Eve"))
    assert other.get(path).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.FUND_MANAGER, 200),
        (Role.AUDITOR, 200),
        (Role.FINANCE_OFFICER, 200),
        (Role.REVIEWER, 404),
        (Role.TRUSTEE, 404),
        (Role.OBSERVER, 404),
        (Role.ADMINISTRATOR, 404),
    ],
)
def test_the_fund_statement_is_for_who_issues_statements(
    session: Session, sign_in_as: SignInAs, fund: Fund, role: Role, status: int
) -> None:
    browser = sign_in_as(staff(session, role))
    for ending in ("pdf", "json"):
        answer = browser.get(f"/documents/fund-statement/{fund.code}.{ending}{PERIOD}")
        assert answer.status_code == status, ending


def test_page_and_json_tell_the_same(session: Session, sign_in_as: SignInAs, fund: Fund) -> None:
    browser = sign_in_as(staff(session, Role.AUDITOR))
    told = browser.get(f"/documents/fund-statement/{fund.code}.json{PERIOD}")
    content = browser.get(f"/documents/fund-statement/{fund.code}.pdf{PERIOD}").data
    (kept,) = pypdf.PdfReader(io.BytesIO(content)).attachments.values()
    assert json.loads(kept[0]) == json.loads(told.data)


def test_a_donor_has_its_own_statement_and_no_other(
    session: Session, sign_in_as: SignInAs, fund: Fund
) -> None:
    donor = enter_organisation(session, "Arcadia", DonorKind.MEMBER_STATE, code="ARC")
    enter_organisation(session, "Ruritania", DonorKind.MEMBER_STATE, code="RUR")
    browser = sign_in_as(member(session, donor, Role.DONOR, "Jo Arcady"))
    assert browser.get(f"/documents/donor-statement/ARC.pdf{PERIOD}").status_code == 200
    assert browser.get(f"/documents/donor-statement/RUR.pdf{PERIOD}").status_code == 404
    assert browser.get(f"/documents/fund-statement/UNVTF.pdf{PERIOD}").status_code == 404
    page = browser.get("/statements").get_data(as_text=True)
    assert "/documents/donor-statement/ARC.pdf?" in page
    assert "fund-statement" not in page


@pytest.mark.parametrize(
    "query", ["", "?from=2026-01-01", "?from=1&to=2", "?from=2026-02-01&to=2026-01-01"]
)
def test_a_statement_without_a_sound_period_is_refused_in_words(
    session: Session, sign_in_as: SignInAs, fund: Fund, query: str
) -> None:
    browser = sign_in_as(staff(session, Role.AUDITOR))
    assert browser.get(f"/documents/fund-statement/UNVTF.pdf{query}").status_code == 422


def test_the_period_is_chosen_on_a_page(session: Session, sign_in_as: SignInAs, fund: Fund) -> None:
    browser = sign_in_as(staff(session, Role.AUDITOR))
    page = "/statements/fund-statement/UNVTF"
    days = {"since-day": "1", "since-month": "2", "since-year": "2026", "until-year": "2026"}
    wrong = {**days, "until-day": "1", "until-month": "1", "language": "en"}
    answer = browser.submit(page, wrong)
    assert "The end date must be on or after the start date." in answer.get_data(as_text=True)
    answer = browser.submit(page, {**wrong, "until-month": "3", "language": "ar"})
    assert answer.status_code == 303
    document = browser.get(answer.location)
    assert document.mimetype == "application/pdf"
    reader = pypdf.PdfReader(io.BytesIO(document.data))
    assert reader.trailer["/Root"]["/Lang"] == "ar"  # type: ignore[index]


def test_a_kind_of_document_that_is_not_there_is_missing(
    session: Session, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(staff(session, Role.AUDITOR))
    assert browser.get("/documents/secret/UNVTF.pdf").status_code == 404
    assert browser.get("/statements/receipt/UNVTF-R-2026-0001").status_code == 404


@pytest.mark.parametrize("name", ["donor", "fund_manager"])
def test_a_guide_is_had_as_a_pdf_by_anybody(client: StrictClient, fund: Fund, name: str) -> None:
    page = client.get(f"/guide/{name}").get_data(as_text=True)
    assert f"/documents/guide/{name}.pdf" in page
    facts = client.get(f"/documents/guide/{name}.json").get_json()
    assert len(facts["paragraphs"]) == len(GUIDES[name].paragraphs)
    assert client.get("/documents/guide/nobody.json").status_code == 404
