"""Applications with every kind of question, and of column in every place of a table, are shown,
printed, packed, exported and mailed.
"""

import io
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.drafts.service import attach, save_section
from grants.applying.references.answering import answer
from grants.applying.references.service import ask
from grants.applying.submissions.service import submit
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.core.people.queries import people_of_organisation
from grants.papers.statements.builders.calls.applying import blank_form as blank_paper
from grants.papers.statements.issuing import render
from grants.papers.statements.word import blank_form
from grants.platform.file_checks.checks import Upload
from grants.platform.messages.models import Message
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.written import from_json
from grants.platform.questions import KINDS, Computed, Files, Picked
from grants.platform.questions.columns import COLUMNS
from grants.platform.questions.tables import MOST_COLUMNS
from tests.applying.references.letters import WORDS, link_to, visitor
from tests.factories import a_call, a_draft, staff, writer_of
from tests.papers.typesetting.test_pdf import text_of
from tests.platform.documents.files import pdf
from tests.platform.large_files.test_large_files import made, ordered
from tests.platform.web.client import SignInAs

LABEL = {"en": "Label"}
SECOND = "Picked by its row"
CHOICES = [{"code": code, "label": {"en": f"Choice {code}"}} for code in ("x", "y")]
CELLS: dict[str, tuple[dict[str, Any], Any]] = {
    "short_text": ({}, "A short text"),
    "long_text": ({}, "A long text"),
    "number": ({"most": 3000}, 2023),
    "amount": ({}, "1234.50"),
    "day": ({}, "2026-09-01"),
    "yes_no": ({}, True),
    "one_of": ({"choices": CHOICES}, "x"),
    "several_of": ({"choices": CHOICES}, ["x", "y"]),
    "country": ({}, "HN"),
    "year": ({}, 2023),
    "percentage": ({}, "12.5"),
    "range": ({}, {"from": 10, "to": 19}),
    "email": ({}, "info@casanorte.example"),
    "telephone": ({}, "+504 2234 5678"),
    "web_address": ({}, "https://casanorte.example"),
    "address": ({}, {"street": "Calle 1", "town": "Tegucigalpa", "country": "HN"}),
    "person": ({}, {"title": "Dr", "name": "Ana Mejía", "email": "ana@casanorte.example"}),
    "organisation": ({}, {"name": "Casa Sur", "country": "GT", "number": "ONG-77"}),
    "iban": ({}, "DE89370400440532013000"),
}
"""A kind that a column may have too: its properties, and an answer."""
ALONE: dict[str, tuple[dict[str, Any], Any]] = {
    "beneficiaries": ({}, {"female": {"12-17": 40}}),
    "people_by_group": (
        {"groups": CHOICES, "bands": [{"code": "young", "label": {"en": "10 to 19"}}]},
        {"x": {"young": 4711}},
    ),
    "by_exploitation": ({}, {"sexual": 40}),
    "by_service": ({}, {"shelter": 40}),
    "budget": (
        {"categories": CHOICES},
        [{"category": "x", "description": "Beds", "quantity": 3, "unit_cost": "4000.00"}],
    ),
    "logical_framework": (
        {},
        [
            {"level": level, "result": "Safety", "indicator": "Girls housed", "target": "40"}
            for level in ("outcome", "output")
        ],
    ),
    "work_plan": (
        {},
        [{"activity": "Open the house", "responsible": "Director", "when": ["1", "2"]}],
    ),
    "declaration": ({"help": {"en": "All of this is true."}}, True),
    "countries": ({}, [{"country": "GT"}, {"country": "SV"}]),
    "organisations": ({}, [{"name": "Casa Norte", "country": "HN", "part": "Referrals"}]),
}


