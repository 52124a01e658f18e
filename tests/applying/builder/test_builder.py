"""A call's form made on the pages alone."""

import re
from dataclasses import replace
from datetime import timedelta
from html import escape
from typing import Any

import pytest
from sqlalchemy.orm import Session

from grants.applying.call_changes.stages import add_second_stage
from grants.applying.calls.earlier import MOST_KEPT, earlier_forms
from grants.applying.calls.models import Call
from grants.applying.calls.service import bring_back, change_form, open_call
from grants.applying.calls.standard import STANDARD_ELIGIBILITY, STANDARD_FORM
from grants.applying.calls.standard.criteria import DOCUMENTS
from grants.applying.calls.translating import texts_of_call
from grants.applying.form_parts.editing import with_question, without_question
from grants.applying.form_parts.lines import LineRefused, lines_of, part_of
from grants.applying.form_parts.properties import held_by
from grants.applying.form_parts.statements import figures, statements
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questions import LongText, Number, Person, ShortText, Year
from tests.applying.applications.forms import conditional_form
from tests.factories import a_call, a_draft_call, a_person, act_of, staff
from tests.platform.web.client import SignInAs, StrictClient


def form_of(session: Session, call: Call) -> Form:
    session.expire_all()
    return call.questionnaire


def post(browser: StrictClient, call: Call, path: str, typed: dict[str, Any]) -> Any:
    """Open a page of the builder and send its form."""
    at = f"/calls/{call.reference}/form{path}"
    page = browser.get(at).text
    return browser.post(at, data={**hidden(page), **typed})


def press(browser: StrictClient, call: Call, path: str, **values: str) -> Any:
    """A button on the page of the form."""
    page = browser.get(f"/calls/{call.reference}/form").text
    return browser.post(f"/calls/{call.reference}/form{path}", data={**hidden(page), **values})


def hidden(page: str) -> dict[str, str]:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    version = re.search(r'name="version"[^>]*value="([^"]*)"', page)
    assert token
    return {"csrf_token": token[1], "version": version[1] if version else ""}


def order_of(form: Form) -> list[tuple[str, list[str]]]:
    return [(s.key, [question.key for question in s.questions]) for s in form.sections]


def test_the_first_question_of_an_empty_section_is_added_on_its_page(
    session: Session, call: Call, browser: StrictClient
) -> None:
    post(browser, call, "/sections/new", {"title": "Nothing in it yet"})
    page = browser.get(f"/calls/{call.reference}/form/sections/nothing_in_it_yet/questions/new")
    assert page.status_code == 200
    assert "What kind of answer do you expect?" in page.text
    answer = post(
        browser, call, "/sections/nothing_in_it_yet/questions/new", {"kind": "short_text"}
    )
    assert "/questions/new/short_text" in answer.headers["Location"]


def test_one_limit_says_what_it_counts() -> None:
    held = held_by(LongText(key="story", label={"en": "Story"}, limit=900))
    assert (held["limit"], held["words"]) == (900, "characters")
    held = held_by(LongText(key="story", label={"en": "Story"}, words=120))
    assert (held["limit"], held["words"]) == (120, "words")


