"""What an XML part of an office file says: whether it runs, fetches or is wired to anything."""

import re
from xml.parsers import expat

_MACRO = re.compile(r"macroEnabled|vbaProject", re.IGNORECASE)
_FIELD = re.compile(
    r"^\s*((DDE|DDEAUTO|LINK)\b|QUOTE\s+\"?\d|INCLUDE(TEXT|PICTURE)\b.*(://|\\\\))",
    re.IGNORECASE | re.MULTILINE,
)
"""Instructions of a field in Word that fetch something or start a program; QUOTE with numbers
spells such a word."""
_FORMULA = re.compile(r"\w\|\s*('[^']*'|\w+)\s*!|\bWEBSERVICE\s*\(", re.IGNORECASE)
"""program|'what to do'!cell, and fetching from the web."""
_WIRED = frozenset(
    {"ddeLink", "oleLink", "event-listener", "dde-source", "dde-connection-decl", "dde-connection"}
)
_FRAMED = frozenset({"image", "object", "object-ole", "plugin", "frame", "floating-frame"})
"""What OpenDocument shows inside a page: it has to be in the file."""
_AFAR = re.compile(r"\s*([a-z][a-z0-9+.-]*:|//|\\\\)", re.IGNORECASE)


class DocumentType(ValueError):
    """The part declares a document type, where entities grow."""


def is_active(content: bytes) -> bool:
    """Does a part run or fetch anything? It is read as XML, whatever its encoding and prefixes.

    ExpatError if it is not well-formed, DocumentType if it declares one.
    """
    part = _Part()
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.StartDoctypeDeclHandler = part.refuse
    parser.StartElementHandler = part.begin
    parser.EndElementHandler = part.end
    parser.CharacterDataHandler = part.text
    parser.buffer_text = True
    parser.Parse(content, True)
    return part.active or bool(_FIELD.search("".join(part.instructions)))


class _Part:
    """What was met while one part is read."""

    def __init__(self) -> None:
        self.active = False
        self.instructions: list[str] = []
        self.formula: list[str] = []
        self.inside = ""

    def refuse(self, *_declared: object) -> None:
        raise DocumentType

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.inside = name = _local(name)
        facts = {_local(key): value for key, value in attributes.items()}
        if name in ("fldChar", "fldSimple"):
            self.instructions.append(f"\n{facts.get('instr', '')}")
        if name in _WIRED or _MACRO.search(facts.get("ContentType", "")):
            self.active = True
        if name == "Relationship":
            self.active |= _fetches(facts)
        if name in _FRAMED and _AFAR.match(facts.get("href", "")):
            self.active = True

    def text(self, text: str) -> None:
        if self.inside in ("instrText", "delInstrText"):
            self.instructions.append(text)
        elif self.inside == "f":
            self.formula.append(text)

    def end(self, _name: str) -> None:
        if self.formula:
            self.active |= bool(_FORMULA.search("".join(self.formula)))
            self.formula = []
        self.inside = ""


def _fetches(relationship: dict[str, str]) -> bool:
    """Does an office file fetch this when it is opened? A link that people click is allowed."""
    outside = relationship.get("TargetMode", "").strip().lower() == "external"
    kind = relationship.get("Type", "").rpartition("/")[2].strip().lower()
    return outside and kind != "hyperlink"


def _local(name: str) -> str:
    return name.rpartition("\n")[2]