SPREAD: dict[str, Any] = {
    "kind": "budget",
    "key": "spread",
    "label": LABEL,
    "categories": [{**choice, "code": f"for_{choice['code']}"} for choice in CHOICES],
    "payers": CHOICES,
    "spans": 2,
    "without_unit_costs": True,
}
"""A budget by year and payer."""
PICKED: dict[str, Any] = {
    "kind": "picked",
    "key": "picked",
    "label": LABEL,
    "source": "table_0/c_short_text",
    "most_chosen": 0,
}
"""An answer picked from the first table, alone and as a column."""
PICKS: dict[str, Any] = {
    "kind": "table",
    "key": "picks",
    "label": LABEL,
    "columns": [{**PICKED, "key": "c_picked", "most_chosen": 1}],
}
PAPERS: dict[str, Any] = {
    "kind": "table",
    "key": "papers",
    "label": LABEL,
    "columns": [
        {"kind": "short_text", "key": "of", "label": LABEL},
        {"kind": "files", "key": "paper", "label": LABEL, "show_when": "not empty(of)"},
    ],
}
"""A table with files of its rows, asked for under a condition."""
FIXED: dict[str, Any] = {
    "kind": "table",
    "key": "fixed",
    "label": LABEL,
    "fixed_rows": CHOICES,
    "totals": ["cost"],
    "columns": [
        {"kind": "amount", "key": "year_1", "label": LABEL},
        {"kind": "amount", "key": "year_2", "label": LABEL},
        {
            "kind": "computed",
            "key": "cost",
            "label": LABEL,
            "formula": "year_1 + year_2",
            "money": "USD",
        },
    ],
}
"""A table with rows of its own and a computed column."""


CONTENT: dict[str, Any] = {
    "kind": "content",
    "key": "content",
    "label": LABEL,
    "help": {"en": "A text between the questions"},
}


LETTER: dict[str, Any] = {
    "kind": "reference_letter",
    "key": "letter",
    "label": LABEL,
    "required": True,
}


def _column(kind: str) -> dict[str, Any]:
    return {"kind": kind, "key": f"c_{kind}", "label": LABEL, **CELLS[kind][0]}


