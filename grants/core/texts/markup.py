"""XML files that others send, read so that a fault can be named by its line.

Read by expat alone: a document type is refused, so there are no entities to swell and nothing to
fetch.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from grants.core.kernel import patience
from grants.core.kernel.language import gettext as _
from grants.core.kernel.patience import too_long
from grants.core.texts.tabular import Problem, UnreadableTable

DEEPEST = 40


@dataclass
class Element:
    """An element with the line it begins on. Names are without their namespace's prefix."""

    name: str
    line: int
    attributes: dict[str, str]
    parts: list["Element"] = field(default_factory=list)
    text: str = ""

    def all(self, name: str) -> Iterator["Element"]:
        """The parts of the element that have this name."""
        return (part for part in self.parts if part.name == name)

    def one(self, name: str) -> "Element | None":
        return next(self.all(name), None)

    def said(self, name: str) -> str:
        """The text of a part, its spaces made single; empty where there is none."""
        part = self.one(name)
        return " ".join(part.text.split()) if part is not None else ""


class _Builder:
    """Takes the events of expat and builds the tree."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.open: list[Element] = []
        self.root: Element | None = None
        self.until = time.thread_time() + patience.READING
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.say
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype

    def refuse(self, line: int, message: str) -> UnreadableTable:
        return UnreadableTable([Problem(self.file, line, "xml", message)])

    def refuse_doctype(self, *_text: object) -> None:
        raise self.refuse(
            self.parser.CurrentLineNumber,
            _("a document type declaration is not accepted; expected the file as published"),
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if time.thread_time() > self.until:
            raise self.refuse(line, too_long())
        if len(self.open) >= DEEPEST:
            raise self.refuse(line, _("elements are nested too deeply"))
        element = Element(name.rpartition(":")[2], line, attributes)
        if self.open:
            self.open[-1].parts.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _name: str) -> None:
        self.open.pop()

    def say(self, text: str) -> None:
        self.open[-1].text += text


def read_markup(file: str, content: bytes) -> Element:
    """The root of an XML file; UnreadableTable with file and line where it is none."""
    builder = _Builder(file)
    try:
        builder.parser.Parse(content, True)
    except expat.ExpatError as error:
        why = expat.ErrorString(error.code)
        raise builder.refuse(error.lineno, _("this is not XML (%(why)s)", why=why)) from error
    except (LookupError, ValueError) as error:
        raise builder.refuse(1, _("this is not XML (%(why)s)", why=error)) from error
    assert builder.root is not None
    return builder.root
