"""Answers picked from earlier ones: by the row, not by its words."""

import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import answers_of
from grants.applying.calls.purposes import FormPurpose, faults_for, kinds_for
from grants.applying.drafts.repeats import remove_repetition
from grants.applying.drafts.service import save_section
from grants.applying.drafts.work import Work
from grants.applying.form_parts.parts import copied_section
from grants.applying.submissions.service import submit
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.core.people.queries import people_of_organisation
from grants.papers.statements.issuing import render
from grants.platform.questionnaires.answers import verdict_on
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.picking import with_picks
from grants.platform.questionnaires.repeated import with_repetitions
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.written import from_json, to_json
from grants.platform.questions import Picked, Table
from tests.applying.applications.forms import conditional_form
from tests.applying.builder.test_builder import hidden
from tests.factories import a_call, a_draft, a_draft_call, staff, writer_of
from tests.papers.typesetting.test_pdf import text_of
from tests.platform.web.client import SignInAs


def _text(words: str) -> dict[str, str]:
    return {"en": words}


COLUMNS = [
    {"kind": "short_text", "key": "name", "label": _text("Name")},
    {"kind": "number", "key": "staff", "label": _text("Staff")},
]
PARTNERS: dict[str, Any] = {
    "key": "partners",
    "title": _text("Partners"),
    "questions": [
        {"kind": "table", "key": "list", "label": _text("Partners"), "columns": COLUMNS},
        {
            "kind": "picked",
            "key": "lead",
            "label": _text("Who leads?"),
            "source": "list/name",
            "required": True,
        },
    ],
}
PLACES: dict[str, Any] = {
    "key": "place",
    "title": _text("Place"),
    "most_times": 4,
    "questions": [{"kind": "short_text", "key": "town", "label": _text("Town")}],
}
PLAN: dict[str, Any] = {
    "key": "plan",
    "title": _text("Plan"),
    "questions": [
        {
            "kind": "table",
            "key": "steps",
            "label": _text("Steps"),
            "columns": [
                {"kind": "short_text", "key": "what", "label": _text("What")},
                {
                    "kind": "picked",
                    "key": "who",
                    "label": _text("Who"),
                    "source": "list/name",
                    "most_chosen": 0,
                },
                {"kind": "picked", "key": "where", "label": _text("Where"), "source": "place/town"},
            ],
        }
    ],
}


def form_with(*sections: dict[str, Any]) -> Form:
    data = json.loads(json.dumps(to_json(conditional_form())))
    data["sections"] = [data["sections"][0], *(sections or (PARTNERS, PLACES, PLAN))]
    return from_json(data)


FIRST = {"q_list-0-c_name": ["Casa Sur"], "q_list-1-c_name": ["Ixchel"], "q_lead": ["1"]}
TOWNS = {
    "place": {"q_town": ["Tela"], "q_another__place": ["yes"]},
    "place__2": {"q_town__2": ["Ceiba"], "q_another__place__2": ["yes"]},
    "place__3": {"q_town__3": ["Trujillo"], "q_another__place__3": ["no"]},
}
STEPS = {
    "q_steps-0-c_what": ["Open"],
    "q_steps-0-c_who": ["1", "0"],
    "q_steps-0-c_where": ["3"],
}


def save(session: Session, application: Application, key: str, typed: dict[str, list[str]]) -> None:
    row = answers_of(session, application.id).get(key)
    by = writer_of(session, application)
    save_section(session, application, key, typed, row.version if row else 0, by)


@pytest.fixture
def draft(session: Session, fund: Fund) -> Application:
    draft = a_draft(session, a_call(session, fund, form=form_with()))
    project = {"q_title": ["House"], "q_asked": ["9000"], "q_partners": ["no"]}
    for key, typed in {"project": project, "partners": FIRST, **TOWNS, "plan": STEPS}.items():
        save(session, draft, key, typed)
    return draft


def words(work: Work, table: str, column: str) -> list[str]:
    return [row["label"] for row in work.values[table][0][column] or ()]


def messages(work: Work, key: str) -> list[str]:
    return [problem.words for problem in work.part(key).problems]


