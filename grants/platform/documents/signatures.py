"""Telling a signed paper that comes back from the one that we sent out to be signed.

A signature by hand is seen only as marks on the page, an electronic one as a signature in the
file. Whose it is, and whether it is valid, is for the person who records the agreement to say.
"""

import io
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.platform.documents.origin import NAMESPACE, origin_of
from grants.platform.file_checks.parts import Stopwatch
from grants.platform.file_checks.pdfs import dictionaries
from grants.platform.pdf_signing.place import FIELD

OURS_DRAWN = 2
"""Drawings on a page of ours: the mark of the house, and the word across what is provisional."""
_QUIET = frozenset({"/Link", "/Widget", "/Popup"})


def require_signature(content: bytes) -> None:
    """InvalidInput if a PDF is a paper of ours to which nobody has put a signature."""
    if origin_of(content) is not None:
        raise _unsigned_copy()
    reader = PdfReader(io.BytesIO(content))
    if _is_ours(reader, content) and not (is_signed(reader, len(content)) or _is_marked(reader)):
        raise _unsigned_copy()


def _unsigned_copy() -> InvalidInput:
    return InvalidInput(
        _(
            "This is the document as we sent it, without a signature. Sign it electronically, "
            "or print, sign and scan it, and upload the signed copy."
        )
    )


def _is_ours(reader: PdfReader, content: bytes) -> bool:
    """Does it say of itself that it is a paper of such an installation, saved again since?"""
    if NAMESPACE.encode() in content:  # where it was only added to, or saved without compression
        return True
    metadata = _entry_of(reader.trailer["/Root"].get_object(), "/Metadata")
    return metadata is not None and NAMESPACE.encode() in metadata.get_data()


def is_signed(reader: PdfReader, size: int) -> bool:
    """Does a file hold an electronic signature over its content, other than the issuer's own?"""
    return any(
        _is_signature(record["/V"].get_object(), size)
        for record in dictionaries(reader, Stopwatch())
        if record.get("/FT") == "/Sig" and "/V" in record and record.get("/T") != FIELD
    )


def _is_signature(value: Any, size: int) -> bool:
    """A signature says which bytes it covers, and holds a message in DER, which begins with 30."""
    if not isinstance(value, DictionaryObject):
        return False
    ranges = [int(part) for part in value.get("/ByteRange", [])]
    if len(ranges) != 4 or ranges[0] != 0 or min(ranges) < 0 or ranges[2] + ranges[3] > size:
        return False
    message = value.get("/Contents")
    raw = getattr(message, "original_bytes", message)
    return isinstance(raw, bytes) and raw[:1] == b"\x30" and len(raw.rstrip(b"\0")) > 100


def _is_marked(reader: PdfReader) -> bool:
    """Has a person put a picture, ink, a stamp or a drawing on a page, which we never print?"""
    return any(_has_marks(page) for page in reader.pages)


def _has_marks(page: DictionaryObject) -> bool:
    notes = [note.get_object() for note in _entry_of(page, "/Annots") or ()]
    if any(note.get("/Subtype") not in _QUIET for note in notes):
        return True
    contents = _entry_of(page, "/Contents")
    if isinstance(contents, ArrayObject) and len(contents) > 1:  # ours have one: this was drawn on
        return True
    drawn = _entry_of(_entry_of(page, "/Resources") or DictionaryObject(), "/XObject") or {}
    kinds = [item.get_object().get("/Subtype") for item in drawn.values()]
    return "/Image" in kinds or len(kinds) > OURS_DRAWN


def _entry_of(record: Any, key: str) -> Any:
    value = record.get(key)
    return None if value is None else value.get_object()
