"""What an XML part of an office file says: whether it runs, fetches or is wired to anything."""

import re
import time
from dataclasses import dataclass, field
from xml.parsers import expat

_MACRO = re.compile(
    r"macroEnabled|vbaProject|macrosheet|activeX|oleObject|\.connections\+xml|\.queryTable\+xml",
    re.IGNORECASE,
)
"""Kinds of content that run, or are fetched again from elsewhere."""
_BINDS = frozenset(
    {
        *("vbaproject", "wordvbadata", "vbaprojectsignature", "xlmacrosheet", "xlintlmacrosheet"),
        *("afchunk", "control", "activexcontrolbinary", "oleobject", "connections", "querytable"),
        *("extensibility", "webextension"),
    }
)
"""The same as kinds of relationship: what they lead to may have any name."""
_FIELD = re.compile(
    r"^[^\S\n]*((DDE|DDEAUTO|LINK)\b|QUOTE\s+\"?\d|(INCLUDE(TEXT|PICTURE)?|IMPORT)\b.*(://|\\\\))",
    re.IGNORECASE | re.MULTILINE,
)
"""Instructions of a field in Word that fetch something or start a program; QUOTE with numbers
spells such a word."""
_FORMULA = re.compile(r"\w\|\s*('[^']*'|\w+)\s*!|\bWEBSERVICE\s*\(", re.IGNORECASE)
"""program|'what to do'!cell, and fetching from the web."""
_HYPERLINK = re.compile(r"\bHYPERLINK[\s(]+\"?([^\"\n]+)", re.IGNORECASE)
"""Of a field in Word or a formula in Excel: where it leads to."""
_WIRED = frozenset(
    {
        "altChunk",
        "ddeLink",
        "oleLink",
        "event-listener",
        "dde-source",
        "dde-connection-decl",
        "dde-connection",
    }
)
_FRAMED = frozenset({"image", "object", "object-ole", "plugin", "frame", "floating-frame"})
"""What OpenDocument shows inside a page: it has to be in the file."""
_AFAR = re.compile(r"\s*([a-z][a-z0-9+.-]*:|//|\\\\)", re.IGNORECASE)


_FOLLOWED = re.compile(r"\s*(https?|mailto|tel|ftps?):", re.IGNORECASE)


def opens_elsewhere(link: str) -> bool:
    """Does a link that people click lead to anything but a web page, an e-mail address or a place
    in the file: to a program, a file of their machine or of another one?
    """
    return bool(_AFAR.match(link)) and not _FOLLOWED.match(link)


PATIENCE = 4
"""Seconds of the processor; a budget of 5,000 lines takes half a second."""


class TooSlow(Exception):
    """A file takes longer to check than any that a person has written."""


@dataclass(slots=True)
class Stopwatch:
    """How long the check of one file may still take."""

    asked: int = 0
    until: float = field(default_factory=lambda: time.thread_time() + PATIENCE)

    def look(self) -> None:
        """TooSlow when they are used up; the clock is read once in a thousand times."""
        self.asked += 1
        if self.asked % 1000 == 0:
            self.look_now()

    def look_now(self) -> None:
        """TooSlow when they are used up: before what may take long by itself."""
        if time.thread_time() > self.until:
            raise TooSlow


class Misled(Exception):
    """A link leads to something that no paper links to; its text is the address."""


class DocumentType(ValueError):
    """The part declares a document type, where entities grow."""


def is_active(content: bytes, watch: Stopwatch) -> bool:
    """Does a part run or fetch anything? It is read as XML, whatever its encoding and prefixes.

    ExpatError if it is not well-formed, DocumentType if it declares one, TooSlow if it takes too
    long, Misled if a link leads to a program or a file.
    """
    part = _Part(watch)
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.StartDoctypeDeclHandler = part.refuse
    parser.StartElementHandler = part.begin
    parser.EndElementHandler = part.end
    parser.CharacterDataHandler = part.text
    parser.buffer_text = True
    parser.Parse(content, True)
    instructions = "".join(part.instructions)
    for link in _HYPERLINK.findall(instructions):
        _check_link(link)
    return part.active or bool(_FIELD.search(instructions))


class _Part:
    """What was met while one part is read."""

    def __init__(self, watch: Stopwatch) -> None:
        self.watch = watch
        self.active = False
        self.instructions: list[str] = []
        self.formula: list[str] = []
        self.inside = ""

    def refuse(self, *_declared: object) -> None:
        raise DocumentType

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.watch.look()
        self.inside = name = _local_name(name)
        facts = {_local_name(key): value for key, value in attributes.items()}
        if name in ("fldChar", "fldSimple"):
            self.instructions.append(f"\n{facts.get('instr', '')}")
        if name in _WIRED or _MACRO.search(facts.get("ContentType", "")):
            self.active = True
        if name == "Relationship":
            self.active |= _is_fetched(facts)
        if name == "a":
            _check_link(facts.get("href", ""))
        if name in _FRAMED and _AFAR.match(facts.get("href", "")):
            self.active = True

    def text(self, text: str) -> None:
        if self.inside in ("instrText", "delInstrText"):
            self.instructions.append(text)
        elif self.inside == "f":
            self.formula.append(text)

    def end(self, _name: str) -> None:
        if self.formula:
            formula = "".join(self.formula)
            self.active |= bool(_FORMULA.search(formula))
            for link in _HYPERLINK.findall(formula):
                _check_link(link)
            self.formula = []
        self.inside = ""


def _is_fetched(relationship: dict[str, str]) -> bool:
    """Does an office file fetch or run this when it is opened? A link that people click is
    allowed, if it leads to a web page.
    """
    target = relationship.get("Target", "")
    kind = relationship.get("Type", "").rpartition("/")[2].strip().lower()
    if kind == "hyperlink":
        _check_link(target)
        return False
    outside = relationship.get("TargetMode", "").strip().lower() == "external"
    return outside or kind in _BINDS or bool(_AFAR.match(target))


def _check_link(link: str) -> None:
    if opens_elsewhere(link):
        raise Misled(link)


def _local_name(name: str) -> str:
    return name.rpartition("\n")[2]