def test_a_form_with_picks_is_sound_and_round_trips() -> None:
    form = form_with()
    assert faults_in_words(form) == []
    assert to_json(from_json(to_json(form))) == to_json(form)
    bound = with_picks(with_repetitions(form), {})
    assert to_json(bound) == to_json(with_repetitions(form))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "the earlier answers from which"),
        ("nothing/name", "choose again"),
        ("list/staff", "choose again"),
        ("place/town", "choose again"),
    ],
)
def test_a_pick_needs_a_source_before_it_with_a_name(source: str, told: str) -> None:
    broken = json.loads(json.dumps(PARTNERS))
    broken["questions"][1]["source"] = source
    assert any(told in fault for fault in faults_in_words(form_with(broken, PLACES, PLAN)))


def test_forms_for_grantees_have_no_picks() -> None:
    assert "picked" not in kinds_for(FormPurpose.FINANCE)
    faults = faults_for(form_with(PARTNERS), FormPurpose.FINANCE)
    assert any(
        "this form cannot have questions whose answers are picked" in fault.message
        for fault in faults
    )


def test_a_renamed_row_keeps_what_was_picked(session: Session, draft: Application) -> None:
    assert words(Work.of(session, draft), "steps", "who") == ["Casa Sur", "Ixchel"]
    save(session, draft, "partners", {**FIRST, "q_list-1-c_name": ["Ixchel Norte"]})
    work = Work.of(session, draft)
    assert work.values["lead"] == [{"code": "1", "label": "Ixchel Norte"}]
    assert words(work, "steps", "who") == ["Casa Sur", "Ixchel Norte"]


def test_a_removed_row_is_told_and_its_number_is_never_used_again(
    session: Session, draft: Application
) -> None:
    save(session, draft, "partners", {"q_list-0-c_name": ["Casa Sur"], "q_lead": ["1"]})
    work = Work.of(session, draft)
    told = "What was chosen in “Who leads?” is no longer in “Partners”. Choose again."
    assert told in messages(work, "partners")
    assert any("in “Who” is no longer in “Partners”" in told for told in messages(work, "plan"))
    assert work.values["lead"] is None
    table = next(q for q in work.form.questions if q.key == "list")
    assert isinstance(table, Table)
    assert table.first_free == 2
    pick = work.part("partners").section.question("lead")
    assert ("1", "(no longer there)") in pick.options


def test_picks_of_a_repeated_section_move_up_with_it(session: Session, draft: Application) -> None:
    assert words(Work.of(session, draft), "steps", "where") == ["Trujillo"]
    remove_repetition(session, draft, "place__2", writer_of(session, draft))
    assert words(Work.of(session, draft), "steps", "where") == ["Trujillo"]
    remove_repetition(session, draft, "place__2", writer_of(session, draft))
    assert any("no longer in “Place”" in told for told in messages(Work.of(session, draft), "plan"))


def test_what_was_picked_is_printed_and_exported_in_words(
    session: Session, draft: Application, sign_in_as: SignInAs
) -> None:
    work = Work.of(session, draft)
    assert [problem.words for part in work.parts for problem in part.problems] == []
    submit(session, draft, writer_of(session, draft))
    text = text_of(render(session, "submission", draft.reference)[1])
    assert "Trujillo" in text
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    answers = manager.get(f"/calls/{draft.call.reference}/answers?format=csv").text
    assert "Ixchel" in answers
    assert "Casa Sur, Ixchel" in manager.get(f"/applications/{draft.reference}").text


def test_the_page_offers_the_rows_that_are_saved(
    session: Session, draft: Application, sign_in_as: SignInAs
) -> None:
    writer = sign_in_as(people_of_organisation(session, draft.organisation_id)[0])
    page = writer.get(f"/applying/{draft.reference}/sections/plan").text
    for name in ("Casa Sur", "Ixchel", "Tela", "Ceiba", "Trujillo"):
        assert name in page
    save(session, draft, "partners", {"q_list-0-c_name": ["Casa Sur"], "q_lead": ["1"]})
    page = writer.get(f"/applying/{draft.reference}/sections/partners").text
    assert 'data-next="2"' in page
    assert "(no longer there)" in page
    assert "no longer in “Partners”" in writer.get(f"/applying/{draft.reference}/check").text
    versions = writer.get(f"/applying/{draft.reference}/versions/partners").text
    assert "Casa Sur" in versions


def test_a_copy_of_a_section_picks_from_its_own_table() -> None:
    form = form_with(PARTNERS)
    copied, key = copied_section(form, "partners", {q.key for q in form.items})
    pick = copied.section(key).questions[1]
    assert isinstance(pick, Picked)
    assert pick.source == f"{copied.section(key).questions[0].key}/name"
    assert faults_in_words(copied) == []


