"""Repeated groups and sections that share a page: saved together, and read each for itself."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import answers_of, files_of
from grants.applying.call_files.carried import call_from_json, call_to_json
from grants.applying.calls.purposes import FormPurpose, faults_for
from grants.applying.drafts.repeats import remove_repetition
from grants.applying.drafts.service import attach, save_section
from grants.applying.drafts.work import Work
from grants.applying.submissions.dossier import dossier_for_fund
from grants.applying.submissions.service import submit
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, InvalidInput
from grants.core.people.permissions import Role
from grants.core.people.queries import people_of_organisation
from grants.papers.statements.issuing import render
from grants.platform.file_checks.checks import Upload
from grants.platform.questionnaires.answers import verdict_on
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.merging import EditConflict, Saved, Sheet, bases_of, merged
from grants.platform.questionnaires.repeated import with_repetitions
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.written import from_json, to_json
from tests.applying.applications.forms import conditional_form
from tests.applying.builder.test_builder import hidden
from tests.applying.drafts.test_repeats import GROUP
from tests.factories import a_call, a_draft, a_draft_call, staff, writer_of
from tests.papers.typesetting.test_pdf import text_of
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs


def _text(words: str) -> dict[str, str]:
    return {"en": words}


SITES: dict[str, Any] = {
    "key": "site",
    "title": _text("Location"),
    "intro": _text("Where the work is done."),
    "most_times": 3,
    "page": "before",
    "questions": [
        {"kind": "short_text", "key": "town", "label": _text("Town"), "required": True},
        {"kind": "picked", "key": "by", "label": _text("Run by"), "source": "partner/name"},
    ],
}
CLOSING: dict[str, Any] = {
    "key": "closing",
    "title": _text("Anything else"),
    "page": "before",
    "show_when": "more == true",
    "questions": [
        {"kind": "long_text", "key": "also", "label": _text("What else?"), "limit": 500},
    ],
}
MORE: dict[str, Any] = {
    "key": "about",
    "title": _text("With whom, and where"),
    "questions": [
        {"kind": "yes_no", "key": "more", "label": _text("Is there more?"), "required": True}
    ],
}


def form_with(*, first: bool = True, **changed: Any) -> Form:
    """A page with a section and two groups, of which the second picks from the first."""
    data = json.loads(json.dumps(to_json(conditional_form())))
    group = {**GROUP, "page": "before", **changed}
    data["sections"] = [data["sections"][0], MORE, group, SITES, CLOSING]
    if not first:
        data["sections"] = [data["sections"][0], {**GROUP, "page": "one"}]
    rule = {"rule": "spends <= gets", "at": "spends", "message": _text("Within its share.")}
    data["checks"].append(rule)
    return from_json(data)


def test_a_page_holds_sections_and_groups_and_round_trips() -> None:
    form = form_with()
    assert faults_in_words(form) == []
    assert to_json(from_json(to_json(form))) == to_json(form)
    filled = with_repetitions(form)
    assert [section.key for section in filled.sections] == ["project", "about"]
    page = filled.sections[1]
    assert [part.name for part in page.parts] == [
        "With whom, and where",
        *(f"Partner {place}" for place in range(1, 5)),
        *(f"Location {place}" for place in range(1, 4)),
        "Anything else",
    ]
    assert filled.section("partner__2") is page
    assert filled.part("partner__2").questions[0].key == "name__2"
    keys = [question.key for question in filled.items]
    assert len(keys) == len(set(keys))
    alone = with_repetitions(form_with(first=False))
    assert [section.key for section in alone.sections] == ["project", "partner"]
    assert alone.sections[1].name == "Partner"


def test_an_unknown_page_is_told_and_grantees_have_none() -> None:
    data = to_json(form_with())
    data["sections"][2]["page"] = "beside"
    with pytest.raises(InvalidInput, match="use one of one, before"):
        from_json(data)
    told = [fault.message for fault in faults_for(form_with(), FormPurpose.FINANCE)]
    assert any("share a page with another section" in message for message in told)


def test_conditions_of_sections_and_rules_hold_on_a_shared_page() -> None:
    form = form_with()
    first = {"name": "A", "is_new": False, "gets": "1.00", "spends": "5.00", "more": False}
    alone = verdict_on(form, {**first, "another__partner": False, "another__site": False})
    assert alone.missing == ["asked", "town"]
    assert not {"name__2", "also", "town__2"} & set(alone.visible)
    assert ("spends", "Within its share.") in alone.faults
    more = verdict_on(form, {**first, "more": True, "another__partner": True, "is_new__2": True})
    assert {"also", "name__2", "how_chosen__2"} <= set(more.visible)
    assert "name__3" not in more.visible


@pytest.fixture
def draft(session: Session, fund: Fund) -> Application:
    return a_draft(session, a_call(session, fund, form=form_with()))


def end_of(place: int) -> str:
    return "" if place == 1 else f"__{place}"


def whole_page(partners: list[str], towns: list[str]) -> dict[str, list[str]]:
    """What is typed on the page for so many partners and places; each place is run by the partner
    of its number.
    """
    typed = {"q_more": ["yes"], "q_also": ["Words that stay."]}
    for place, name in enumerate(partners, 1):
        end = end_of(place)
        typed[f"q_name{end}"] = [name]
        typed[f"q_is_new{end}"] = ["no"]
        typed[f"q_people{end}-0-c_months"] = [str(place)]
        typed[f"q_another__partner{end}"] = ["yes" if place < len(partners) else "no"]
    for place, town in enumerate(towns, 1):
        end = end_of(place)
        typed[f"q_town{end}"] = [town]
        typed[f"q_by{end}"] = [str(place)]
        typed[f"q_another__site{end}"] = ["yes" if place < len(towns) else "no"]
    return typed


def write(session: Session, draft: Application) -> Act:
    by = writer_of(session, draft)
    page = whole_page(["Ana", "Bea", "Cyn"], ["Tela", "Yoro"])
    save_section(session, draft, "about", page, 0, by)
    project = {"q_title": ["Safe"], "q_asked": ["20000"]}
    save_section(session, draft, "project", project, 0, by)
    for place in (1, 2, 3):
        attach(session, draft, f"papers{end_of(place)}", Upload(f"{place}.pdf", pdf(place)), by)
    session.flush()
    return by


@pytest.mark.parametrize(
    ("key", "left", "picked", "files"),
    [
        ("partner", ["Bea", "Cyn"], [None, "1"], ["2.pdf", "3.pdf"]),
        ("partner__2", ["Ana", "Cyn"], ["1", None], ["1.pdf", "3.pdf"]),
        ("partner__3", ["Ana", "Bea"], ["1", "2"], ["1.pdf", "2.pdf"]),
    ],
)
def test_one_is_taken_out_of_a_shared_page_and_all_else_of_it_stays(
    session: Session,
    draft: Application,
    key: str,
    left: list[str],
    picked: list[str | None],
    files: list[str],
) -> None:
    by = write(session, draft)
    remove_repetition(session, draft, key, by)
    session.expire_all()
    work = Work.of(session, draft)
    assert [work.values[f"name{end_of(place)}"] for place in (1, 2)] == left
    assert work.values.get("name__3") is None
    assert work.values["another__partner__2"] is False
    assert [work.values["town"], work.values["town__2"]] == ["Tela", "Yoro"]
    assert work.values["also"] == "Words that stay."
    given = answers_of(session, draft.id)["about"].given
    stands = [given.get("q_by"), given.get("q_by__2")]
    assert [None if by in (None, ["0"]) else by[0] for by in stands] == picked
    kept = {file.question: file.document.name for file in files_of(session, draft.id)}
    assert kept == {"papers": files[0], "papers__2": files[1]}
    remove_repetition(session, draft, "site__2", by)
    assert Work.of(session, draft).values.get("town__2") is None
    with pytest.raises(DomainError, match="the form asks for it"):
        remove_repetition(session, draft, "site", by)


def test_two_people_write_in_two_groups_of_one_page_and_nothing_is_lost(
    session: Session, draft: Application
) -> None:
    by = write(session, draft)
    form = Work.of(session, draft).form
    row = answers_of(session, draft.id)["about"]
    base = [bases_of(form.section("about"), row.given)]
    version, before = row.version, dict(row.given)
    for person, (name, text) in enumerate((("q_name__2", "Bibi"), ("q_town", "Trujillo"))):
        sheet = Sheet.of({"base": base, "sheet": [f"p{person}"], "turn": ["1"]})
        typed = {**before, name: [text]}
        save_section(session, draft, "partner__2", typed, version, by, sheet=sheet)
    values = Work.of(session, draft).values
    assert (values["name__2"], values["town"]) == ("Bibi", "Trujillo")
    sheet = Sheet.of({"base": base, "sheet": ["p9"], "turn": ["1"]})
    with pytest.raises(EditConflict):
        save_section(session, draft, "about", {**before, "q_town": ["X"]}, version, by, sheet=sheet)


def test_it_is_written_checked_removed_and_submitted_on_one_page(
    session: Session, draft: Application, sign_in_as: SignInAs
) -> None:
    write(session, draft)
    session.commit()
    browser = sign_in_as(people_of_organisation(session, draft.organisation_id)[0])
    at = f"/applying/{draft.reference}"
    assert browser.get(at).text.count("/sections/about") == 1
    drawn = browser.get(f"{at}/sections/about").text
    headings = [drawn.index(f"{name}</h2>") for name in ("Partner 1", "Partner 2", "Location 1")]
    assert headings == sorted(headings)
    assert "Where the work is done." in drawn
    assert "Remove “Partner 2” with its answers" in drawn
    moved = browser.get(f"{at}/sections/partner__2")
    assert moved.status_code == 302
    assert moved.headers["Location"].endswith("/sections/about#q_part__partner__2")
    browser.submit(f"{at}/sections/partner__2/remove", {})
    check = browser.get(f"{at}/check").text
    assert "Cyn" in check
    assert "Bea" not in check


def test_papers_and_exports_have_each_section_of_a_shared_page(
    session: Session, draft: Application, sign_in_as: SignInAs
) -> None:
    by = write(session, draft)
    remove_repetition(session, draft, "partner__2", by)
    session.expire_all()
    version = answers_of(session, draft.id)["about"].version
    page = whole_page(["Ana", "Cyn"], ["Tela", "Yoro"])
    save_section(session, draft, "about", page, version, by)
    submit(session, draft, by)
    session.commit()
    titles = [section.title for section in dossier_for_fund(session, draft).sections]
    assert titles[1:] == [
        "With whom, and where",
        "Partner 1",
        "Partner 2",
        "Location 1",
        "Location 2",
        "Anything else",
    ]
    paper = text_of(render(session, "submission", draft.reference)[1])
    assert "Partner 2" in paper
    assert "Location 2" in paper
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    assert "Cyn" in manager.get(f"/calls/{draft.call.reference}/answers?format=csv").text


def test_a_page_is_shared_by_a_choice_of_its_maker_and_carried_in_a_file(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund, form=form_with(page=""))
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    browser = sign_in_as(manager)
    at = f"/calls/{call.reference}/form"
    sent = {
        "title": "Partner",
        "most_times": "4",
        "least_times": "1",
        "page": "before",
        "version": hidden(browser.get(f"{at}/sections/partner").text)["version"],
    }
    browser.submit(f"{at}/sections/partner", sent)
    session.expire_all()
    assert call.form_for(FormPurpose.APPLICATION).section("partner").page == "before"
    assert browser.get(at).text.count("On the page of the previous section.") == 3
    carried = call_from_json(json.loads(json.dumps(call_to_json(call))))
    assert carried.form.section("partner").page == "before"
    tried = browser.get(f"{at}/try").text
    assert "Section 1 of 2" in tried


NAMES = ("name", "name__2", "town", "also", "how_chosen__3")
SAVES = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(NAMES), st.text("abc", min_size=1)), max_size=12
)


@given(SAVES)
@settings(max_examples=60, deadline=None)
def test_no_order_of_saves_by_three_people_loses_anything_on_a_shared_page(
    saves: list[tuple[int, str, str]],
) -> None:
    """Each writes on a page opened before anybody saved. Whatever is saved stands, or a later
    writer of the same question is told.
    """
    section = with_repetitions(form_with()).section("about")
    saved, opened = Saved({}, 0, "", 0, {}), bases_of(section, {})
    texts: dict[int, dict[str, list[str]]] = {}
    stands: dict[str, list[str]] = {}
    for person, name, text in saves:
        mine = texts.setdefault(person, {})
        mine[f"q_{name}"] = [text]
        sheet = Sheet.of({"base": [opened], "sheet": [f"p{person}"], "turn": ["1"]})
        result = merged(section, section.kept(mine), saved, 0, sheet)
        if result.clashes:
            assert all(stands[f"q_{key}"] != mine[f"q_{key}"] for key in result.clashes)
            continue
        saved = Saved(result.kept, saved.version + 1, "", 0, {})
        stands |= mine
        assert all(result.kept.get(input_name) == words for input_name, words in stands.items())
