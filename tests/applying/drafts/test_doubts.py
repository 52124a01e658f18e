"""Files whose words may identify a victim are asked about like what is typed."""

import io

from docx import Document
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.drafts.service import attach, save_section
from grants.applying.drafts.work import Work
from grants.platform.file_checks.checks import Upload
from grants.platform.questions.reading import Fault
from tests.applying.writing.test_pages import owner
from tests.factories import writer_of
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs

STORY = "Amina, 14 years, was brought to us in May. Her mother: phone +504 2233 4455."
LETTER = "We know their work well. Telephone +504 2233 4455."


def letter(*lines: str) -> bytes:
    written, file = Document(), io.BytesIO()
    for line in lines:
        written.add_paragraph(line)
    written.save(file)
    return file.getvalue()


def add(session: Session, draft: Application, question: str, content: bytes, name: str) -> None:
    attach(session, draft, question, Upload(name, content), writer_of(session, draft))
    session.expire_all()


def doubts(session: Session, draft: Application) -> list[str]:
    problems = Work.of(session, draft).part("documents").problems
    return [one.message for one in problems if one.fault is Fault.DOUBT]


def tick(session: Session, draft: Application, *said: str) -> None:
    version = Work.of(session, draft).part("documents").version
    typed = {"attested": list(said)}
    save_section(session, draft, "documents", typed, version, writer_of(session, draft))
    session.expire_all()


def test_a_file_with_a_name_and_an_age_is_asked_about_until_the_writer_has_looked_again(
    session: Session, draft: Application
) -> None:
    add(session, draft, "other_papers", letter(STORY), "stories.docx")
    said = doubts(session, draft)
    assert len(said) == 2
    assert all(one.startswith("\u2068stories.docx\u2069: “") for one in said)
    assert "name and age" in said[0]
    assert "telephone" in said[1]
    tick(session, draft)
    assert doubts(session, draft) == said
    tick(session, draft, "1")
    assert doubts(session, draft) == []
    add(session, draft, "other_papers", letter("Rosa, aged 15, came alone."), "more.docx")
    assert len(doubts(session, draft)) == 1


def test_the_papers_of_the_organisation_may_name_its_telephone(
    session: Session, draft: Application
) -> None:
    add(session, draft, "reference_letters", letter(LETTER), "letter.docx")
    assert doubts(session, draft) == []
    add(session, draft, "reference_letters", letter(LETTER, STORY), "story.docx")
    assert len(doubts(session, draft)) == 1


def test_a_picture_and_a_paper_without_words_ask_nothing(
    session: Session, draft: Application
) -> None:
    add(session, draft, "registration_certificate", pdf(), "scan.pdf")
    assert doubts(session, draft) == []


def test_the_page_shows_what_was_found_and_takes_the_answer(
    session: Session, draft: Application, sign_in_as: SignInAs
) -> None:
    add(session, draft, "other_papers", letter(STORY), "stories.docx")
    session.commit()
    browser, path = sign_in_as(owner(session, draft)), f"/applying/{draft.reference}"
    page = browser.get(f"{path}/sections/documents").text
    assert "Could this identify a victim?" in page
    assert "stories.docx\u2069: “" in page
    assert "stories.docx\u2069: “" in browser.get(f"{path}/check").text
    browser.submit(f"{path}/sections/documents", {"attested": "y", "go": "list"})
    assert "Could this identify" not in browser.get(f"{path}/sections/documents").text
