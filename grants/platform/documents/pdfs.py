"""PDF files: readable by everybody who has to read them, and doing nothing by themselves."""

import io
import logging
import zipfile

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _

MOST_PAGES = 500
_ACTIVE = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/RichMedia"})

logging.getLogger("pypdf").setLevel(logging.ERROR)


def inspect_pdf(content: bytes) -> bytes:
    """The file as it is, if it opens without a password and holds nothing that runs."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise InvalidInput(_("This PDF has another file hidden behind it. Print it to PDF again."))
    try:
        reader = PdfReader(io.BytesIO(content))
        locked = reader.is_encrypted
        pages = 0 if locked else len(reader.pages)
        active = not locked and _acts(reader)
    except Exception as error:  # whatever a broken file makes the reader do, it means the same
        raise InvalidInput(_("This PDF cannot be opened. Save it again.")) from error
    if locked:
        raise InvalidInput(_("This PDF asks for a password. Save it without one."))
    if active:
        raise InvalidInput(
            _("This PDF holds a program or another file. Print it to PDF again and send that.")
        )
    if not 0 < pages <= MOST_PAGES:
        raise InvalidInput(
            _("This PDF has %(pages)s pages; 1 to %(most)s can be sent.", pages=pages, most=500)
        )
    return content


def _acts(reader: PdfReader) -> bool:
    """Does it run, start, send or carry anything? Asked of the catalogue and of each page."""
    root = _plain(reader.trailer["/Root"])
    names = _plain(root.get("/Names", {}))
    if "/JavaScript" in names or "/EmbeddedFiles" in names:
        return True
    if _triggers(root):
        return True
    return any(_triggers(page) or _notes_act(page) for page in reader.pages[: MOST_PAGES + 1])


def _triggers(record: DictionaryObject) -> bool:
    opened = _plain(record.get("/OpenAction", {}))
    by_event = _plain(record.get("/AA", {}))
    actions = [opened, *map(_plain, by_event.values())]
    return any(_is_active(action) for action in actions)


def _notes_act(page: DictionaryObject) -> bool:
    """Buttons and links of a page."""
    notes = page.get("/Annots")
    notes = notes.get_object() if isinstance(notes, IndirectObject) else notes
    for note in notes[:2000] if isinstance(notes, ArrayObject) else ():
        found = _plain(note)
        if found.get("/Subtype") in ("/FileAttachment", "/RichMedia", "/Movie", "/Screen"):
            return True
        if _is_active(_plain(found.get("/A", {}))) or _triggers(found):
            return True
    return False


def _is_active(action: DictionaryObject) -> bool:
    return action.get("/S") in _ACTIVE


def _plain(value: object) -> DictionaryObject:
    """The dictionary a value is or points at; an empty one for anything else."""
    found = value.get_object() if isinstance(value, IndirectObject) else value
    return found if isinstance(found, DictionaryObject) else DictionaryObject()
