"""A draft call is said to be ready, and those who open calls find it among their tasks."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from grants.applying.call_changes.conditions import conditions_of
from grants.applying.calls.advice import advice_for
from grants.applying.calls.ready import say_ready, to_open
from grants.applying.calls.service import change_form, open_call
from grants.applying.calls.standard import STANDARD_FORM
from grants.applying.calls.trials import begin_test
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.people.permissions import Role
from grants.platform.questionnaires.form import Section
from grants.platform.questions import Amount, ShortText, Table
from tests.applying.applications.forms import conditional_form
from tests.factories import a_draft_call, act_of, staff
from tests.platform.web.client import SignInAs


def test_a_call_that_is_said_to_be_ready_waits_for_those_who_open_calls_until_it_changes(
    session: Session, fund: Fund
) -> None:
    def waiting(by: Any) -> int:
        return session.scalar(to_open(by.actor)) or 0

    call = a_draft_call(session, fund)
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    officer = act_of(session, staff(session, Role.PROGRAMME_OFFICER))
    assert waiting(manager) == 0
    say_ready(session, call, officer)
    assert waiting(manager) == 1
    change_form(session, call, call.questionnaire, officer, changed="nothing")
    assert waiting(manager) == 0, "what was said held for the call as it was"
    say_ready(session, call, officer)
    open_call(session, call, manager)
    assert waiting(manager) == 0


def test_a_call_that_cannot_be_opened_is_not_ready_and_only_who_prepares_calls_says_so(
    session: Session, fund: Fund
) -> None:
    call = a_draft_call(session, fund)
    with pytest.raises(Forbidden):
        say_ready(session, call, act_of(session, staff(session, Role.REVIEWER)))
    call.criteria = []
    with pytest.raises(DomainError, match="criterion"):
        say_ready(session, call, act_of(session, staff(session, Role.PROGRAMME_OFFICER)))


def test_a_programme_officer_sees_who_opens_calls_and_the_fund_manager_finds_the_task(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund)
    manager, officer = staff(session, Role.FUND_MANAGER), staff(session, Role.PROGRAMME_OFFICER)
    session.commit()
    path = f"/calls/{call.reference}"
    browser = sign_in_as(officer)
    page = browser.get(path).get_data(as_text=True)
    assert f"extended and amended by: \u2068{manager.name}\u2069" in page
    assert "Mark as ready to open" in page
    assert browser.submit(f"{path}/ready", {}, page=path).location == path
    assert "is marked as ready" in browser.get(path).get_data(as_text=True)
    assert "Call ready to be opened" in sign_in_as(manager).get("/start").get_data(as_text=True)


def test_what_looks_unfinished_is_advice_and_what_was_checked_is_said(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    manager = staff(session, Role.FUND_MANAGER)
    columns = (
        ShortText(key="source", label={"en": "Source"}, required=True),
        Amount(key="spent", label={"en": "Spending"}),
        Amount(key="spent_2", label={"en": "Spending"}),
    )
    table = Table(key="income", label={"en": "Income"}, required=True, columns=columns)
    remark = ShortText(key="remark", label={"en": "Remark"})
    call = a_draft_call(session, fund, form=conditional_form())
    before = call.questionnaire
    money = Section(key="more_money", title={"en": "More money"}, questions=(table,))
    more = Section(key="remarks", title={"en": "Remarks"}, questions=(remark,))
    form = replace(before, sections=(*before.sections, money, more))
    change_form(session, call, form, act_of(session, manager), changed="more")
    session.commit()
    browser = sign_in_as(manager)
    for path in (f"/calls/{call.reference}", f"/calls/{call.reference}/open"):
        page = browser.get(path).get_data(as_text=True)
        assert "Check these first" in page
        assert "Income: two columns are called “Spending”." in page
        assert "these columns may be left empty: Spending, Spending." in page
        assert "Remarks: every question may be left empty." in page
        assert "The call has not been tested." in page
        assert "What was checked" in page
    begin_test(session, call, act_of(session, manager))
    lines = advice_for(call, trail_of(session, "call", call.id))
    assert not any("not been tested" in line for line in lines)
    open_call(session, call, act_of(session, manager))


def test_the_standard_form_unchanged_is_named_with_its_documents(
    session: Session, fund: Fund
) -> None:
    call = a_draft_call(session, fund, form=STANDARD_FORM)
    assert "still the standard form" in " ".join(advice_for(call, []))
    assert any(label == "Documents" for label, _words in conditions_of(call))
    officer = act_of(session, staff(session, Role.PROGRAMME_OFFICER))
    without = replace(
        STANDARD_FORM, sections=tuple(s for s in STANDARD_FORM.sections if s.key != "documents")
    )
    change_form(session, call, without, officer, changed="documents")
    assert "still the standard form" not in " ".join(advice_for(call, []))
    assert not any(label == "Documents" for label, _words in conditions_of(call))
