"""One-page PDFs that stand for papers of the demonstration: a certificate, an extract, a letter."""

import io
import textwrap

from pypdf import PdfWriter
from pypdf.generic import ContentStream, DictionaryObject, NameObject

A4 = 595, 842
FONT = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}


def page_saying(text: str) -> bytes:
    """A page with this text on it; letters that are not Latin become question marks."""
    writer, content = PdfWriter(), io.BytesIO()
    page, words = writer.add_blank_page(*A4), ContentStream(None, writer)
    words.set_data(_drawn(text))
    font = DictionaryObject({NameObject(key): NameObject(name) for key, name in FONT.items()})
    fonts = DictionaryObject({NameObject("/F1"): font})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    page.replace_contents(words)
    writer.add_metadata({"/Title": text})
    writer.write(content)
    return content.getvalue()


def _drawn(text: str) -> bytes:
    lines = [line.encode("latin-1", "replace") for line in textwrap.wrap(text, 60)]
    for sign in (b"\\", b"(", b")"):
        lines = [line.replace(sign, b"\\" + sign) for line in lines]
    return (
        b"BT /F1 14 Tf 18 TL 72 760 Td "
        + b" ".join(b"(%b) Tj T*" % line for line in lines)
        + b" ET"
    )