def test_a_section_and_questions_of_every_kind_are_made_on_pages(
    session: Session, call: Call, browser: StrictClient
) -> None:
    post(browser, call, "/sections/new", {"title": "More about it", "intro": "In plain words."})
    own: dict[str, dict[str, Any]] = {
        "short_text": {"limit": "100"},
        "long_text": {"limit": "200", "words": "words", "people": "y"},
        "number": {"least": "0", "most": "20", "places": "0", "unit": "months"},
        "amount": {"currency": "usd"},
        "day": {"first-day": "1", "first-month": "9", "first-year": "2026"},
        "yes_no": {"names_applicant": "y"},
        "one_of": {"choices-0-label": "Red", "choices-1-label": "Green"},
        "several_of": {"taxonomy": "services"},
        "country": {},
        "beneficiaries": {},
        "by_exploitation": {},
        "by_service": {},
        "budget": {"categories-0-label": "Staff", "categories-1-label": "Aid"},
        "files": {"accept": [".pdf"], "most": "3"},
        "table": {
            "least_rows": "1",
            "most_rows": "5",
            "columns-0-label": "Role",
            "columns-0-kind": "short_text",
            "columns-0-needed": "yes",
            "columns-1-label": "Grade",
            "columns-1-kind": "one_of",
            "columns-1-choices": "Senior\r\nJunior",
            "columns-2-label": "Cost",
            "columns-2-kind": "amount",
            "columns-2-summed": "yes",
        },
        "logical_framework": {"most_rows": "30"},
        "work_plan": {"periods": "6", "quarters": "yes", "most_rows": "30"},
        "organisations": {"most_rows": "4"},
        "reference_letter": {"days_after": "14"},
    }
    for kind, typed in own.items():
        page = f"/sections/more_about_it/questions/new/{kind}"
        extra = {"currency": "USD"} if kind == "budget" else {}
        reply = post(browser, call, page, {"label": f"A {kind}?", **extra, **typed})
        assert reply.status_code == 302, (kind, reply.text)
    section = form_of(session, call).section("more_about_it")
    assert [question.kind for question in section.questions] == list(own)
    assert [q.kind for q in section.questions if q.names_applicant] == ["yes_no"]
    letter = section.questions[-1]
    assert (letter.days_after, letter.confidential) == (14, False)  # type: ignore[attr-defined]
    colours = section.questions[6]
    assert [choice.code for choice in colours.choices] == ["red", "green"]  # type: ignore[attr-defined]
    assert faults_in_words(form_of(session, call)) == []
    page = browser.get(f"/calls/{call.reference}/form/questions/a_table").text
    again = {**own["table"], "label": "Who?"}
    again |= {f"columns-{at}-code": key for at, key in enumerate(("role", "grade", "cost"))}
    again["columns-1-choices"] = "Senior; Middle; Junior"
    assert "Senior&#10;Junior</textarea>" in page
    assert post(browser, call, "/questions/a_table", again).status_code == 302
    table = form_of(session, call).section("more_about_it").question("a_table")
    assert [column.required for column in table.row] == [True, False, False]  # type: ignore[attr-defined]
    assert table.columns[1].codes == ("senior", "middle", "junior")  # type: ignore[attr-defined]
    assert [column.key for column in table.summed] == ["cost"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("typed", "accept"),
    [
        ({"file_kinds": "pdf"}, (".pdf",)),
        ({"file_kinds": "pictures", "accept": [".pdf"]}, (".jpg", ".jpeg", ".png")),
        ({"file_kinds": "some", "accept": [".odt", ".pdf"]}, (".pdf", ".odt")),
        ({"accept": [".png"]}, (".png",)),
    ],
)
def test_kinds_of_files_are_one_choice(
    session: Session, call: Call, browser: StrictClient, typed: dict[str, Any], accept: Any
) -> None:
    path = "/sections/project/questions/new/files"
    nothing = {"label": "Statutes", "most": "1", "file_kinds": "some"}
    refused = post(browser, call, path, nothing).text
    assert "Tick at least one kind of files." in refused
    assert re.search(
        r'value="any"[^>]*checked', browser.get(f"/calls/{call.reference}/form{path}").text
    )
    answer = post(browser, call, path, {"label": "Statutes", "most": "1", **typed})
    assert answer.status_code == 302
    statutes = form_of(session, call).section("project").question("statutes")
    assert statutes.accept == accept  # type: ignore[attr-defined]
    page = browser.get(f"/calls/{call.reference}/form/questions/statutes").text
    chosen = typed.get("file_kinds", "some")
    assert re.search(rf'value="{chosen}"[^>]*checked', page)


def test_people_by_groups_begin_with_the_standard_set_or_empty(
    call: Call, browser: StrictClient
) -> None:
    path = f"/calls/{call.reference}/form/sections/project/questions/new/people_by_group"
    choice = browser.get(f"{path}?before=title").text
    for begin in ("standard", "empty"):
        assert escape(f"{path}?before=title&begin={begin}") in choice
    assert 'value="Women and girls"' in browser.get(f"{path}?begin=standard").text
    empty = browser.get(f"{path}?begin=empty").text
    assert 'value="Women and girls"' not in empty
    assert 'name="groups-0-label"' in empty
    assert 'name="bands-0-label"' not in empty


def test_up_and_down_are_in_sight_beside_each_question(call: Call, browser: StrictClient) -> None:
    page = browser.get(f"/calls/{call.reference}/form").text
    line = page[page.index('id="q-how_many"') :]
    assert line.index('value="up"') < line.index("data-menu")


@pytest.mark.parametrize(
    ("kind", "ticked"), [("files", True), ("organisations", True), ("day", False)]
)
def test_a_file_is_taken_to_name_the_applicant_unless_the_form_says_not(
    call: Call, browser: StrictClient, kind: str, *, ticked: bool
) -> None:
    page = browser.get(f"/calls/{call.reference}/form/sections/project/questions/new/{kind}").text
    box = re.search(r'<input[^>]*name="names_applicant"[^>]*>', page)
    assert box
    assert ("checked" in box[0]) == ticked


def test_a_condition_is_made_from_menus_and_shown_in_words(
    session: Session, call: Call, browser: StrictClient
) -> None:
    path = "/questions/how_many"
    typed = {
        "label": "How many partners?",
        "least": "0",
        "places": "0",
        "word": "and",
        "lines-0-statement": "partners == true",
        "lines-1-statement": "asked > ?",
        "lines-1-value": "1,000",
        "lines-2-statement": "own <= ?",
        "lines-2-other": "asked",
    }
    assert post(browser, call, path, typed).status_code == 302
    question = form_of(session, call).section("project").question("how_many")
    assert question.show_when == "partners == true and asked > 1000 and own <= asked"
    page = browser.get(f"/calls/{call.reference}/form{path}").text
    assert re.search(r'<option value="asked &gt; \?" selected', page)
    assert 'value="1000"' in page
    overview = browser.get(f"/calls/{call.reference}/form").text
    assert "“Own contribution” is at most “Amount asked for”" in overview


