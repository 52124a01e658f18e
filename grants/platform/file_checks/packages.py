"""DOCX, XLSX and ODT: zip archives of XML, opened as such, without bombs, macros or strangers."""

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from xml.parsers import expat

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.platform.file_checks.parts import Misled, Stopwatch, TooSlow, is_active

MOST_ENTRIES = 3000
MOST_UNPACKED = 100 * 1024 * 1024
"""Bytes an archive may grow to; a bomb of 40 kB claims gigabytes."""
MOST_XML = 40 * 1024 * 1024
"""Bytes of XML, all of which is read; a budget of 5,000 lines has 3 MB."""

_RUNS = re.compile(
    r"(^|/)(vbaproject\.bin|vbadata\.xml|activex/.*|embeddings/.*\.bin|basic/.*|scripts/.*"
    r"|macrosheets/.*|workbook\.bin|connections\.xml)$",
    re.IGNORECASE,
)


_COMPOUND = b"\xd0\xcf\x11\xe0"
"""How the older files of Office begin, and all that VBA is kept in, whatever its name."""
_PACKAGE = b"PK\x03\x04"


def inspect_docx(content: bytes) -> bytes:
    """A text document of Office Open XML, as it is."""
    return _inspect_package(content, "[Content_Types].xml", "word/document.xml")


def inspect_xlsx(content: bytes) -> bytes:
    """A workbook of Office Open XML, as it is."""
    return _inspect_package(content, "[Content_Types].xml", "xl/workbook.xml")


def inspect_zip(content: bytes) -> bytes:
    """An archive of plain files, as it is."""
    return _inspect_package(content)


def inspect_odt(content: bytes) -> bytes:
    """A text document of OpenDocument, as it is."""
    _inspect_package(content, "META-INF/manifest.xml", "content.xml")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "mimetype" not in archive.namelist() or (
            archive.read("mimetype").strip() != b"application/vnd.oasis.opendocument.text"
        ):
            raise _unreadable_file()
    return content


def _inspect_package(content: bytes, *parts: str, within: Stopwatch | None = None) -> bytes:
    """`within`: it lies in another one, and this is how long both may still take."""
    watch = within or Stopwatch()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_entries(archive.infolist(), parts)
            _check_contents(archive, parts, watch)
            if parts:
                _check_enclosed(archive, watch, deeper=not within)
    except TooSlow:
        raise _too_large() from None
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
        EOFError,
        expat.ExpatError,
    ) as error:
        raise _unreadable_file() from error
    return content


def _check_entries(entries: Sequence[zipfile.ZipInfo], parts: Sequence[str]) -> None:
    """What it lists: not too much, nothing locked or running, and all that it must have."""
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise _too_large()
    if any(entry.flag_bits & 1 for entry in entries):
        raise InvalidInput(
            _(
                "This file is protected by a password. Save it without a password and upload "
                "it again."
            )
        )
    if any(_RUNS.search(name) for name in names):
        raise _active_content()
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise _unreadable_file()
    if not set(parts) <= set(names):
        raise _unreadable_file()


def _check_contents(archive: zipfile.ZipFile, parts: Sequence[str], watch: Stopwatch) -> None:
    """What it really holds: each entry unpacked and counted, whatever the list claimed."""
    room, words = MOST_UNPACKED, MOST_XML
    for entry in archive.infolist():
        name = entry.filename.lower()
        read = entry.filename in parts or (bool(parts) and name.endswith((".xml", ".rels")))
        count, content = _unpack_entry(
            archive, entry, min(room, words) if read else room, keep=read
        )
        room -= count
        if read:
            words -= count
            _check_xml(content, watch)


def _check_enclosed(archive: zipfile.ZipFile, watch: Stopwatch, *, deeper: bool) -> None:
    """What is neither XML nor a picture: a chart brings its workbook along, which is checked like
    any workbook; a file in that one, or one of an older Office, is no part of a paper.
    """
    for entry in archive.infolist():
        with archive.open(entry) as stream:
            begins = stream.read(4)
            if begins == _COMPOUND or (begins == _PACKAGE and not deeper):
                raise _active_content()
            if begins == _PACKAGE:
                watch.look_now()
                _inspect_package(begins + stream.read(), "[Content_Types].xml", within=watch)


def _unpack_entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int, *, keep: bool
) -> tuple[int, bytes]:
    """How many bytes an entry has, and those bytes where they are wanted."""
    count, unpacked = 0, io.BytesIO()
    with archive.open(entry) as stream:
        while piece := stream.read(1 << 16):
            count += len(piece)
            if count > most:
                raise _too_large()
            if keep:
                unpacked.write(piece)
    return count, unpacked.getvalue()


def _check_xml(content: bytes, watch: Stopwatch) -> None:
    """Well-formed, without a document type (where entities grow), nothing fetched from outside."""
    try:
        active = is_active(content, watch)
    except Misled as link:
        raise misled(str(link)) from None
    if active:
        raise _active_content()


def _unreadable_file() -> InvalidInput:
    return InvalidInput(_("This file cannot be opened. Save it again and upload the new file."))


def _too_large() -> InvalidInput:
    return InvalidInput(_("This file is too large when unpacked. Upload a smaller file."))


def misled(link: str) -> InvalidInput:
    """A link in a file leads to a program, or to a file of the reader’s machine."""
    return InvalidInput(
        _(
            "This file contains a link to “%(link)s”. Links may lead to web pages and e-mail "
            "addresses only. Remove the link, save the file and upload it again.",
            link=link.strip()[:80],
        )
    )


def _active_content() -> InvalidInput:
    return InvalidInput(
        _(
            "This file contains a macro or loads content from outside. Remove it, save the "
            "file and upload it again."
        )
    )
