"""Sections that applicants repeat: partners with questions, files, conditions and rules each."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import answers_of, files_of
from grants.applying.call_files.carried import call_from_json, call_to_json
from grants.applying.calls.purposes import FormPurpose
from grants.applying.drafts.repeats import remove_repetition
from grants.applying.drafts.service import attach, save_section
from grants.applying.drafts.versions import versions_of
from grants.applying.drafts.work import Work
from grants.applying.submissions.service import submit
from grants.applying.writing.comments import comment
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.people.permissions import Role
from grants.core.people.queries import people_of_organisation
from grants.papers.statements.issuing import render
from grants.platform.file_checks.checks import Upload
from grants.platform.questionnaires.answers import verdict_on
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.merging import Saved, Sheet, bases_of, merged
from grants.platform.questionnaires.repeated import with_repetitions
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.written import from_json, to_json
from tests.applying.applications.forms import conditional_form
from tests.factories import a_call, a_draft, a_draft_call, staff, writer_of
from tests.papers.typesetting.test_pdf import text_of
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs


def _text(words: str) -> dict[str, str]:
    return {"en": words}


PARTNERS = ["partner", "partner__2", "partner__3"]
GROUP: dict[str, Any] = {
    "key": "partner",
    "title": _text("Partner"),
    "most_times": 4,
    "questions": [
        {"kind": "short_text", "key": "name", "label": _text("Name"), "required": True},
        {"kind": "yes_no", "key": "is_new", "label": _text("New to you?"), "required": True},
        {
            "kind": "short_text",
            "key": "how_chosen",
            "label": _text("How chosen?"),
            "required": True,
            "show_when": "is_new == true",
        },
        {"kind": "amount", "key": "gets", "label": _text("Share"), "zero": True},
        {"kind": "amount", "key": "spends", "label": _text("Spends"), "zero": True},
        {"kind": "files", "key": "papers", "label": _text("Its papers")},
        {
            "kind": "table",
            "key": "people",
            "label": _text("People"),
            "columns": [{"kind": "number", "key": "months", "label": _text("Months")}],
            "rules": [{"rule": "months < 13 or is_new == true", "message": _text("A year")}],
        },
    ],
}


def form_with(**changed: Any) -> Form:
    data = json.loads(json.dumps(to_json(conditional_form())))
    data["sections"] = [data["sections"][0], {**GROUP, **changed}]
    rule = {"rule": "spends <= gets", "at": "spends", "message": _text("Within its share.")}
    data["checks"].append(rule)
    return from_json(data)


def test_a_repeated_section_round_trips_and_becomes_sections_of_its_own() -> None:
    form = form_with(least_times=2)
    assert faults_in_words(form) == []
    assert to_json(from_json(to_json(form))) == to_json(form)
    keys = [section.key for section in with_repetitions(form).sections]
    assert keys == ["project", "partner", "partner__2", "partner__3", "partner__4"]
    assert [section.name for section in with_repetitions(form).sections][1:3] == [
        "Partner 1",
        "Partner 2",
    ]
    questions = [question.key for question in with_repetitions(form).questions]
    assert len(questions) == len(set(questions))


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"most_times": 11}, "1 to 10 times"),
        ({"least_times": 5}, "1 to 10 times"),
        ({"key": "p" * 37}, "at most 36 characters"),
    ],
)
def test_what_is_wrong_with_a_repeated_section_is_told(changed: dict[str, Any], fault: str) -> None:
    assert any(fault in told for told in faults_in_words(form_with(**changed)))


def test_nothing_outside_rests_on_an_answer_that_is_given_several_times() -> None:
    data = json.loads(json.dumps(to_json(form_with())))
    data["sections"].append(
        {
            "key": "after",
            "title": _text("After"),
            "show_when": "is_new == true",
            "questions": [{"kind": "yes_no", "key": "ok", "label": _text("OK?")}],
        }
    )
    assert any("which is repeated" in told for told in faults_in_words(from_json(data)))
    facts = {**data, "facts": {"title": "name", "requested": "asked"}}
    assert any("what lists show" in told for told in faults_in_words(from_json(facts)))


def test_conditions_and_rules_hold_for_each_and_a_further_one_only_if_it_is_wanted() -> None:
    form = form_with()
    first = {"name": "A", "is_new": False, "gets": "10.00", "spends": "5.00"}
    alone = verdict_on(form, {**first, "another__partner": False})
    assert alone.missing == ["asked"]
    assert "name__2" not in alone.visible
    second = {"name__2": "B", "is_new__2": True, "gets__2": "1.00", "spends__2": "2.00"}
    row = {"people": [{"months": 14}], "people__2": [{"months": 14}]}
    both = verdict_on(form, {**first, **second, **row, "another__partner": True})
    assert "how_chosen__2" in both.missing
    assert "how_chosen" not in both.visible
    assert {key for key, _message in both.faults} == {"spends__2", "people"}
    assert "another__partner__2" in both.missing


@pytest.fixture
def draft(session: Session, fund: Fund) -> Application:
    return a_draft(session, a_call(session, fund, form=form_with()))


def write(session: Session, draft: Application, place: int, name: str, *, more: bool) -> None:
    end = "" if place == 1 else f"__{place}"
    row = answers_of(session, draft.id).get(f"partner{end}")
    typed = {
        f"q_name{end}": [name],
        f"q_is_new{end}": ["no"],
        f"q_people{end}-0-c_months": ["3"],
        f"q_another__partner{end}": ["yes" if more else "no"],
    }
    version = row.version if row else 0
    save_section(session, draft, f"partner{end}", typed, version, writer_of(session, draft))


def names(session: Session, draft: Application) -> list[str]:
    parts = Work.of(session, draft).shown_parts
    return [
        part.answered.values[next(q.key for q in part.section.questions)]
        for part in parts
        if part.section.origin
    ]


def three_partners(session: Session, draft: Application) -> Act:
    for place, name in enumerate(("Ana", "Bea", "Cyn"), 1):
        write(session, draft, place, name, more=place < 3)
    by = writer_of(session, draft)
    for end, size in (("", 1), ("__2", 2), ("__3", 3)):
        attach(session, draft, f"papers{end}", Upload(f"{size}.pdf", pdf(size)), by)
    session.flush()
    return by


@pytest.mark.parametrize(
    ("key", "left", "files"),
    [
        ("partner", ["Bea", "Cyn"], {"papers": "2.pdf", "papers__2": "3.pdf"}),
        ("partner__2", ["Ana", "Cyn"], {"papers": "1.pdf", "papers__2": "3.pdf"}),
        ("partner__3", ["Ana", "Bea"], {"papers": "1.pdf", "papers__2": "2.pdf"}),
    ],
)
def test_the_one_that_is_removed_leaves_the_others_with_their_answers_and_files(
    session: Session, draft: Application, key: str, left: list[str], files: dict[str, str]
) -> None:
    by = three_partners(session, draft)
    told = {part: comment(session, draft, part, f"On {part}.", by) for part in PARTNERS}
    remove_repetition(session, draft, key, by)
    session.expire_all()
    assert names(session, draft) == left
    at = PARTNERS.index(key)
    assert [told[part].section for part in PARTNERS if part != key] == PARTNERS[:2]
    assert [part for part in PARTNERS if told[part].resolved_at] == [PARTNERS[at]]
    assert {f.question: f.document.name for f in files_of(session, draft.id)} == files
    work = Work.of(session, draft)
    assert work.values["people"] == [{"months": 3}]
    assert work.values["another__partner__2"] is False
    section = draft.call.questionnaire.section(key)
    assert "name" + section.key.removeprefix("partner") in versions_of(session, draft, section)
    for last in ("partner__2", "partner"):
        if last == "partner":
            with pytest.raises(DomainError, match="the form asks for it"):
                remove_repetition(session, draft, last, by)
        else:
            remove_repetition(session, draft, last, by)
    assert names(session, draft) == left[:1]


def test_it_is_written_checked_removed_and_submitted_on_pages(
    session: Session, draft: Application, sign_in_as: SignInAs
) -> None:
    by = three_partners(session, draft)
    typed = {"q_title": ["Safe"], "q_asked": ["20000"]}
    save_section(session, draft, "project", typed, 0, by)
    session.commit()
    browser = sign_in_as(people_of_organisation(session, draft.organisation_id)[0])
    at = f"/applying/{draft.reference}"
    tasks = browser.get(at).text
    assert "Partner 3" in tasks
    assert "Partner 4" not in tasks
    page = browser.get(f"{at}/sections/partner__2").text
    assert "Do you want to add another “Partner”?" in page
    assert "Remove “Partner 2” with its answers" in page
    browser.submit(f"{at}/sections/partner__2/remove", {})
    assert "Partner 3" not in browser.get(at).text
    check = browser.get(f"{at}/check").text
    assert "Cyn" in check
    assert "Bea" not in check
    assert "Do you want to add another" not in check


def test_papers_and_lists_have_each_and_the_call_says_how_many(
    session: Session, draft: Application, sign_in_as: SignInAs
) -> None:
    by = three_partners(session, draft)
    typed = {"q_title": ["Safe"], "q_asked": ["20000"]}
    save_section(session, draft, "project", typed, 0, by)
    submit(session, draft, by)
    session.commit()
    paper = text_of(render(session, "submission", draft.reference)[1])
    assert "Partner 2" in paper
    assert "Cyn" in paper
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    listed = manager.get(f"/calls/{draft.call.reference}/answers?format=csv").text
    assert "Cyn" in listed
    assert "Name (name__2)" in listed
    asked = manager.get(f"/calls/{draft.call.reference}").text
    assert "up to 4 times" in asked
    assert "Partner 2" not in asked
    assert "up to 4 times" in text_of(render(session, "blank-form", draft.call.reference)[1])


def test_it_is_made_on_the_page_of_the_section_and_carried_in_a_file(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund, form=form_with(most_times=1))
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    browser = sign_in_as(manager)
    at = f"/calls/{call.reference}/form/sections/partner"
    version = re.search(r'name="version"[^>]*value="([^"]*)"', browser.get(at).text)
    assert version
    sent = {"title": "Partner", "most_times": "3", "least_times": "1", "version": version[1]}
    browser.submit(at, sent)
    session.expire_all()
    assert call.form_for(FormPurpose.APPLICATION).section("partner").most_times == 3
    assert "up to 3 times" in browser.get(f"/calls/{call.reference}/form").text
    assert (
        call_from_json(json.loads(json.dumps(call_to_json(call)))).form.sections[1].most_times == 3
    )


QUESTIONS = ("name", "how_chosen")
SAVES = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(1, 3), st.sampled_from(QUESTIONS), st.text("abc", min_size=1)
    ),
    max_size=12,
)


@given(SAVES)
@settings(max_examples=60, deadline=None)
def test_no_order_of_saves_by_three_people_loses_anything_in_a_group(
    saves: list[tuple[int, int, str, str]],
) -> None:
    """Each writes on a page opened before anybody saved. Whatever is saved stands, or a later
    writer of the same question of the same partner is told.
    """
    form = with_repetitions(form_with())
    books: dict[str, Saved] = {}
    opened = {section.key: bases_of(section, {}) for section in form.sections}
    texts: dict[tuple[int, str], dict[str, list[str]]] = {}
    stands: dict[str, list[str]] = {}
    for person, place, question, text in saves:
        section = form.sections[place]
        end = "" if place == 1 else f"__{place}"
        name = f"q_{question}{end}"
        mine = texts.setdefault((person, section.key), {})
        mine[name] = [text]
        saved = books.get(section.key) or Saved({}, 0, "", 0, {})
        sheet = Sheet.of({"base": [opened[section.key]], "sheet": [f"p{person}"], "turn": ["1"]})
        result = merged(section, section.kept(mine), saved, 0, sheet)
        if result.clashes:
            assert all(stands[f"q_{key}"] != mine[f"q_{key}"] for key in result.clashes)
            continue
        books[section.key] = Saved(result.kept, saved.version + 1, "", 0, {})
        stands |= mine  # what was refused before is saved too, once nobody else has it otherwise
        assert all(
            result.kept.get(input_name) == words
            for input_name, words in stands.items()
            if any(q.owns(input_name) for q in section.questions)
        )