def test_an_expression_that_no_menu_makes_is_kept_and_shown(
    session: Session, call: Call, browser: StrictClient
) -> None:
    typed = {"label": "How many?", "least": "0", "places": "0", "expression": "asked * 2 > own + 1"}
    assert post(browser, call, "/questions/how_many", typed).status_code == 302
    assert form_of(session, call).section("project").question("how_many").show_when == (
        "asked * 2 > own + 1"
    )
    page = browser.get(f"/calls/{call.reference}/form/questions/how_many").text
    assert "asked * 2 &gt; own + 1" in page


def test_a_check_is_made_from_menus(session: Session, call: Call, browser: StrictClient) -> None:
    typed = {
        "lines-0-statement": "own < ?",
        "lines-0-other": "asked",
        "word": "and",
        "message": "Your own part must be smaller.",
        "at": "own",
    }
    assert post(browser, call, "/checks/new", typed).status_code == 302
    check = form_of(session, call).checks[-1]
    assert (check.rule, check.at) == ("own < asked", "own")
    page = browser.get(f"/calls/{call.reference}/form/checks/2").text
    assert "Move the statements chosen above into the box" in page
    sent = {**typed, "expression": "", "write-out": "1"}  # a browser sends the empty box too
    written = post(browser, call, "/checks/2", sent).text
    assert 'name="expression" type="text" value="own &lt; asked"' in " ".join(written.split())
    assert "Your menu choices are shown below as an expression" in written
    assert '<option value="own &lt; ?" selected' not in written
    empty = post(browser, call, "/checks/new", {"write-out": "1"}).text
    assert "Choose a statement first." in empty
    assert form_of(session, call).checks[-1] == check, "nothing is saved yet"
    by_hand = {"expression": "own < asked * 2", "message": "Smaller.", "at": "own"}
    assert post(browser, call, "/checks/2", by_hand).status_code == 302
    assert form_of(session, call).checks[-1].rule == "own < asked * 2"
    press(browser, call, "/remove", check="2")
    assert len(form_of(session, call).checks) == 1


def test_a_category_of_a_budget_is_capped_by_its_share_and_by_its_sum(
    session: Session, call: Call, browser: StrictClient
) -> None:
    budget = {"label": "Costs", "currency": "USD"}
    categories = {"categories-0-label": "Staff costs", "categories-1-label": "Equipment"}
    post(browser, call, "/sections/project/questions/new/budget", {**budget, **categories})
    rest = {"word": "and", "message": "Too much.", "at": "costs"}
    for statement, value, rule, said in (
        (
            'share(costs, "staff_costs") <= ?',
            "20%",
            'share(costs, "staff_costs") <= 0.2',
            "the share of “Staff costs” in “Costs” is at most …",
        ),
        (
            'total(costs, "equipment") <= ?',
            "5,000",
            'total(costs, "equipment") <= 5000',
            "the total of “Equipment” in “Costs” is at most …",
        ),
    ):
        page = browser.get(f"/calls/{call.reference}/form/checks/new").text
        assert said in page
        line = {"lines-0-statement": statement, "lines-0-value": value}
        assert post(browser, call, "/checks/new", {**rest, **line}).status_code == 302
        assert form_of(session, call).checks[-1].rule == rule


def test_a_check_compares_with_a_percentage_of_another_answer(
    session: Session, call: Call, browser: StrictClient
) -> None:
    rest = {"word": "and", "message": "At most a fifth.", "at": "own"}
    line = {"lines-0-statement": "own <= ?", "lines-0-share": "20", "lines-0-other": "asked"}
    assert post(browser, call, "/checks/new", {**rest, **line}).status_code == 302
    number = len(form_of(session, call).checks)
    assert form_of(session, call).checks[-1].rule == "own <= 0.2 * asked"
    page = browser.get(f"/calls/{call.reference}/form/checks/{number}").text
    assert re.search(r'name="lines-0-share"[^>]*value="20"', page)
    assert re.search(r'<option value="asked" selected', page)
    typed_before = {**rest, "lines-0-statement": "own <= ?", "lines-0-other": "asked"}
    post(browser, call, f"/checks/{number}", {**typed_before, "lines-0-value": "12.5%"})
    assert form_of(session, call).checks[-1].rule == "own <= 0.125 * asked"
    overview = browser.get(f"/calls/{call.reference}/form").text
    assert "“Own contribution” is at most 12.5% of “Amount asked for”" in overview


