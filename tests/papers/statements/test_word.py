"""The blank form of a call as a DOCX file."""

from datetime import timedelta
from io import BytesIO

from docx import Document
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import use_language
from grants.papers.statements.builders.calls.applying import blank_form as paper
from grants.papers.statements.word import blank_form
from grants.papers.typesetting.layout import as_html
from tests.factories import a_call
from tests.platform.questions.test_rows import a_form
from tests.platform.web.client import StrictClient


def test_the_form_in_word_has_every_question_with_room_for_its_answer(
    session: Session, fund: Fund
) -> None:
    call = a_call(session, fund, form=a_form())
    for code in ("en", "ar"):
        with use_language(code):
            facts = paper(session, call.reference).facts
            file = Document(BytesIO(blank_form(facts)))
        said = "\n".join(part.text for part in file.paragraphs)
        asked = [one for section in facts.sections for one in section.questions]
        assert all(one.question in said for one in asked)
        assert len(file.tables) == sum(bool(one.columns) for one in asked) == 4
        assert "<w:bidi/>" not in file.element.xml  # the call is written in English


def test_the_form_in_word_of_a_call_in_arabic_runs_from_right_to_left(
    session: Session, fund: Fund
) -> None:
    call = a_call(session, fund)
    for code in ("en", "ar"):
        with use_language(code):
            file = Document(BytesIO(blank_form(paper(session, call.reference).facts)))
        assert ("<w:bidi/>" in file.element.xml) is (code == "ar")


def test_the_forms_in_word_and_on_paper_say_the_rules_of_the_call(
    session: Session, fund: Fund
) -> None:
    call = a_call(
        session,
        fund,
        experience_years=2,
        years_in_a_row=3,
        earliest_start_on=clock.today() + timedelta(days=90),
        signatory_signs=True,
        applications_per_organisation=2,
    )
    form = paper(session, call.reference)
    said = [part.text for part in Document(BytesIO(blank_form(form.facts))).paragraphs]
    printed = " ".join(as_html(form).split())
    for rule in (
        "At least 2 years of direct work with victims",
        "At most 3 years in a row with a grant from the fund",
        "A signatory of your organisation reads the application and signs it off",
        "At most 2 applications for each organisation",
    ):
        assert any(rule in line for line in said), rule
        assert rule in printed


def test_anyone_gets_the_form_of_an_open_call_in_word(
    session: Session, fund: Fund, client: StrictClient
) -> None:
    call = a_call(session, fund)
    session.commit()
    page = client.get(f"/calls/{call.reference}").text
    at = f"/documents/blank-form/{call.reference}.docx"
    assert at in page
    assert Document(BytesIO(client.get(at).data)).paragraphs[0].text == call.name
    assert client.get(at.replace("blank-form", "award-letter")).status_code in (302, 404)
