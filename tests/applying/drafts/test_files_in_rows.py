"""Files attached to rows of a table: kept, printed, moved and removed with the row."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import files_of
from grants.applying.calls.purposes import FormPurpose, faults_for
from grants.applying.drafts.repeats import remove_repetition
from grants.applying.drafts.service import attach, remove_rows, save_section
from grants.applying.drafts.work import Work
from grants.applying.submissions.dossier import dossier
from grants.applying.submissions.service import problems_of, submit
from grants.applying.writing.team import copy_answers
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.people.permissions import Role
from grants.core.people.queries import people_of_organisation
from grants.deciding.blind_review.blinding import dossier_for_reviewers, file_for_reviewers
from grants.papers.statements.issuing import render
from grants.platform.file_checks.checks import Upload
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.written import from_json, to_json
from grants.platform.questions import Table
from tests.applying.builder.test_builder import hidden
from tests.factories import a_call, a_draft, staff, writer_of
from tests.papers.typesetting.test_pdf import text_of
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs

LABEL = {"en": "Label"}
WHO = [{"code": code, "label": {"en": code}} for code in ("own", "other")]


def form_with(**more: Any) -> Form:
    """People, with a CV of each; other people bring a contract too."""
    columns = [
        {"kind": "short_text", "key": "name", "label": {"en": "Name"}},
        {"kind": "one_of", "key": "who", "label": {"en": "Who"}, "choices": WHO},
        {"kind": "files", "key": "cv", "label": {"en": "CV"}, "required": True, "most": 2, **more},
        {
            "kind": "files",
            "key": "contract",
            "label": {"en": "Contract"},
            "show_when": 'who == "other"',
            "required": True,
        },
    ]
    first = [
        {"kind": "short_text", "key": "title", "label": LABEL},
        {"kind": "amount", "key": "asked", "label": LABEL},
        {"kind": "short_text", "key": "note", "label": LABEL, "show_when": "count(staff) > 1"},
    ]
    table = {"kind": "table", "key": "staff", "label": {"en": "Staff"}, "columns": columns}
    sections = [
        {"key": "one", "title": LABEL, "questions": [*first[:2], table, first[2]]},
        {
            "key": "place",
            "title": {"en": "Place"},
            "most_times": 3,
            "questions": [{**table, "key": "hosts"}],
        },
    ]
    facts = {"title": "title", "requested": "asked"}
    return from_json({"format": 1, "facts": facts, "sections": sections})


@pytest.fixture
def draft(session: Session, fund: Fund) -> Application:
    return a_draft(session, a_call(session, fund, form=form_with()))


def save(session: Session, draft: Application, key: str = "one", **typed: str) -> None:
    version = Work.of(session, draft).part(key).version
    given = {f"q_{name}": [text] for name, text in typed.items()}
    save_section(session, draft, key, given, version, writer_of(session, draft))


def hang(session: Session, draft: Application, cell: str, name: str, number: int = 1) -> None:
    attach(session, draft, cell, Upload(name, pdf(number)), writer_of(session, draft))


def rows_of(session: Session, draft: Application, table: str = "staff") -> Any:
    return Work.of(session, draft).values[table]


def missing(session: Session, draft: Application) -> list[str]:
    return [problem.place for problem in Work.of(session, draft).part("one").problems]


TYPED = {"staff-0-c_name": "Ana", "staff-0-c_who": "other", "staff-1-c_name": "Eva"}


def test_a_form_with_columns_of_files_is_sound_and_goes_round() -> None:
    form = form_with()
    assert faults_in_words(form) == []
    assert to_json(from_json(to_json(form))) == to_json(form)
    told = [fault.message for fault in faults_for(form, FormPurpose.FINANCE)]
    assert "this form cannot ask for files" in told


def test_files_belong_to_their_row(session: Session, draft: Application) -> None:
    save(session, draft, **TYPED)
    assert missing(session, draft) == ["q_staff-0-c_cv", "q_staff-0-c_contract", "q_staff-1-c_cv"]
    hang(session, draft, "staff-0-c_cv", "Ana.pdf")
    hang(session, draft, "staff-1-c_cv", "Eva.pdf")
    assert missing(session, draft) == ["q_staff-0-c_contract"]
    assert [row["cv"] for row in rows_of(session, draft)] == [["Ana.pdf"], ["Eva.pdf"]]


def test_a_row_with_a_file_alone_is_a_row(session: Session, draft: Application) -> None:
    hang(session, draft, "staff-4-c_cv", "Ana.pdf")
    assert rows_of(session, draft) == [
        {"name": None, "who": None, "cv": ["Ana.pdf"], "contract": None}
    ]


@pytest.mark.parametrize(
    "key", ["staff-0-c_name", "staff-0-c_other", "staff-12345-c_cv", "staff-x-c_cv", "staff"]
)
def test_files_are_taken_only_where_a_row_asks_for_them(
    session: Session, draft: Application, key: str
) -> None:
    with pytest.raises(DomainError):
        hang(session, draft, key, "Ana.pdf")


def test_a_row_takes_no_more_files_than_its_column_allows(
    session: Session, draft: Application
) -> None:
    for number in (1, 2):
        hang(session, draft, "staff-0-c_cv", f"{number}.pdf", number)
    with pytest.raises(DomainError, match="up to 2 files"):
        hang(session, draft, "staff-0-c_cv", "3.pdf", 3)
    hang(session, draft, "staff-1-c_cv", "3.pdf", 3)


def test_a_removed_row_takes_its_files_with_it_and_no_others(
    session: Session, draft: Application
) -> None:
    for at, name in enumerate(("Ana.pdf", "Eva.pdf")):
        hang(session, draft, f"staff-{at}-c_cv", name)
    table = Work.of(session, draft).form.place_of("staff")
    assert isinstance(table, Table)
    remove_rows(session, draft, table, ["0", "x"], writer_of(session, draft))
    assert [file.document.name for file in files_of(session, draft.id)] == ["Eva.pdf"]


def test_what_is_not_asked_in_a_row_is_not_submitted_but_kept(
    session: Session, draft: Application
) -> None:
    save(session, draft, **TYPED)
    for cell in ("staff-0-c_cv", "staff-0-c_contract", "staff-1-c_cv"):
        hang(session, draft, cell, f"{cell[6]}.pdf")
    save(session, draft, **{**TYPED, "staff-0-c_who": "own"})
    work = Work.of(session, draft)
    assert {file.question for file in work.counted_files} == {"staff-0-c_cv", "staff-1-c_cv"}
    assert rows_of(session, draft)[0]["contract"] is None
    save(session, draft, **TYPED)
    assert rows_of(session, draft)[0]["contract"] == ["0.pdf"]


def test_files_move_up_with_the_part_that_is_repeated(session: Session, draft: Application) -> None:
    save(session, draft, "place", **{"hosts-0-c_name": "A", "another__place": "yes"})
    save(session, draft, "place__2", **{"hosts__2-0-c_name": "B"})
    hang(session, draft, "hosts-0-c_cv", "A.pdf")
    hang(session, draft, "hosts__2-0-c_cv", "B.pdf")
    remove_repetition(session, draft, "place", writer_of(session, draft))
    (row,) = rows_of(session, draft, "hosts")
    assert (row["name"], row["cv"]) == ("B", ["B.pdf"])


def _complete(session: Session, draft: Application) -> Application:
    save(session, draft, title="T", asked="9000", note="N", **TYPED)
    save(session, draft, "place", another__place="no")
    for cell in ("staff-0-c_cv", "staff-0-c_contract", "staff-1-c_cv"):
        hang(session, draft, cell, f"paper of {cell}.pdf")
    assert problems_of(Work.of(session, draft)) == []
    submit(session, draft, writer_of(session, draft))
    return draft


def test_files_of_rows_are_printed_shown_and_exported(
    session: Session, draft: Application, sign_in_as: SignInAs
) -> None:
    _complete(session, draft)
    answers = {a.key: a for part in dossier(session, draft).sections for a in part.answers}
    assert len(answers["staff"].files) == 3
    assert answers["staff"].table
    assert answers["staff"].table.rows[1][2] == "paper of staff-1-c_cv.pdf"
    text = text_of(render(session, "submission", draft.reference)[1]).replace("\n", "")
    assert text.count("staff-1-c_cv.pdf") == 2
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    page = manager.get(f"/applications/{draft.reference}").text
    assert page.count("paper of staff-1-c_cv.pdf") == 2
    export = manager.get(f"/calls/{draft.call.reference}/answers?format=csv").text
    assert export.count("paper of staff-1-c_cv.pdf") == 1


@pytest.mark.parametrize("names_applicant", [True, False])
def test_in_a_blind_call_reviewers_get_only_files_that_do_not_tell_who_applies(
    session: Session, fund: Fund, names_applicant: bool
) -> None:
    form = form_with(names_applicant=names_applicant)
    contract = to_json(form)
    for section in contract["sections"]:
        section["questions"][-2 if section["key"] == "one" else -1]["columns"][3][
            "names_applicant"
        ] = names_applicant
    draft = a_draft(session, a_call(session, fund, form=from_json(contract), blind=True))
    _complete(session, draft)
    answers = {
        a.key: a for part in dossier_for_reviewers(session, draft).sections for a in part.answers
    }
    grid = answers["staff"].table
    assert grid
    assert "c_cv" not in str(grid)
    assert grid.rows[0][2] == ("–" if names_applicant else "Document")
    assert len(answers["staff"].files) == (0 if names_applicant else 3)
    told = file_for_reviewers(draft, "staff-0-c_cv", "Ana of Casa.pdf")
    assert told == (None if names_applicant else "Document.pdf")


def test_files_are_copied_with_a_table_that_is_taken_over_whole(
    session: Session, fund: Fund, draft: Application
) -> None:
    save(session, draft, **TYPED)
    hang(session, draft, "staff-0-c_cv", "Ana.pdf")
    other = a_draft(session, a_call(session, fund, form=form_with()), name="Casa Dos")
    other.organisation_id = draft.organisation_id
    session.flush()
    copy_answers(session, other, draft, writer_of(session, draft))
    assert rows_of(session, other)[0]["cv"] == ["Ana.pdf"]


def test_the_page_shows_takes_and_removes_files_of_rows_without_a_script(
    app: Flask, session: Session, draft: Application, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(people_of_organisation(session, draft.organisation_id)[0])
    at = f"/applying/{draft.reference}/sections/one"
    page = browser.get(at).text
    assert 'enctype="multipart/form-data"' in page
    assert 'data-papers="staff-0-c_cv"' in page
    assert f"/applying/{draft.reference}/questions/staff-__n__-c_cv/upload" in page
    file = BytesIO(pdf(3))
    posted = {**hidden(page), "q_staff-0-c_name": "Ana", "q_staff-0-c_cv": (file, "Ana.pdf")}
    reply = browser.post(at, data=posted, content_type="multipart/form-data")
    assert reply.status_code == 302
    page = browser.get(at).text
    assert "Ana.pdf" in page
    gone = {**hidden(page), "q_staff-remove": "0", "q_staff-0-c_name": "Ana"}
    assert browser.post(at, data=gone).status_code == 200
    session.expire_all()
    assert files_of(session, draft.id) == []
    assert rows_of(session, draft) is None


def test_a_file_that_is_refused_is_told_at_its_row(
    session: Session, draft: Application, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(people_of_organisation(session, draft.organisation_id)[0])
    at = f"/applying/{draft.reference}/sections/one"
    wrong = BytesIO(b"MZ")
    page = browser.get(at).text
    posted = {**hidden(page), "q_staff-0-c_name": "Ana", "q_staff-0-c_cv": (wrong, "Ana.exe")}
    reply = browser.post(at, data=posted, content_type="multipart/form-data")
    assert reply.status_code == 422
    assert 'id="q_staff-0-c_cv-error"' in reply.text


def test_a_row_removed_by_the_script_takes_its_files_off_when_the_page_saves(
    session: Session, draft: Application, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(people_of_organisation(session, draft.organisation_id)[0])
    at = f"/applying/{draft.reference}/sections/one"
    hang(session, draft, "staff-2-c_cv", "Ana.pdf")
    session.commit()
    page = browser.get(at).text
    assert 'data-papers="staff-2-c_cv"' in page
    gone = {**hidden(page), "q_staff-gone": "2"}
    assert browser.post(f"{at}/autosave", data=gone).status_code == 200
    session.expire_all()
    assert files_of(session, draft.id) == []
