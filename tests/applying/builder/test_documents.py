"""The documents that a call asks for, chosen on one page from the kinds of the profiles."""

import re

import pytest
from sqlalchemy.orm import Session

from grants.applying.builder.document_views import asked_in, with_documents
from grants.applying.call_changes.conditions import conditions_of
from grants.applying.calls.models import Call
from grants.applying.calls.service import open_call
from grants.applying.calls.standard import CONCEPT_FORM, STANDARD_FORM
from grants.applying.drafts.papers import to_take_over
from grants.applying.drafts.work import Work
from grants.applying.organisations.papers.models import PaperKind
from grants.applying.organisations.papers.service import Paper, add_paper
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.platform.file_checks.checks import Upload
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.translation import languages_of
from tests.applying.applications.forms import conditional_form
from tests.applying.builder.test_builder import form_of, post
from tests.factories import a_draft, a_draft_call, act_of, an_organisation, member, staff, writer_of
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs, StrictClient

NONE = {kind.value: "no" for kind in PaperKind}
ASKED = {**NONE, "statutes": "required", "safeguarding_policy": "optional"}


def test_a_manager_chooses_documents_and_an_application_takes_them_over_from_the_profile(
    session: Session, call: Call, browser: StrictClient
) -> None:
    assert post(browser, call, "/documents", ASKED).status_code == 302
    form = form_of(session, call)
    assert asked_in(form) == ASKED
    assert form.sections[-1].name == "Documents"
    assert faults_in_words(form) == []
    assert ("Documents", "Statutes") in conditions_of(call)
    page = browser.get(f"/calls/{call.reference}/form").text
    assert "Changed: documents that the call asks for" in page
    open_call(session, call, act_of(session, staff(session, Role.FUND_MANAGER)))
    draft = a_draft(session, call)
    missing = [problem.question for problem in Work.of(session, draft).part("documents").problems]
    assert missing == ["statutes"]
    by, upload = writer_of(session, draft), Upload("statutes.pdf", pdf())
    paper = add_paper(session, draft.organisation, Paper(PaperKind.STATUTES), upload, by)
    assert to_take_over(session, draft) == [("statutes", paper)]


def test_a_document_that_stays_keeps_its_words_and_one_that_goes_can_be_put_back() -> None:
    before = STANDARD_FORM
    after = with_documents(before, {**asked_in(before), "audited_accounts": "optional"})
    old = before.section("documents").question("audited_accounts")
    new = after.section("documents").question("audited_accounts")
    assert (new.label, new.required) == (old.label, False)
    gone = with_documents(before, {**asked_in(before), "audited_accounts": "no"})
    assert asked_in(gone)["audited_accounts"] == "no"
    assert len(list(gone.questions)) == len(list(before.questions)) - 1


@pytest.mark.parametrize("form", [STANDARD_FORM, CONCEPT_FORM, conditional_form()])
def test_every_kind_can_be_required_in_every_language_that_the_form_has(form: Form) -> None:
    asked = with_documents(form, dict.fromkeys(NONE, "required"))
    assert set(asked_in(asked).values()) == {"required"}
    assert languages_of(asked) == languages_of(form)
    assert faults_in_words(asked) == faults_in_words(form)


def test_an_empty_form_asks_for_documents_in_every_language_of_the_standard_form() -> None:
    asked = with_documents(Form(sections=()), ASKED)
    assert languages_of(asked) == ["en", "ar", "es", "fr", "ru", "zh"]


def test_who_begins_an_application_is_told_which_required_documents_the_profile_lacks(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund, form=STANDARD_FORM)
    open_call(session, call, act_of(session, staff(session, Role.FUND_MANAGER)))
    organisation = an_organisation(session)
    person = member(session, organisation)
    upload = Upload("accounts.pdf", pdf())
    add_paper(session, organisation, Paper(PaperKind.ACCOUNTS), upload, act_of(session, person))
    session.commit()
    page = sign_in_as(person).get(f"/calls/{call.reference}/apply").text
    assert re.search(r"Audited accounts of the last year <[^>]+>in the profile<", page)
    assert re.search(r"Registration certificate <[^>]+>not in the profile yet<", page)
    assert "Partner declaration, signed</li>" in page
