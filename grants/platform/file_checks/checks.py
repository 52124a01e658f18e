"""What a file really is. Nothing is kept because of its name: it is opened and read through.

Accepted: PDF, JPEG, PNG, DOCX, XLSX, ODT, each without a password and without anything that runs.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

import puremagic

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.texts.marks import spaced
from grants.platform.file_checks.packages import (
    inspect_docx,
    inspect_odt,
    inspect_xlsx,
    inspect_zip,
)

LARGEST = 10 * 1024 * 1024
"""Bytes of one file."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in: the name it had there, and what is in it."""

    name: str
    content: bytes

    @classmethod
    def of(cls, name: str | None, stream: IO[bytes]) -> "Upload":
        """Read a stream, but never more than shows that it is too large."""
        return cls(name or "", stream.read(LARGEST + 1))


def _inspect_pdf(content: bytes) -> bytes:
    from grants.platform.file_checks.pdfs import inspect_pdf  # loaded with the first upload

    return inspect_pdf(content)


def _clean_jpeg(content: bytes) -> bytes:
    from grants.platform.file_checks.pictures import clean_jpeg

    return clean_jpeg(content)


def _clean_png(content: bytes) -> bytes:
    from grants.platform.file_checks.pictures import clean_png

    return clean_png(content)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: what it is called, how it begins, and what it must pass."""

    name: str
    endings: tuple[str, ...]
    media_type: str
    begins: bytes
    cleaned: Callable[[bytes], bytes]
    """Opens the content and gives what is kept; InvalidInput says what is wrong with it."""


KINDS = (
    Kind("PDF", (".pdf",), "application/pdf", b"%PDF-", _inspect_pdf),
    Kind("JPEG", (".jpg", ".jpeg"), "image/jpeg", b"\xff\xd8\xff", _clean_jpeg),
    Kind("PNG", (".png",), "image/png", b"\x89PNG\r\n\x1a\n", _clean_png),
    Kind(
        "DOCX",
        (".docx",),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        b"PK\x03\x04",
        inspect_docx,
    ),
    Kind(
        "XLSX",
        (".xlsx",),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        b"PK\x03\x04",
        inspect_xlsx,
    ),
    Kind("ODT", (".odt",), "application/vnd.oasis.opendocument.text", b"PK\x03\x04", inspect_odt),
)
ENDINGS = tuple(ending for kind in KINDS for ending in kind.endings)

ARCHIVE = Kind("ZIP", (".zip",), "application/zip", b"PK\x03\x04", inspect_zip)
"""Accepted only where it is asked for by its ending: files to be read, not to be shown."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that passed every check, as it will be kept."""

    name: str
    media_type: str
    content: bytes


def check(upload: Upload, accept: tuple[str, ...] = ENDINGS) -> Checked:
    """The file as it will be kept; InvalidInput says what to send instead.

    `accept` are the endings that are wanted here.
    """
    name = label(upload.name)
    if not upload.content:
        raise InvalidInput(_("“%(name)s” is empty. Choose the file again.", name=name))
    if len(upload.content) > LARGEST:
        raise _too_large(name)
    kind = _kind_of(name, accept)
    if not upload.content.startswith(kind.begins):
        raise InvalidInput(_not_what_it_says(name, kind, upload.content))
    content = kind.cleaned(upload.content)
    if len(content) > LARGEST:
        raise _too_large(name)
    return Checked(name, kind.media_type, content)


def _too_large(name: str) -> InvalidInput:
    return InvalidInput(_("“%(name)s” is too large: %(limit)s MB at most.", name=name, limit=10))


def label(name: str) -> str:
    """A name to show: its last part, without characters that hide or reverse what follows them."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(mark for mark in last if unicodedata.category(mark) not in _UNSEEN)
    words = " ".join(visible.split()).strip(". ")
    stem, point, ending = words.rpartition(".")
    name = (stem.strip() if point else words)[:150] or _("file")
    return f"{name}.{ending[:10]}" if point else name


_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


def _kind_of(name: str, accept: tuple[str, ...]) -> Kind:
    ending = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    for kind in (*KINDS, ARCHIVE):
        if ending in kind.endings and ending in accept:
            return kind
    raise InvalidInput(
        _(
            "“%(name)s” is not an accepted file type. Accepted types: %(kinds)s.",
            name=name,
            kinds=spaced(",").join(
                kind.name for kind in (*KINDS, ARCHIVE) if set(kind.endings) & set(accept)
            ),
        )
    )


def _not_what_it_says(name: str, kind: Kind, content: bytes) -> str:
    """In words, with what the content looks like where that is known."""
    try:
        looks = puremagic.from_string(content).lstrip(".").upper()
    except (puremagic.PureError, ValueError):
        looks = ""
    if not looks:
        return _(
            "The content of “%(name)s” is not in %(kind)s format. Save the file again as "
            "%(kind)s and upload it.",
            name=name,
            kind=kind.name,
        )
    return _(
        "“%(name)s” is not in %(kind)s format. It appears to be %(looks)s. Save the file again "
        "as %(kind)s and upload it.",
        name=name,
        kind=kind.name,
        looks=looks,
    )
