"""Files for translators: a sheet (XLSX), or XLIFF 2 for their programs; out, and back in.

A sheet has a row for each text: its reference, where it stands, the English, and the translation,
under a heading that ends with the code of the language. Files come from outside: an XLIFF with a
document type, and with it every entity, is refused, and a workbook is opened apart.
"""

from collections.abc import Iterable

from lxml import etree
from lxml.builder import ElementMaker

from grants.applying.form_translations.texts import ReturnedText, SentText
from grants.core.kernel.apart import apart
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.texts.tabular import Unreadable
from grants.core.texts.workbook import sheets_of
from grants.platform.file_checks.packages import inspect_xlsx

SHEET = "1"
MOST_TEXTS = 5_000
"""Of one form; far above any."""
REFERENCE, ENGLISH, WORDS = 0, 3, 4
"""The columns of a sheet that are read back."""
NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"

Node = etree._Element  # noqa: SLF001 - lxml has no other name for an element


def read_file(name: str, content: bytes, language: str) -> list[ReturnedText]:
    """The texts of a file; InvalidInput with what to do if it is none, or in another language."""
    if name.lower().endswith(".xlsx"):
        return _read_sheet(content, language)
    return _read_xliff(content, language)


def _read_sheet(content: bytes, language: str) -> list[ReturnedText]:
    sheets = apart(sheets_of, inspect_xlsx(content), [SHEET], MOST_TEXTS)
    if not sheets.get(SHEET):
        raise InvalidInput(
            _(
                "The workbook has no sheet “%(name)s”. Upload the file that you downloaded here.",
                name=SHEET,
            )
        )
    (_line, heads), *rows = sheets[SHEET]
    if len(heads) <= WORDS or not heads[WORDS].endswith(f"({language})"):
        raise _of_another_language()
    texts = []
    for line, cells in rows:
        row = [*cells, *[""] * (WORDS + 1 - len(cells))]
        words = row[WORDS]
        if isinstance(words, Unreadable):
            raise InvalidInput(_("Row %(line)s: %(why)s.", line=line, why=words.why))
        texts.append(ReturnedText(row[REFERENCE].strip(), row[ENGLISH], words))
    return texts


def to_xliff(original: str, language: str, texts: Iterable[SentText]) -> bytes:
    """The texts as XLIFF 2.0: each with its place and, where it is to be looked at, a remark."""
    element = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})
    file = element.file(id="form", original=original)
    for text in texts:
        notes = element.notes(element.note(f"{text.where} · {text.part}", category="location"))
        if text.remark:
            notes.append(element.note(text.remark, category="remark"))
        state = "translated" if text.words and not text.remark else "initial"
        segment = element.segment(_with_blanks(element.source(text.english)), state=state)
        if text.words:
            segment.append(_with_blanks(element.target(text.words)))
        file.append(element.unit(notes, segment, id=text.reference))
    root = element.xliff(file, version="2.0", srcLang="en", trgLang=language)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _with_blanks(node: Node) -> Node:
    """Line ends and blanks of the text are part of it."""
    node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return node


def _read_xliff(content: bytes, language: str) -> list[ReturnedText]:
    root = _root_of(content)
    if root.tag != f"{{{NAMESPACE}}}xliff":
        raise InvalidInput(
            _("This file is not in the format XLIFF 2. Save it as XLIFF 2 in your program.")
        )
    if (root.get("trgLang") or "").partition("-")[0] != language:
        raise _of_another_language()
    units = list(root.iter(f"{{{NAMESPACE}}}unit"))
    if len(units) > MOST_TEXTS:
        raise InvalidInput(_("The file is too large for a form."))
    return [
        ReturnedText(unit.get("id") or "", _parts_of(unit, "source"), _parts_of(unit, "target"))
        for unit in units
    ]


def _root_of(content: bytes) -> Node:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        why = getattr(error, "msg", error)
        raise InvalidInput(_("The file cannot be read as XML: %(why)s.", why=why)) from error
    if root.getroottree().docinfo.doctype:
        raise InvalidInput(_("A document type (DOCTYPE) is not allowed in this file."))
    return root


def _parts_of(unit: Node, name: str) -> str:
    """The text of a unit, which programs may have cut into segments; marks inside it are left out.
    A unit of which some segment has no translation yet has none.
    """
    segment, between = f"{{{NAMESPACE}}}segment", f"{{{NAMESPACE}}}ignorable"
    texts: list[str] = []
    for part in unit.iter(segment, between):
        text = _text_in(part, name)
        if part.tag == between:
            text = text or _text_in(part, "source")
        elif not text.strip():
            return ""
        texts.append(text)
    return "".join(texts)


def _text_in(part: Node, name: str) -> str:
    node = part.find(f"{{{NAMESPACE}}}{name}")
    return "" if node is None else "".join(map(str, node.itertext()))


def _of_another_language() -> InvalidInput:
    return InvalidInput(
        _("This file is for another language. Upload it on the page of that language.")
    )
