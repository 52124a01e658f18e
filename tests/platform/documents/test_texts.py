"""The words of files, read to help a person to look again, and never in anyone's way."""

import io

import pytest
from docx import Document
from openpyxl import Workbook

from grants.platform.documents import texts
from grants.platform.documents.texts import text_of
from tests.platform.documents.files import docx, odt, pdf, xlsx


def a_docx(*lines: str) -> bytes:
    written, file = Document(), io.BytesIO()
    for line in lines:
        written.add_paragraph(line)
    written.save(file)
    return file.getvalue()


def test_paragraphs_and_cells_are_lines_of_their_own() -> None:
    assert text_of("a.docx", a_docx("Amina & Rosa", "aged 14")).split("\n") == [
        "Amina & Rosa",
        "aged 14",
    ]
    book, file = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["Rosa, aged 15", "12"])
    book.save(file)
    assert "Rosa, aged 15" in text_of("a.xlsx", file.getvalue())


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.odt", "a.xlsx", "a.jpg", "a", ""])
def test_what_cannot_be_read_has_no_words(name: str) -> None:
    assert text_of(name, b"PK\x03\x04 nothing of the kind") == ""


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", pdf(2)), ("a.docx", docx()), ("a.odt", odt()), ("a.xlsx", xlsx())],
)
def test_every_kind_that_is_accepted_can_be_read(name: str, content: bytes) -> None:
    assert isinstance(text_of(name, content), str)


def test_signs_that_no_database_keeps_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(texts._READERS, "pdf", lambda _content: iter(["passport\x00A12\ud83d"]))
    assert text_of("a.pdf", b"") == "passport A12 "


def test_a_long_file_is_read_no_longer_than_a_person_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(texts, "MOST_WORDS", 5)
    assert text_of("a.docx", a_docx("1234567890")) == "12345"