def test_a_year_is_compared_with_years_alone() -> None:
    questions = [
        Year(key="founded", label={"en": "Founded in"}),
        Year(key="registered", label={"en": "Registered in"}),
        Number(key="employees", label={"en": "Employees"}),
    ]
    offered = {statement.text: statement for statement in statements(questions)}
    kinds = {text: kind for text, _label, kind in figures(questions)}
    founded = offered["founded <= ?"]
    assert part_of(founded, {"other": "registered"}, kinds) == "founded <= registered"
    assert part_of(founded, {"value": "1990"}, kinds) == "founded <= 1990"
    line = {"statement": "founded <= ?", "value": "1990"}
    assert lines_of("founded <= 1990", list(offered.values()), kinds) == ("and", [line])
    with pytest.raises(LineRefused, match="cannot be compared"):
        part_of(founded, {"other": "employees"}, kinds)
    with pytest.raises(LineRefused, match="cannot be compared"):
        part_of(offered["employees > ?"], {"other": "founded"}, kinds)
    with pytest.raises(LineRefused, match="no percentage"):
        part_of(founded, {"other": "registered", "share": "50"}, kinds)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            {"lines-0-statement": "own <= ?", "lines-0-value": "50", "lines-0-other": "asked"},
            "Enter a value or choose another answer, not both.",
        ),
        (
            {"lines-0-statement": "own <= ?", "lines-0-value": "20%"},
            "Enter the percentage in the box for percentages",
        ),
        (
            {"lines-0-statement": "own <= ?", "lines-0-share": "20"},
            "Choose the answer of which this is a percentage.",
        ),
        ({"lines-0-statement": "own <= ?"}, "Enter the value that the statement ends with."),
        (
            {"lines-0-statement": "partners == true", "lines-0-value": "50"},
            "Leave this empty: the statement needs nothing more.",
        ),
        ({"lines-0-statement": "own <= ?", "lines-0-value": "many"}, "is not a number"),
        ({"expression": "own > asked +"}, "the expression ends too early"),
        ({"expression": "own > askd"}, "did you mean “asked”?"),
        (
            {
                "expression": "own > asked * 2",
                "lines-0-statement": "own <= ?",
                "lines-0-value": "50",
            },
            "Use either the menus or the expression, not both",
        ),
        ({}, "Enter the rule."),
    ],
)
def test_a_rule_that_cannot_be_is_refused_beside_its_field_and_stays_typed(
    session: Session, call: Call, browser: StrictClient, typed: dict[str, str], said: str
) -> None:
    before = form_of(session, call).checks
    rest = {"word": "and", "message": "Not so.", "at": "own"}
    reply = post(browser, call, "/checks/new", {**rest, **typed})
    assert reply.status_code == 200
    assert said in reply.text
    assert 'href="#lines' in reply.text or 'href="#expression' in reply.text
    for text in typed.values():
        assert f'value="{escape(text)}"' in reply.text
    assert form_of(session, call).checks == before


def test_a_condition_that_was_wrong_before_does_not_keep_a_question_from_being_changed(
    session: Session, call: Call, browser: StrictClient
) -> None:
    form = form_of(session, call)
    asked = form.section("project").question("how_many")
    wrong = with_question(form, "project", replace(asked, show_when="gone == true"), "how_many")
    change_form(session, call, wrong, act_of(session, staff(session, Role.FUND_MANAGER, "Ana Li")))
    session.commit()
    typed = {"label": "How many?", "least": "0", "places": "0", "expression": "gone == true"}
    assert post(browser, call, "/questions/how_many", typed).status_code == 302
    typed["expression"] = "gone == false"
    reply = post(browser, call, "/questions/how_many", typed)
    assert "there is no question with the key" in reply.text


def test_a_budget_without_categories_is_refused_where_they_are_typed(
    session: Session, call: Call, browser: StrictClient
) -> None:
    page = "/sections/project/questions/new/budget"
    reply = post(browser, call, page, {"label": "The budget", "currency": "USD"})
    assert reply.status_code == 200
    assert "Fill in at least 2 rows of “Categories”." in reply.text
    choice = post(browser, call, "/sections/project/questions/new/one_of", {"label": "Which?"})
    assert "Fill in at least 2 rows of “Answers to choose from”." in choice.text


def test_questions_and_sections_are_put_in_order_by_buttons_and_by_dragging(
    session: Session, call: Call, browser: StrictClient
) -> None:
    press(browser, call, "/move", question="title", direction="down")
    assert order_of(form_of(session, call))[0][1][:2] == ["asked", "title"]
    press(browser, call, "/move", question="lead", direction="up")
    assert order_of(form_of(session, call))[0][1][-1] == "lead"
    press(browser, call, "/move", question="lead", into="partners", before="letter")
    assert order_of(form_of(session, call))[1] == ("partners", ["lead", "letter"])
    press(browser, call, "/move", section="partners", direction="up")
    assert [key for key, _asked in order_of(form_of(session, call))] == ["partners", "project"]
    assert "comes later" in browser.get(f"/calls/{call.reference}/form").text


