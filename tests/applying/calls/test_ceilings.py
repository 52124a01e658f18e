"""Ceilings of a budget's categories, as a rule of the call."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.call_changes.amendments import amendments_of
from grants.applying.call_changes.conditions import conditions_of
from grants.applying.call_changes.copying import copy_call
from grants.applying.call_changes.stages import add_second_stage
from grants.applying.call_files.carried import call_from_json, call_to_json
from grants.applying.calls.ceilings import (
    ceilings_in_words,
    form_faults_of,
    in_words,
    labelled,
)
from grants.applying.calls.service import change_form, draft_call, open_call
from grants.applying.calls.standard import STANDARD_FORM
from grants.applying.drafts.service import save_section
from grants.applying.drafts.work import Work
from grants.applying.submissions.service import amend_call, problems_of
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import use_language
from grants.core.people.permissions import Role
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.written import from_json, to_json
from tests.applying.calls.test_pages import text_of, typed_in
from tests.applying.secretariat.test_amending import by, changed
from tests.applying.writing.test_pages import owner
from tests.factories import a_call, a_draft, a_draft_call, act_of, rules, staff, writer_of
from tests.platform.web.client import SignInAs

STAFF = {"category": "staff", "percent": "40"}
TRAVEL = {"category": "travel", "amount": "500.00"}
CEILINGS = [STAFF, TRAVEL]


@pytest.fixture
def draft(session: Session, fund: Fund) -> Application:
    return a_draft(session, a_call(session, fund, ceilings=CEILINGS))


def spend(session: Session, draft: Application, **by_category: str) -> list[str]:
    """What is wrong with a budget of these sums."""
    typed: dict[str, list[str]] = {}
    for number, (category, amount) in enumerate(by_category.items()):
        row = {"category": category, "description": "x", "quantity": "1", "unit_cost": amount}
        typed |= {f"q_budget-{number}-{name}": [text] for name, text in row.items()}
    version = Work.of(session, draft).part("budget").version
    save_section(session, draft, "budget", typed, version, writer_of(session, draft))
    session.refresh(draft)
    return [problem.message for problem in Work.of(session, draft).part("budget").problems]


def test_a_budget_within_its_ceilings_is_accepted_to_the_cent(
    session: Session, draft: Application
) -> None:
    assert spend(session, draft, staff="4000", aid="5500", travel="500") == []


def test_a_category_above_its_share_or_its_sum_is_told_while_writing_and_stops_the_submission(
    session: Session, draft: Application
) -> None:
    said = spend(session, draft, staff="4000.02", aid="5499.98", travel="500.01")
    assert [one.replace("\u00a0", " ") for one in said] == [
        "“Staff” takes USD 4,000.02 of USD 10,000.01. The call allows at most 40% of the total.",
        "“Local travel” takes USD 500.01 of USD 10,000.01. The call allows at most USD 500.00.",
    ]
    found = [problem.message for _section, problem in problems_of(Work.of(session, draft))]
    assert set(said) <= set(found)


def test_a_category_may_have_both_ceilings(session: Session, fund: Fund) -> None:
    both = {"category": "staff", "percent": "12.5", "amount": "1000.00"}
    draft = a_draft(session, a_call(session, fund, ceilings=[both]))
    assert spend(session, draft, staff="1000", aid="7000") == []
    (said,) = spend(session, draft, staff="1000.01", aid="9000")
    assert "at most 12.50% of the total and at most USD 1,000.00" in said.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"category": "staff"}], "a percentage up to 100, or an amount"),
        ([{"category": "staff", "percent": "100.5"}], "a percentage up to 100"),
        ([{"category": "staff", "amount": "0.00"}], "or an amount"),
        ([{"category": "staff", "amount": "many"}], "or an amount"),
        ([STAFF, STAFF], "only one ceiling for each"),
    ],
)
def test_ceilings_that_cannot_hold_are_refused(
    session: Session, fund: Fund, rows: list[dict[str, str]], said: str
) -> None:
    act = act_of(session, staff(session, Role.FUND_MANAGER))
    with pytest.raises(DomainError, match=said):
        draft_call(session, fund, rules(ceilings=rows), act)


def test_a_call_with_a_ceiling_for_what_its_budget_does_not_have_is_not_opened(
    session: Session, fund: Fund
) -> None:
    call = a_draft_call(session, fund, ceilings=[{"category": "rockets", "percent": "1"}])
    with pytest.raises(DomainError, match="ceiling for “rockets”"):
        open_call(session, call, act_of(session, staff(session, Role.FUND_MANAGER)))


def test_a_ceiling_left_from_another_form_is_named_in_words_and_not_by_its_code(
    session: Session, fund: Fund
) -> None:
    """As an earlier form of the call names it, or else as the standard form does."""
    rows = [{"category": "boats", "percent": "5"}, {"category": "running", "percent": "10"}]
    call = a_draft_call(session, fund, form=with_boats_alone(STANDARD_FORM), ceilings=rows)
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    change_form(session, call, Form(sections=()), manager)
    names = ["Bateaux", "Frais de fonctionnement"]
    with use_language("fr"):
        for name, fault in zip(names, form_faults_of(call), strict=True):
            assert name in fault
        assert [line.partition("\u00a0")[0] for line in ceilings_in_words(call)] == names


def test_a_share_of_a_budget_with_several_payers_says_of_whose_money_it_is(
    session: Session, fund: Fund
) -> None:
    """Also in the trail of an amendment, which outlives the form."""
    rows = [STAFF, {"category": "own", "percent": "30"}]
    call = a_draft_call(session, fund, form=with_payers(STANDARD_FORM), ceilings=rows)
    of_staff, of_own = (
        "at most 40% of the amount requested",
        "at most 30% of the total of all payers",
    )
    assert ceilings_in_words(call) == [f"Staff: {of_staff}", f"Own: {of_own}"]
    said = in_words(labelled(call.questionnaire, rows))
    assert said == ceilings_in_words(call)


def test_the_form_with_ceilings_says_once_whose_money_a_percentage_is_of(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    """Its heading does not say another thing than its hint."""
    alone = a_draft_call(session, fund)
    shared = a_draft_call(session, fund, form=with_payers(STANDARD_FORM))
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    browser = sign_in_as(manager)
    for call, whole in (
        (alone, "A percentage is of the total of the budget."),
        (shared, "A percentage is of the amount requested;"),
    ):
        page = browser.get(f"/calls/{call.reference}/edit").text
        assert whole in page
        assert "Maximum, in %" in page
        assert "% of the total" not in page


@pytest.mark.parametrize("language", ["en", "ar", "fr", "es", "ru", "zh"])
def test_the_form_with_ceilings_names_the_currency_of_an_amount_once(
    session: Session, fund: Fund, sign_in_as: SignInAs, language: str
) -> None:
    call = a_draft_call(session, fund)
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    page = sign_in_as(manager).get(f"/calls/{call.reference}/edit?language={language}").text
    with use_language(language):
        amount = _("Maximum amount")
    assert f'{amount} <span class="money__code">USD</span></th>' in page


def test_the_form_page_names_a_ceiling_that_its_budget_does_not_have(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund, ceilings=[{"category": "rockets", "percent": "1"}])
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    browser = sign_in_as(manager)
    assert 'id="ceilings-group"' in browser.get(f"/calls/{call.reference}/edit").text
    page = browser.get(f"/calls/{call.reference}/form").text
    assert "1 thing to correct before the call can be opened" in page
    link = f'href="/calls/{call.reference}/edit#ceilings-group"'
    assert f"{link}>There is a ceiling for “rockets”" in page


def with_payers(form: Form) -> Form:
    """The same, with a budget of which the organisation pays a part."""
    data = to_json(form)
    for section in data["sections"]:
        for question in section["questions"]:
            if question["kind"] == "budget":
                names = ("fund", "own")
                question["payers"] = [{"code": c, "label": {"en": c.title()}} for c in names]
    return from_json(data)


def with_boats_alone(form: Form) -> Form:
    """The same, with one category of its own in the budget."""
    data = to_json(form)
    for section in data["sections"]:
        for question in section["questions"]:
            if question["kind"] == "budget":
                boats = {"code": "boats", "label": {"en": "Boats", "fr": "Bateaux"}}
                question["categories"] = [boats]
    return from_json(data)


def in_euros(form: Form) -> Form:
    """The same, with a budget in another currency."""
    data = to_json(form)
    for section in data["sections"]:
        for question in section["questions"]:
            if question["kind"] == "budget":
                question["currency"] = "EUR"
    return from_json(data)


def test_a_sum_in_dollars_is_no_ceiling_of_a_budget_in_another_currency(
    session: Session, fund: Fund
) -> None:
    call = a_draft_call(session, fund, form=in_euros(STANDARD_FORM), ceilings=CEILINGS)
    assert any("the budget is in EUR" in fault for fault in form_faults_of(call))
    call.ceilings = [STAFF]
    assert list(form_faults_of(call)) == []


def test_ceilings_go_when_the_rules_are_saved_for_a_form_that_has_no_budget(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    data = to_json(STANDARD_FORM)
    data["sections"] = [one for one in data["sections"] if one["key"] != "budget"]
    data["facts"] = {k: v for k, v in data["facts"].items() if v != "budget"}
    call = a_draft_call(session, fund, ceilings=CEILINGS)
    call.form = to_json(from_json(data))
    session.commit()
    browser = sign_in_as(staff(session, Role.FUND_MANAGER))
    page = f"/calls/{call.reference}/edit"
    assert browser.post(page, data=typed_in(text_of(browser, page))).status_code == 302
    session.refresh(call)
    assert call.ceilings == []


def test_ceilings_go_with_the_call_into_its_file_its_copy_and_its_second_stage(
    session: Session, fund: Fund
) -> None:
    act = act_of(session, staff(session, Role.FUND_MANAGER))
    call = a_draft_call(session, fund, ceilings=CEILINGS)
    assert list(call_from_json(call_to_json(call)).rules.ceilings) == CEILINGS
    assert copy_call(session, call, act).ceilings == CEILINGS
    second = add_second_stage(session, call, act)
    assert (call.ceilings, second.ceilings) == ([], CEILINGS)


@pytest.mark.parametrize("rows", [["staff"], [{"category": "staff", "percent": 20}], [{}]])
def test_a_file_with_ceilings_that_cannot_be_read_is_refused(
    session: Session, fund: Fund, rows: Any
) -> None:
    data = {**call_to_json(a_draft_call(session, fund)), "ceilings": rows}
    with pytest.raises(InvalidInput, match="ceilings"):
        call_from_json(data)


def test_an_amendment_may_raise_a_ceiling_or_take_it_off_and_never_lower_it(
    session: Session, draft: Application
) -> None:
    call = draft.call
    for rows in (
        [{**STAFF, "percent": "39"}, TRAVEL],
        [*CEILINGS, {"category": "aid", "percent": "99"}],
        [{**STAFF, "amount": "9000.00"}, TRAVEL],
    ):
        with pytest.raises(DomainError, match="limited more than before"):
            amend_call(session, call, changed(call, ceilings=rows), by(session))
    amend_call(session, call, changed(call, ceilings=[{**STAFF, "percent": "50"}]), by(session))
    (change,) = amendments_of(session, call)[0].changes
    assert change.before.replace("\u00a0", " ") == (
        "Staff: at most 40% of the total; Local travel: at most USD 500.00"
    )
    assert change.after == "Staff: at most 50% of the total"
    assert spend(session, draft, staff="5000", aid="4000", travel="1000") == []


def test_a_manager_sets_ceilings_with_the_other_rules_and_applicants_read_them(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund)
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    browser = sign_in_as(manager)
    typed = typed_in(text_of(browser, f"/calls/{call.reference}/edit")) | {
        "ceilings-0-category": "staff",
        "ceilings-0-percent": "40",
        "ceilings-0-amount": "",
    }
    browser.post(f"/calls/{call.reference}/edit", data={**typed, "ceilings-0-percent": ""})
    session.refresh(call)
    assert call.ceilings == []
    browser.post(f"/calls/{call.reference}/edit", data=typed)
    session.refresh(call)
    assert call.ceilings == [STAFF]
    assert ("Budget", "Staff: at most 40% of the total") in conditions_of(call)
    open_call(session, call, act_of(session, manager))
    draft = a_draft(session, call)
    session.commit()
    writer = sign_in_as(owner(session, draft))
    said = "Staff: at most 40% of the total"
    assert said in writer.get(f"/calls/{call.reference}").text
    assert said in writer.get(f"/applying/{draft.reference}/sections/budget").text
