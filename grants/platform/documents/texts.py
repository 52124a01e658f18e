"""The words of a file that was checked, as far as they can be read without looking at pictures."""

import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from time import monotonic

from pypdf import PdfReader

MOST_PAGES = 40
MOST_WORDS = 300_000
"""Characters."""
PATIENCE = 0.7
"""Seconds after which no further page is read: a person waits for the upload."""
MOST_XML = 4_000_000
"""Bytes of a part of an office file that are read."""

_BREAKS = re.compile(r"</(?:w:p|text:p|text:h|si|w:tr)>|<(?:w:br|w:tab|text:tab|text:s)\b[^>]*>")
_TAGS = re.compile(r"<[^>]*>")
_SHEETS = re.compile(r"xl/(?:sharedStrings|worksheets/sheet\d+)\.xml")
_TEXT = re.compile(r"<t\b[^>]*>([^<]*)</t>")


_UNKEPT = re.compile("[\x00\ud800-\udfff]")
"""What a PDF may yield and a database does not keep."""


def text_of(name: str, content: bytes) -> str:
    """The words of a PDF or an office file by its name; empty for pictures, and for what cannot be
    read: this only helps a person to look again.
    """
    read = _READERS.get(name.rpartition(".")[2].lower())
    if read is None:
        return ""
    try:
        words = "\n".join(islice(read(content), MOST_PAGES)).strip()[:MOST_WORDS]
    except Exception:  # noqa: BLE001 - whatever a broken file does, it was accepted before
        return ""
    return _UNKEPT.sub(" ", words)


def _page_texts(content: bytes) -> Iterator[str]:
    begun = monotonic()
    for page in PdfReader(io.BytesIO(content)).pages:
        yield page.extract_text()
        if monotonic() - begun > PATIENCE:
            return


def _part_reader(name: str) -> Callable[[bytes], Iterator[str]]:
    def read(content: bytes) -> Iterator[str]:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield html.unescape(_TAGS.sub("", _BREAKS.sub("\n", _read_xml(archive, name))))

    return read


def _cell_texts(content: bytes) -> Iterator[str]:
    """The texts of a workbook, which hang together or stand in their cells."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in filter(_SHEETS.fullmatch, archive.namelist()):
            yield "\n".join(html.unescape(text) for text in _TEXT.findall(_read_xml(archive, name)))


def _read_xml(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as part:
        return part.read(MOST_XML).decode("utf-8", "replace")


_READERS: Mapping[str, Callable[[bytes], Iterator[str]]] = {
    "pdf": _page_texts,
    "docx": _part_reader("word/document.xml"),
    "odt": _part_reader("content.xml"),
    "xlsx": _cell_texts,
}