def test_a_stale_page_changes_nothing(session: Session, call: Call, browser: StrictClient) -> None:
    page = hidden(browser.get(f"/calls/{call.reference}/form").text)
    url = f"/calls/{call.reference}/form/move"
    browser.post(url, data={**page, "question": "title", "direction": "down"})
    reply = browser.post(url, data={**page, "question": "title", "direction": "down"})
    assert reply.status_code == 409
    assert order_of(form_of(session, call))[0][1][1] == "title"


def test_a_form_is_translated_side_by_side(
    session: Session, call: Call, browser: StrictClient
) -> None:
    page = browser.get(f"/calls/{call.reference}/form/languages/fr").text
    names = re.findall(r'<textarea[^>]*name="(t\d+)"', page)
    assert len(names) == 10
    typed = {name: f"Texte {name}" for name in names[:-1]}
    assert post(browser, call, "/languages/fr", typed).status_code == 302
    form = form_of(session, call)
    assert form.sections[0].title == {"en": "The project", "fr": f"Texte {names[0]}"}
    assert faults_in_words(form, call.languages) == [
        "French: 1 text is missing. Translate it, or remove French from the form."
    ]
    missing = 1 + len(list(texts_of_call(call)))
    overview = browser.get(f"/calls/{call.reference}/form").text
    assert f"{missing} texts are not translated" in overview, "those of the call too"


