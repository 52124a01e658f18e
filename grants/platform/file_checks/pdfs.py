"""PDF files: readable by everyone who has to read them, and doing nothing by themselves.

What may be in one: links to web pages, electronic signatures, and data as a JSON file, which our
own papers carry. Every object that a reader can come to is looked at, wherever it hangs.
"""

import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.platform.file_checks.packages import misled
from grants.platform.file_checks.parts import Stopwatch, opens_elsewhere

MOST_PAGES = 500
MOST_OBJECTS = 60_000
"""Looked at in one file, its tags not counted; a file of 500 scanned pages has some 3,000."""
_ACTIONS = frozenset(
    {
        "/GoToE",
        "/GoToR",
        "/ImportData",
        "/JavaScript",
        "/Launch",
        "/Movie",
        "/Rendition",
        "/RichMediaExecute",
        "/Sound",
        "/SubmitForm",
    }
)
"""What an action may not do; it may go to a page of the file, or to a web page."""
_NOTES = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Screen", "/Sound", "/3D"})
_DRAWS = re.compile(rb"(?<![^\s\])>}])(?:Tj|TJ|'|\"|Do|sh|EI|[fFbBsS]|[fbB]\*)(?![^\s\[(</%])")
"""The operators that put something on a page; others only choose a place, a colour, a font."""
_PROGRAMS = ("/JS", "/JavaScript", "/XFA")

_FROM_AFAR = {"/F", "/Ref"}
"""Of a stream: that its content, or the page that it shows, is in another file."""

logging.getLogger("pypdf").setLevel(logging.ERROR)


def inspect_pdf(content: bytes) -> bytes:
    """The file as it is, if it opens without a password, shows something and runs nothing.

    A file that opens, but whose owner forbids copying or printing, is accepted: authorities issue
    certificates so, and the person who has one cannot change it.
    """
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise InvalidInput(
            _(
                "This PDF has another file appended to it. Print it to PDF again and upload "
                "the new file."
            )
        )
    try:
        reader = PdfReader(io.BytesIO(content))
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = 0 if locked else len(reader.pages)
        watch = Stopwatch()
        active = not locked and any(
            _is_active(record, watch) for record in dictionaries(reader, watch)
        )
        blank = 0 < pages <= MOST_PAGES and not active and _is_blank(reader, watch)
    except InvalidInput:
        raise
    except Exception as error:  # whatever a broken file makes the reader do, it means the same
        raise InvalidInput(
            _("This PDF cannot be opened. Save it again and upload the new file.")
        ) from error
    if locked:
        raise InvalidInput(
            _(
                "This PDF is protected by a password. Save it without a password "
                "and upload it again."
            )
        )
    if active:
        raise InvalidInput(
            _(
                "This PDF contains a script or an embedded file. Print it to PDF again and "
                "upload the new file."
            )
        )
    if not 0 < pages <= MOST_PAGES:
        raise InvalidInput(
            _(
                "This PDF has %(pages)s pages. Upload a PDF of 1 to %(most)s pages.",
                pages=pages,
                most=500,
            )
        )
    if blank:
        raise InvalidInput(
            _("This PDF is blank: its pages show nothing. Check it and upload the right file.")
        )
    return content


def dictionaries(reader: PdfReader, watch: Stopwatch) -> Iterator[DictionaryObject]:
    """Every dictionary that the catalogue leads to, each once; the tree of tags left out.

    ValueError if there are more than any paper has, TooSlow if reading them takes too long.
    """
    visited: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.trailer["/Root"]]
    looked_at = 0
    while waiting:
        value = waiting.pop()
        watch.look()
        if isinstance(value, IndirectObject):
            if (value.idnum, value.generation) in visited:
                continue
            visited.add((value.idnum, value.generation))
            value = value.get_object()
        if isinstance(value, ArrayObject):
            waiting += [item for item in list(value) if _leads_on(item)]
        elif isinstance(value, DictionaryObject):
            looked_at += 1
            if looked_at > MOST_OBJECTS:
                raise ValueError("too many objects")
            yield value
            waiting += [
                item for key, item in value.items() if key != "/StructTreeRoot" and _leads_on(item)
            ]


def _is_blank(reader: PdfReader, watch: Stopwatch) -> bool:
    """Does no page show anything? TooSlow: pages of a few bytes may unpack to megabytes each."""
    for page in reader.pages:
        watch.look_now()
        if _is_visible(page):
            return False
    return True


def _is_visible(page: PageObject) -> bool:
    """Does a page put text, a picture or a line on the paper, or a note over it?"""
    with suppress(Exception):  # what cannot be read here may be shown by another reader
        if any(note.get_object().get("/Subtype") != "/Link" for note in page.get("/Annots", ())):
            return True
        contents = page.get_contents()
        return contents is not None and _DRAWS.search(contents.get_data()) is not None
    return True


def _leads_on(value: object) -> bool:
    return isinstance(value, IndirectObject | ArrayObject | DictionaryObject)


def _is_active(record: DictionaryObject, watch: Stopwatch) -> bool:
    """Does it run, start, send, fetch or carry anything but data?"""
    _check_links(record)
    if isinstance(record, StreamObject) and _FROM_AFAR & record.keys():
        return True
    if record.get("/FS") == "/URL" or (record.get("/S") == "/Thread" and "/F" in record):
        return True
    if record.get("/S") in _ACTIONS or record.get("/Subtype") in _NOTES:
        return True
    if any(key in record for key in _PROGRAMS):
        return True
    if "/EF" not in record:
        return False
    watch.look_now()
    return not _is_data(record)


def _check_links(record: DictionaryObject) -> None:
    """InvalidInput if a link leads to a program or a file; `Base` stands before short links."""
    for key in ("/URI", "/Base"):
        link = record.get(key, "")
        link = link.decode("latin-1") if isinstance(link, bytes) else str(link)
        if opens_elsewhere(link):
            raise misled(link)


def _is_data(attachment: DictionaryObject) -> bool:
    """Is an attached file JSON and nothing else? Such data are in every paper of ours."""
    names = [str(attachment[key]) for key in ("/F", "/UF") if key in attachment]
    files = attachment["/EF"].get_object()
    if not names or not all(name.lower().endswith(".json") for name in names):
        return False
    return isinstance(files, DictionaryObject) and all(
        _is_json(stream.get_object()) for stream in files.values()
    )


def _is_json(stream: object) -> bool:
    try:
        return isinstance(stream, StreamObject) and isinstance(
            json.loads(stream.get_data().decode("utf-8")), dict | list
        )
    except (ValueError, RecursionError):
        return False
