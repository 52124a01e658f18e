"""A call has forms for those to whom it makes a grant, made on the pages of the builder."""

import pytest
from sqlalchemy.orm import Session

from grants.applying.call_changes.copying import copy_call
from grants.applying.call_files.carried import call_from_json, call_to_json
from grants.applying.calls.models import Call
from grants.applying.calls.purposes import FormPurpose, faults_for
from grants.applying.calls.service import change_form, open_call
from grants.applying.calls.soundness import faults_of
from grants.applying.calls.standard import STANDARD_FORM
from grants.applying.calls.standard.grantee import STANDARD_FINANCE, STANDARD_REPORT
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict
from grants.core.people.permissions import Role
from grants.platform.questionnaires.form import Form
from tests.applying.builder.test_builder import hidden
from tests.factories import a_draft_call, act_of, staff
from tests.platform.web.client import SignInAs

REPORT, FINANCE = FormPurpose.REPORT, FormPurpose.FINANCE


def form_now(session: Session, call: Call, purpose: FormPurpose) -> Form:
    session.expire_all()
    return call.form_for(purpose)


def test_the_standard_forms_have_no_faults_in_any_language() -> None:
    assert faults_for(STANDARD_REPORT, REPORT) == []
    assert faults_for(STANDARD_FINANCE, FINANCE) == []


def test_a_report_form_asks_neither_for_files_nor_for_what_every_report_asks() -> None:
    faults = [fault.sentence for fault in faults_for(STANDARD_FORM, REPORT)]
    assert any("every report has a part with this key" in fault for fault in faults)
    assert any("cannot ask for files" in fault for fault in faults)


def test_the_report_form_is_made_on_pages_and_the_application_form_stays(
    session: Session, draft: Call, sign_in_as: SignInAs
) -> None:
    call, manager = draft, staff(session, Role.FUND_MANAGER, "Eva Ruiz")
    session.commit()
    eva, application = sign_in_as(manager), call.form
    here = f"/calls/{call.reference}/report-form"
    page = eva.get(f"/calls/{call.reference}").get_data(as_text=True)
    assert f'href="{here}"' in page
    assert f'href="/calls/{call.reference}/finance-form"' in page
    assert "What did you do in this period" in eva.get(here).get_data(as_text=True)
    for at, typed in (
        ("sections/new", {"title": "Services"}),
        ("sections/services_2/questions/new/yes_no", {"label": "Rate"}),
    ):
        version = hidden(eva.get(f"{here}/{at}").text)
        assert eva.post(f"{here}/{at}", data=version | typed).status_code == 302
    form = form_now(session, call, REPORT)
    assert [section.key for section in form.sections] == ["story", "services_2"]
    assert form.section("services_2").questions[0].key == "rate_2"
    assert call.form == application
    assert "files" not in eva.get(f"{here}/sections/story/questions/new").get_data(as_text=True)
    assert "Added: Rate" in eva.get(f"{here}/earlier").get_data(as_text=True)
    assert "Added: Rate" not in eva.get(f"/calls/{call.reference}/form/earlier").text
    assert eva.get(f"{here}/try").status_code == 200
    assert eva.get(f"/calls/{call.reference}/finance-form").status_code == 200


def test_faults_keep_a_call_from_being_opened_and_its_forms_then_stay(
    session: Session, draft: Call
) -> None:
    call, act = draft, act_of(session, staff(session, Role.FUND_MANAGER, "Eva Ruiz"))
    change_form(session, call, Form(sections=()), act, purpose=REPORT)
    assert "Report form: The form has no section." in faults_of(call, clock.now())
    change_form(session, call, STANDARD_FINANCE, act, purpose=REPORT)
    assert faults_of(call, clock.now()) == []
    open_call(session, call, act)
    with pytest.raises(Conflict):
        change_form(session, call, STANDARD_REPORT, act, purpose=REPORT)


def test_the_forms_go_with_a_copy_and_with_a_file(session: Session, draft: Call) -> None:
    call, act = draft, act_of(session, staff(session, Role.FUND_MANAGER, "Eva Ruiz"))
    change_form(session, call, STANDARD_FINANCE, act, purpose=REPORT)
    assert copy_call(session, call, act).grantee_forms == call.grantee_forms
    assert call_from_json(call_to_json(call)).grantee_forms == call.grantee_forms


@pytest.fixture
def draft(session: Session, fund: Fund) -> Call:
    return a_draft_call(session, fund)