def test_words_that_the_other_stage_has_are_proposed_and_kept_only_when_saved(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    question = ShortText(key="title", label={"en": "Title", "ru": "Название"})
    form = Form(
        sections=(Section(key="one", title={"en": "One"}, questions=(question,)),),
        facts={"title": "title"},
    )
    call, manager = a_draft_call(session, fund, form=form), staff(session, Role.FUND_MANAGER)
    by = act_of(session, manager)
    second = add_second_stage(session, call, by)
    plain = replace(question, label={"en": "Title"})
    change_form(session, second, with_question(form, "one", plain, "title"), by)
    session.commit()
    page = sign_in_as(manager).get(f"/calls/{second.reference}/form/languages/ru").text
    assert "Название" in page
    assert "proposed here" in page
    assert second.questionnaire.section("one").question("title").label == {"en": "Title"}


def test_the_text_of_the_call_is_translated_too(
    session: Session, call: Call, browser: StrictClient
) -> None:
    path = "/languages/fr"
    page = browser.get(f"/calls/{call.reference}/form{path}").text
    assert 'name="criteria_0_label"' in page
    typed = {"title": "Un appel", "criteria_0_label": "Besoin"}
    assert post(browser, call, path, typed).status_code == 302
    session.refresh(call)
    assert call.title["fr"] == "Un appel"
    assert call.criteria[0]["label"]["fr"] == "Besoin"
    assert post(browser, call, path, {}).status_code == 302
    session.refresh(call)
    assert "fr" not in call.title
    assert call.title["en"]


def test_sections_of_other_forms_are_taken_over(
    session: Session, call: Call, browser: StrictClient
) -> None:
    library = browser.get(f"/calls/{call.reference}/form/library").text
    assert "Safeguarding" in library or "Your organisation" in library
    values = {"from": "standard", "section": "organisation"}
    assert press(browser, call, "/library", **values).status_code == 302
    assert order_of(form_of(session, call))[-1][0] == "organisation"
    press(browser, call, "/library", **values)
    assert len(form_of(session, call).sections) == 3


def test_a_form_is_tried_without_keeping_anything(
    session: Session, call: Call, browser: StrictClient
) -> None:
    url = f"/calls/{call.reference}/form/try"
    page = browser.get(url).text
    assert "The project" in page
    token = {"csrf_token": hidden(page)["csrf_token"]}
    project = {"q_title": "A", "q_asked": "100", "q_partners": "yes", "q_own": "60"}
    seen = browser.post(url, data={**token, **project, "q_how_many": "3", "go": "partners"}).text
    assert "Who leads?" in seen
    assert 'name="q_title" value="A"' in seen
    end = browser.post(url, data={**token, **project, "q_how_many": "3", "go": "check"}).text
    assert "at most half" in end
    assert "Fill in “Who leads?”" in end
    version = call.version
    session.expire_all()
    assert call.version == version


def test_a_section_that_is_checked_tells_all_that_is_missing_in_it(
    session: Session, call: Call, browser: StrictClient
) -> None:
    url = f"/calls/{call.reference}/form/try"
    seen = browser.get(url).text
    missing = "Fill in “Amount asked for”"
    assert missing not in seen
    token = {"csrf_token": hidden(seen)["csrf_token"], "at": "project"}
    checked = browser.post(url, data={**token, "go": "project"}).text
    assert missing in checked
    answers = {"q_asked": str(call.lowest.minor // 100), "q_partners": "no"}
    right = browser.post(url, data={**token, **answers, "go": "project"}).text
    assert "Nothing is missing in this section." in right
    press(browser, call, "/remove", question="asked")
    faulty = browser.post(url, data={**token, **answers, "go": "project"}).text
    assert "Check 1: the question “Amount asked for” is no longer in the form" in faulty
    assert "Nothing is missing" not in faulty
    come_to = browser.post(url, data={**token, "at": "partners", "go": "project"}).text
    assert "is no longer in the form" not in come_to


def test_a_question_that_a_check_names_twice_is_missed_once(
    session: Session, call: Call, browser: StrictClient
) -> None:
    press(browser, call, "/remove", question="own")
    faults = faults_in_words(form_of(session, call))
    assert len(faults) == len(set(faults)) == 1
    page = browser.get(f"/calls/{call.reference}/form").text
    summary = page.partition('id="to-correct"')[2].partition("</ul>")[0]
    assert summary.count("Own contribution") == 1


def test_the_maker_chooses_what_is_required_of_a_person(
    session: Session, call: Call, browser: StrictClient
) -> None:
    path = "/sections/project/questions/new/person"
    page = browser.get(f"/calls/{call.reference}/form{path}").text
    assert "“Full name” is always required." in page
    assert re.search(r'name="required_parts"[^>]*value="email" checked', page)
    wish = {"label": "Who is responsible?", "key_": "lead_person"}
    post(browser, call, path, {**wish, "required_parts": ["job", "telephone"]})
    made = form_of(session, call).section("project").question("lead_person")
    assert isinstance(made, Person)
    assert made.required_parts == ("job", "telephone")
    post(browser, call, "/questions/lead_person", wish)
    made = form_of(session, call).section("project").question("lead_person")
    assert isinstance(made, Person)
    assert made.required_parts == ()


def test_a_trial_asks_what_an_answer_opens_before_it_goes_on(
    session: Session, call: Call, browser: StrictClient
) -> None:
    url = f"/calls/{call.reference}/form/try"
    page = browser.get(url).text
    unseen = re.search(r'name="hidden" value="([^"]*)"', page)
    assert unseen
    assert "how_many" in unseen[1].split()
    posted = {"csrf_token": hidden(page)["csrf_token"], "at": "project", "hidden": unseen[1]}
    answers = {"q_title": "A", "q_asked": "100", "q_partners": "yes"}
    seen = browser.post(url, data={**posted, **answers, "go": "onwards"}).text
    assert "Because of these answers, there are more questions in this section." in seen
    assert re.search(r'<div data-question="how_many">', seen)
    again = re.search(r'name="hidden" value="([^"]*)"', seen)
    assert again
    posted["hidden"] = again[1]
    answers["q_how_many"] = "3"
    onwards = browser.post(url, data={**posted, **answers, "go": "onwards"}).text
    assert "Who leads?" in onwards
    back = {**posted, **answers, "at": "partners", "go": "back"}
    assert 'value="3"' in browser.post(url, data=back).text
    told = browser.post(f"{url}/asked", data={**posted, **answers, "q_partners": "no"}).get_json()
    assert "how_many" in told["hidden"].split()


def test_a_trial_keeps_the_rules_of_the_call_as_a_submission_does(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund)
    call.countries, call.earliest_start_on = ["HN"], call.deadline_at.date() + timedelta(days=60)
    session.commit()
    browser = sign_in_as(staff(session, Role.FUND_MANAGER))
    url = f"/calls/{call.reference}/form/try"
    token = {"csrf_token": hidden(browser.get(url).text)["csrf_token"]}
    early = call.deadline_at.date() + timedelta(days=1)
    start = {f"q_starts_on-{part}": str(getattr(early, part)) for part in ("day", "month", "year")}
    too_much = {"q_budget-0-description": "A car", "q_budget-0-quantity": "1"}
    too_much |= {"q_budget-0-unit_cost": "9,000,000", "q_budget-0-category": "staff"}
    answers = {"q_country": "FR", "q_months": str(call.months + 1), **start, **too_much}
    end = browser.post(url, data={**token, **answers, "go": "check"}).text
    assert "The call is not for projects in France." in end
    assert "Projects can start on" in end
    assert f"can last up to {call.months} months" in end
    assert "Grants under this call range from" in end


def test_the_form_of_an_open_call_and_strangers_are_refused(
    session: Session, fund: Fund, browser: StrictClient, call: Call, sign_in_as: SignInAs
) -> None:
    opened = a_call(session, fund)
    session.commit()
    assert browser.get(f"/calls/{opened.reference}/form").status_code == 409
    stranger = a_person(session, "Stranger")
    session.commit()
    assert sign_in_as(stranger).get(f"/calls/{call.reference}/form").status_code in (403, 404)


def test_what_is_to_be_corrected_leads_to_its_place_in_the_words_of_the_form(
    session: Session, call: Call, browser: StrictClient
) -> None:
    press(browser, call, "/move", section="partners", direction="up")
    press(browser, call, "/remove", question="title")
    page = overview_of(browser, call)
    assert re.search(
        r'<a class="govuk-link" href="#facts">[^<]*which question asks for “Title of the project”',
        page,
    )
    said = r'<a class="govuk-link" href="#s-partners">[^<]*about “How many partners\?”, which comes'
    assert re.search(said, page)
    assert "how_many”" not in page
    lines = re.findall(r'<p class="built__note">([^<]+)<', page)
    assert "An amount in USD · " in lines, "its key stands behind it"


def overview_of(browser: StrictClient, call: Call) -> str:
    return browser.get(f"/calls/{call.reference}/form").text


def earlier_on(page: str) -> str:
    found = re.search(r'name="earlier" value="(\d+)"', page)
    assert found
    return found[1]


def test_what_was_removed_is_put_back_by_one_button_and_goes_again_by_the_next(
    session: Session, call: Call, browser: StrictClient
) -> None:
    whole = form_of(session, call)
    page = press(browser, call, "/remove", question="how_many").headers["Location"]
    assert "how_many" not in [q.key for q in form_of(session, call).questions]
    page = browser.get(page).text
    assert "Removed: How many partners?" in page
    press(browser, call, "/earlier", earlier=earlier_on(page))
    assert form_of(session, call) == whole
    page = overview_of(browser, call)
    assert "Undone: Removed: How many partners?" in page
    press(browser, call, "/earlier", earlier=earlier_on(page))
    assert "how_many" not in [q.key for q in form_of(session, call).questions]


def test_a_section_goes_only_after_its_questions_were_shown(
    session: Session, call: Call, browser: StrictClient
) -> None:
    page = overview_of(browser, call)
    assert f'href="/calls/{call.reference}/form/sections/partners/remove"' in page
    asked = browser.get(f"/calls/{call.reference}/form/sections/partners/remove").text
    for question in form_of(session, call).section("partners").questions:
        assert question.title in asked
    reply = browser.post(
        f"/calls/{call.reference}/form/remove", data={**hidden(asked), "section": "partners"}
    )
    assert reply.status_code == 302
    assert [one.key for one in form_of(session, call).sections] == ["project"]


def test_a_whole_form_is_replaced_after_a_question_and_every_earlier_one_can_be_brought_back(
    session: Session, call: Call, browser: StrictClient
) -> None:
    whole = form_of(session, call)
    asked = browser.get(f"/calls/{call.reference}/form/library/empty").text
    assert "2 sections, 7 questions" in asked
    browser.post(f"/calls/{call.reference}/form/library", data={**hidden(asked), "from": "empty"})
    assert form_of(session, call).sections == ()
    post(browser, call, "/sections/new", {"title": "Another one"})
    kept = browser.get(f"/calls/{call.reference}/form/earlier").text
    assert re.findall(r'built__words">([^<]+)<', kept) == [
        "Added: Another one",
        "The whole form was replaced",
    ]
    oldest = re.findall(r'name="earlier" value="(\d+)"', kept)[-1]
    press(browser, call, "/earlier", earlier=oldest)
    assert form_of(session, call) == whole


def test_lines_of_the_checklist_that_go_with_a_form_are_told_before_and_come_back_with_it(
    session: Session, fund: Fund, browser: StrictClient
) -> None:
    """With the translation that one of them had, by “Undo”, “Redo” and “Undo” again."""
    call = a_draft_call(session, fund, form=STANDARD_FORM)
    call.eligibility = [
        {**row, "label": {**row["label"], "fr": "Deux lettres."}}
        if row["key"] == "references"
        else row
        for row in STANDARD_ELIGIBILITY
    ]
    session.commit()
    whole = list(call.eligibility)
    asked = browser.get(f"/calls/{call.reference}/form/library/empty").text
    told = re.findall(r"Removed: ([^<]+)", asked)
    assert told == [row["label"]["en"] for row in whole if row["key"] in DOCUMENTS]
    assert "Removed: " not in browser.get(f"/calls/{call.reference}/form/library/standard").text
    browser.post(f"/calls/{call.reference}/form/library", data={**hidden(asked), "from": "empty"})
    without = [row for row in whole if row["key"] not in DOCUMENTS]
    for expected in (whole, without, whole):
        page = overview_of(browser, call)
        press(browser, call, "/earlier", earlier=earlier_on(page))
        session.expire_all()
        assert call.eligibility == expected
        if expected is whole:
            assert form_of(session, call) == STANDARD_FORM


def test_lines_of_the_checklist_that_go_with_a_section_are_named_before_and_after(
    session: Session, fund: Fund, browser: StrictClient
) -> None:
    call = a_draft_call(session, fund, form=STANDARD_FORM)
    session.commit()
    page = browser.get(f"/calls/{call.reference}/form/sections/documents/remove").text
    for row in STANDARD_ELIGIBILITY:
        named = f"<li>{escape(row['label']['en'])}</li>" in page
        assert named is (row["key"] in DOCUMENTS)
    other = browser.get(f"/calls/{call.reference}/form/sections/project/remove").text
    assert "eligibility checklist" not in other
    press(browser, call, "/remove", emptied="documents")
    told = f"with {len(DOCUMENTS)} lines of the eligibility checklist"
    assert told in browser.get(f"/calls/{call.reference}/form").text


def test_lines_that_went_one_by_one_come_back_in_their_order_and_none_a_second_time(
    session: Session, fund: Fund
) -> None:
    call = a_draft_call(session, fund, form=STANDARD_FORM)
    by = act_of(session, staff(session, Role.FUND_MANAGER, "Ana Li"))
    whole = list(call.eligibility)
    for key in DOCUMENTS.values():
        change_form(session, call, without_question(call.questionnaire, key), by)
    assert {row["key"] for row in whole} - {row["key"] for row in call.eligibility} == {*DOCUMENTS}
    last, first = earlier_forms(session, call)
    bring_back(session, call, last, by)
    assert [row for row in whole if row["key"] != "accounts"] == call.eligibility
    bring_back(session, call, first, by)
    assert call.eligibility == whole
    call.eligibility = [row for row in whole if row["key"] != "reports"]
    bring_back(session, call, first, by)
    assert call.eligibility == [row for row in whole if row["key"] != "reports"]


def test_a_line_in_the_words_of_the_call_stays_whatever_the_form_asks(
    session: Session, fund: Fund
) -> None:
    own = {"key": "references", "label": {"en": "Three reference letters have been provided."}}
    call = a_draft_call(session, fund, form=STANDARD_FORM)
    call.eligibility = [own]
    by = act_of(session, staff(session, Role.FUND_MANAGER, "Ana Li"))
    change_form(session, call, Form(sections=()), by)
    assert call.eligibility == [own]


def test_undo_pressed_twice_undoes_two_changes_and_redo_brings_the_last_of_them_back(
    session: Session, call: Call, browser: StrictClient
) -> None:
    whole = form_of(session, call)
    for title in ("One", "Two"):
        post(browser, call, "/sections/new", {"title": title})
    numbers: list[str] = []
    for _press in range(2):
        page = browser.get(f"/calls/{call.reference}/form").text
        numbers.append(re.findall(r'name="earlier" value="(\d+)"', page)[0])
        press(browser, call, "/earlier", earlier=numbers[-1])
    assert numbers[0] != numbers[1]
    assert form_of(session, call) == whole
    page = browser.get(f"/calls/{call.reference}/form").text
    assert "Undone: Added: One" in page
    assert "Last change:" not in page
    press(browser, call, "/earlier", earlier=re.findall(r'name="earlier" value="(\d+)"', page)[0])
    assert order_of(form_of(session, call))[-1] == ("one", [])


def test_an_earlier_form_of_another_call_is_not_brought_back(
    session: Session, fund: Fund, call: Call, browser: StrictClient
) -> None:
    other = a_draft_call(session, fund, form=Form(sections=()))
    by = act_of(session, staff(session, Role.FUND_MANAGER, "Ana Li"))
    change_form(session, other, conditional_form(), by)
    session.commit()
    (kept,) = earlier_forms(session, other)
    whole = form_of(session, call)
    assert press(browser, call, "/earlier", earlier=str(kept.id)).status_code == 404
    assert form_of(session, call) == whole


def test_only_so_many_earlier_forms_are_kept_and_none_once_the_call_is_open(
    session: Session, fund: Fund
) -> None:
    call = a_draft_call(session, fund)
    by = act_of(session, staff(session, Role.FUND_MANAGER, "Ana Li"))
    for number in range(MOST_KEPT + 3):
        change_form(session, call, call.questionnaire, by, moved=str(number))
    kept = earlier_forms(session, call)
    assert [one.what["moved"] for one in kept[:2]] == [str(MOST_KEPT + 2), str(MOST_KEPT + 1)]
    assert len(kept) == MOST_KEPT
    open_call(session, call, by)
    assert earlier_forms(session, call) == []


def test_what_names_a_removed_question_says_what_it_was_called_and_what_to_do(
    session: Session, call: Call, browser: StrictClient
) -> None:
    path = f"/calls/{call.reference}"
    press(browser, call, "/remove", question="partners")
    said = escape(
        "the question “Do you work with partners?” is no longer in the form; put it back, or "
        "choose another one here"
    )
    for page in (f"{path}/form", path):
        shown = browser.get(page).text
        assert said in shown
        assert "no question with the key" not in shown
    press(browser, call, "/remove", question="asked")
    assert "the question “Amount asked for” is no longer in the form" in browser.get(path).text


def test_a_section_is_emptied_and_stands_ready_for_other_questions(
    session: Session, call: Call, browser: StrictClient
) -> None:
    page = browser.get(f"/calls/{call.reference}/form/sections/project/remove").text
    assert "Empty it, and keep the section" in page
    press(browser, call, "/remove", emptied="project")
    form = form_of(session, call)
    assert form.section("project").questions == ()
    assert form.section("project").title["en"] == "The project"
    assert "title" not in form.facts
    assert (
        "Removed: questions of “The project”" in browser.get(f"/calls/{call.reference}/form").text
    )