def _table(first: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Some kinds of column, beginning with this one; a full row, and one with a single answer."""
    kinds = ([*CELLS][first:] + [*CELLS][:first])[:MOST_COLUMNS]
    asked = {
        "kind": "table",
        "key": f"table_{first}",
        "label": LABEL,
        "columns": [_column(kind) for kind in kinds],
        "totals": [f"c_{kind}" for kind in ("number", "amount") if kind in kinds],
    }
    full = {f"c_{kind}": CELLS[kind][1] for kind in kinds}
    alone = SECOND if kinds[0] == "short_text" else CELLS[kinds[0]][1]
    return asked, [full, {f"c_{kinds[0]}": alone}]


def every_kind() -> tuple[Form, dict[str, Any]]:
    """A form with a question of every kind and a table for every kind of first column; answers."""
    asked, answers = [], {}
    for kind, (properties, value) in {**CELLS, **ALONE}.items():
        asked.append({"kind": kind, "key": f"q_{kind}", "label": LABEL, **properties})
        answers[f"q_{kind}"] = value
    asked.append({"kind": "files", "key": "q_files", "label": LABEL})
    asked.append(LETTER)
    for first in range(len(CELLS)):
        table, rows = _table(first)
        asked.append(table)
        answers[table["key"]] = rows
    asked.append(SPREAD)
    answers["spread"] = [
        {
            "category": "for_x",
            "description": "Beds for girls",
            "amounts": {"x": ["100.00", None], "y": [None, "77.77"]},
        }
    ]
    asked.append(FIXED)
    asked.append(CONTENT)
    answers["fixed"] = [{"row": "x", "year_1": "10.00", "year_2": "20.50"}]
    asked += [PICKED, PICKS, PAPERS]
    answers |= {"papers": [{"of": "The house"}], "picked": ["0", "1"], "picks": [{"c_picked": "1"}]}
    facts = {"title": "q_short_text", "requested": "q_budget"}
    sections = [{"key": "all", "title": LABEL, "questions": asked}]
    return from_json({"format": 1, "facts": facts, "sections": sections}), answers


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    """Written and submitted as an applicant does."""
    form, answers = every_kind()
    application = a_draft(session, a_call(session, fund, form=form))
    by = writer_of(session, application)
    typed: dict[str, list[str]] = {}
    for question in form.questions:
        if question.key in answers:
            typed |= dict(question.as_typed(answers[question.key]))
    save_section(session, application, "all", typed, 0, by)
    attach(session, application, "q_files", Upload("Statutes.pdf", pdf(1)), by)
    attach(session, application, "papers-0-c_paper", Upload("Lease.pdf", pdf(2)), by)
    ask(session, application, "letter", "Dr Rosa Paz", "rosa@clinic.example", "en", by)
    answer(session, link_to(session, "rosa@clinic.example"), WORDS, None, visitor())
    submit(session, application, by)
    return application


def test_the_form_holds_every_kind_of_question_and_of_column() -> None:
    form, _answers = every_kind()
    assert {type(question) for question in form.items} == set(KINDS.values())
    assert {*CELLS, Computed.kind, Picked.kind, Files.kind} == {kind.kind for kind in COLUMNS}
    assert {
        *CELLS,
        *ALONE,
        Files.kind,
        LETTER["kind"],
        "table",
        CONTENT["kind"],
        Picked.kind,
    } == set(KINDS)


def test_the_application_is_printed_in_both_directions(
    session: Session, application: Application
) -> None:
    text = text_of(render(session, "submission", application.reference)[1])
    assert "2023" in text
    assert "30.50" in text
    assert "177.77" in text
    for words in ("12.5%", "10–19", "Dr Ana Mejía", "+504 2234 5678", "ONG-77", "DE89 3704 0044"):
        assert words in text
    assert "1,234.50" in text
    assert "Girls housed" in text
    assert "El Salvador" in text
    assert "Statutes.pdf" in text
    assert text.count("Lease.pdf") == 2, "in its row, and with its hash"
    assert "4,711" in text
    assert "10 to 19" in text
    words_of_row = " ".join(text.split()).count(SECOND)
    assert words_of_row == 3, "its own row, picked alone, and picked in a table"
    assert "Dr Rosa Paz" in text
    assert WORDS not in text, "the applicant has this paper, and does not read the letter"


def test_pages_packages_and_files_of_the_application_can_be_opened(
    app: Flask, session: Session, application: Application, sign_in_as: SignInAs
) -> None:
    reference = application.reference
    writer = people_of_organisation(session, application.organisation_id)[0]
    session.commit()
    own = sign_in_as(writer)
    for path in (f"/applying/{reference}/submitted", f"/applying/{reference}"):
        assert own.get(path, follow_redirects=True).status_code == 200
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    for path in ("", "/answers", "/answers?format=csv", "/answers?format=xlsx"):
        address = f"/calls/{application.call.reference}{path}"
        assert manager.get(address).status_code == 200
    shown = manager.get(f"/applications/{reference}").text
    assert "Girls housed" in shown
    assert WORDS in shown
    assert shown.count("Lease.pdf") == 2
    assert shown.count(SECOND) == 3
    export = manager.get(f"/calls/{application.call.reference}/answers?format=csv").text
    assert export.count("Lease.pdf") == 1
    assert WORDS not in own.get(f"/applying/{reference}").text
    assert "Dr Rosa Paz" in export
    path = f"/applications/{reference}/package.zip"
    ordered(manager, path)
    assert made(app, session).size
    with manager.get(f"{path}?ready=1") as answer:
        packed = ZipFile(io.BytesIO(answer.data))
    assert f"{reference}/application.pdf" in packed.namelist()
    assert any(name.endswith("Lease.pdf") for name in packed.namelist())


def test_the_blank_form_of_every_kind_is_printed_and_written(
    session: Session, application: Application
) -> None:
    reference = application.call.reference
    assert render(session, "blank-form", reference)[1].startswith(b"%PDF")
    written = Document(io.BytesIO(blank_form(blank_paper(session, reference).facts)))
    words = {cell.text for table in written.tables for row in table.rows for cell in row.cells}
    assert {"Choice x: Year 1", "Full name", "Postal code", "From"} <= words


def test_every_paper_that_the_receipt_promises_can_be_made(
    session: Session, application: Application
) -> None:
    letters = session.scalars(select(Message).where(Message.attachments != [])).all()
    assert letters
    for paper in (attached for letter in letters for attached in letter.attachments):
        assert render(session, paper["document"], paper["reference"])[1].startswith(b"%PDF")