def test_a_pick_in_a_repeated_section_is_from_the_table_beside_it() -> None:
    group = {**PARTNERS, "key": "network", "title": _text("Network"), "most_times": 3}
    form = form_with(group)
    assert faults_in_words(form) == []
    second = with_repetitions(form).section("network__2").questions[1]
    assert isinstance(second, Picked)
    assert second.source == "list__2/name"
    verdict = verdict_on(form, {"list": [{"name": "Casa Sur"}], "lead": ["0"]})
    assert "lead" not in verdict.missing
    assert verdict.faults == []
    assert verdict_on(form, {"lead": ["0"]}).faults != []


def test_a_pick_is_made_on_the_pages_of_the_builder(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund, form=form_with(PARTNERS, PLACES))
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    path = f"/calls/{call.reference}/form/sections/partners/questions/new/picked"
    page = manager.get(path).text
    assert "Partners: Name" in page
    assert "Place: Town" not in page, "it comes later"
    data = {**hidden(page), "label": "Who pays?", "source": "list/name", "most_chosen": "2"}
    assert manager.post(path, data=data).status_code == 302
    session.expire_all()
    made = from_json(call.form).section("partners").questions[-1]
    assert isinstance(made, Picked)
    assert (made.source, made.most_chosen) == ("list/name", 2)
    new_table = f"/calls/{call.reference}/form/sections/place/questions/new/table"
    page = manager.get(new_table).text
    assert "Picked from" in page
    column = {"label": "Who", "kind": "picked", "source": "list/name"}
    table = {f"columns-0-{name}": text for name, text in column.items()} | {"most_rows": "3"}
    for label, typed, most in (("One", "2", 2), ("All", "", 0)):
        data = {**hidden(page), **table, "label": label, "columns-0-most_chosen": typed}
        assert manager.post(new_table, data=data).status_code == 302
        page = manager.get(new_table).text
        session.expire_all()
        made = from_json(call.form).section("place").questions[-1]
        assert made.columns[0].most_chosen == most  # type: ignore[attr-defined]
    assert "Who pays?" in manager.get(f"/calls/{call.reference}/form").text


def test_a_pick_is_tried_in_the_builder(session: Session, fund: Fund, sign_in_as: SignInAs) -> None:
    call = a_draft_call(session, fund, form=form_with(PARTNERS))
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    path = f"/calls/{call.reference}/form/try"
    page = manager.get(path).text
    typed = {name: texts[0] for name, texts in FIRST.items()}
    data = {**hidden(page), "go": "partners", "at": "project", **typed}
    assert "Ixchel" in manager.post(path, data=data).text
    assert "Ixchel" in manager.post(path, data={**data, "go": "check"}).text


def test_a_row_just_saved_can_be_picked_on_the_same_page(
    session: Session, draft: Application, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(people_of_organisation(session, draft.organisation_id)[0])
    at = f"/applying/{draft.reference}/sections/partners"
    page = browser.get(at).text
    assert 'data-offers="list/name"' in page
    added = {**FIRST, "q_list-2-c_name": ["Casa Norte"], **hidden(page)}
    reply = browser.post(f"{at}/autosave", data=added).get_json()
    assert reply["offers"] == {
        "list/name": [["0", "Casa Sur"], ["1", "Ixchel"], ["2", "Casa Norte"]]
    }
    page = browser.get(at).text
    assert '<noscript><p><button type="submit" name="stay" value="q_lead"' in page
    again = {**added, **hidden(page), "q_list-3-c_name": ["Casa Este"], "stay": "q_lead"}
    answer = browser.post(at, data=again)
    assert answer.location.endswith("/sections/partners#q_lead")
    assert '<option value="3">Casa Este</option>' in browser.get(at).text
    browser.post(f"{at}/autosave", data={**again, "q_lead": "3", **hidden(browser.get(at).text)})
    session.expire_all()
    assert Work.of(session, draft).values["lead"] == [{"code": "3", "label": "Casa Este"}]


def test_what_comes_from_another_page_is_not_offered_anew(
    session: Session, draft: Application, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(people_of_organisation(session, draft.organisation_id)[0])
    page = browser.get(f"/applying/{draft.reference}/sections/plan").text
    assert "data-offers" not in page
    assert "noscript" not in page
