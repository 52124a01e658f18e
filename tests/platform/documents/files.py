"""Small real files of each kind, and hostile ones."""

import io
import zipfile
from typing import Any

from openpyxl import Workbook
from PIL import Image
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    TextStringObject,
)


def pdf(
    pages: int = 1,
    *,
    password: str = "",
    owner: str = "",
    blank: bool = False,
    script: str = "",
    carries: bytes = b"",
    named: str = "payload.exe",
) -> bytes:
    writer = PdfWriter()
    for _number in range(pages):
        _add_page(writer, blank=blank)
    if script:
        program = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject(script)}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
            {NameObject(key): value for key, value in program.items()}
        )
    if carries:
        writer.add_attachment(named, carries)
    if password or owner:
        writer.encrypt(password, owner or None)
    return _bytes(writer)


def _add_page(writer: PdfWriter, *, blank: bool = False) -> None:
    """A page with a line across it, or one that says that it draws and draws nothing."""
    drawn = DecodedStreamObject()
    drawn.set_data(b"q 1 0 0 1 0 0 cm Q" if blank else b"0 0 m 99 99 l S")
    page = writer.add_blank_page(200, 200)
    page[NameObject("/Contents")] = writer._add_object(drawn)


def pdf_holding(catalogue: dict[str, Any]) -> bytes:
    """One page, and in the catalogue what a test wants to hide."""
    writer = PdfWriter()
    _add_page(writer)
    for key, value in catalogue.items():
        writer.root_object[NameObject(key)] = _object(writer, value)
    return _bytes(writer)


def _object(writer: PdfWriter, value: Any) -> Any:
    """Plain values as objects of a PDF, each dictionary standing apart."""
    if isinstance(value, dict):
        parts = {NameObject(key): _object(writer, item) for key, item in value.items()}
        return writer._add_object(DictionaryObject(parts))
    if isinstance(value, list):
        return ArrayObject(_object(writer, item) for item in value)
    return NameObject(value) if value.startswith("/") else TextStringObject(value)


def pdf_with_link(action: str, target: str = "https://example.org") -> bytes:
    """One page with a link that does something."""
    writer = PdfWriter()
    _add_page(writer)
    writer.add_annotation(0, Link(rect=(0, 0, 9, 9), url=target))
    notes = writer.pages[0]["/Annots"]
    assert isinstance(notes, ArrayObject)
    note = notes[0].get_object()
    note[NameObject("/A")] = DictionaryObject(
        {NameObject("/S"): NameObject(action), NameObject("/URI"): TextStringObject(target)}
    )
    return _bytes(writer)


def _bytes(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def picture(kind: str = "JPEG", mode: str = "RGB", *, place: bool = False) -> bytes:
    """A small picture; with `place`, its EXIF tells who took it where."""
    image = Image.new(mode, (64, 48))
    for x in range(64):
        image.putpixel((x, x * 3 // 4), 1 if mode in ("1", "P") else 200)
    exif = Image.Exif()
    if place:
        exif[0x010F] = "Phone of Amina"
        exif.get_ifd(0x8825)[1] = "N"
        exif[0x0112] = 6
    file = io.BytesIO()
    image.save(file, kind, exif=exif)
    return file.getvalue()


TYPES = (
    b'<?xml version="1.0"?><Types xmlns="x"><Default Extension="xml" ContentType="a/b"/></Types>'
)
WORDS = b'<?xml version="1.0"?><w:document xmlns:w="x"><w:body/></w:document>'


def docx(extra: dict[str, bytes] | None = None, **replaced: bytes) -> bytes:
    parts = {"[Content_Types].xml": TYPES, "word/document.xml": WORDS, **(extra or {})}
    return archive({**parts, **replaced})


ODT = {
    "mimetype": b"application/vnd.oasis.opendocument.text",
    "content.xml": b'<?xml version="1.0"?><office:document xmlns:office="x"/>',
    "META-INF/manifest.xml": b'<?xml version="1.0"?><manifest:manifest xmlns:manifest="x"/>',
}


def odt(mimetype: bytes = ODT["mimetype"]) -> bytes:
    return archive({**ODT, "mimetype": mimetype})


def xlsx() -> bytes:
    file = io.BytesIO()
    book = Workbook()
    book["Sheet"]["A1"] = "Legal aid"
    book.save(file)
    return file.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()
