"""Answers in words: a line, or a text."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import ngettext
from grants.core.kernel.lengths import within
from grants.core.texts.formats import plain_number
from grants.platform.questions.base import Question
from grants.platform.questions.reading import Typed, Wording, first_of
from grants.platform.questions.shape import Kind, Shape
from grants.platform.questions.values import Cells, text_in

LONGEST = 20_000
LONGEST_IN_WORDS = 3_000
"""What the longest answer may hold."""


@dataclass(frozen=True, kw_only=True)
class ShortText(Question):
    """One line. `people`: names and numbers of the organisation's own people are wanted here."""

    kind: ClassVar[str] = "short_text"
    kind_name: ClassVar[str] = _l("One line of text")
    joint: ClassVar[str] = " / "
    family: ClassVar[str] = "words"
    limit: int = 300
    people: bool = False

    def value_of(self, typed: Typed) -> str:
        return within(unicodedata.normalize("NFC", first_of(typed, self.name)), self.limit)

    def prose(self, typed: Typed) -> Iterator[str]:
        if not self.people:
            yield from typed.get(self.name, ())

    def rule(self) -> str:
        return _("Up to %(limit)s characters", limit=plain_number(self.limit))

    def wording(self, value: Any) -> Wording:
        return Wording(text=value)

    def as_typed(self, value: Any) -> Cells:
        yield self.name, [text_in(value)]

    def shape(self) -> Shape:
        return Shape(Kind.TEXT, key=self.key)

    def blank_rule(self) -> str:
        return ngettext("At most %(num)s character.", "At most %(num)s characters.", self.limit)

    def written_texts(self, value: Any) -> Iterator[tuple[Question, str]]:
        if isinstance(value, str):
            yield self, value

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not 0 < self.limit <= LONGEST:
            yield _("set a limit of 1 to %(most)s characters", most=LONGEST)


@dataclass(frozen=True, kw_only=True)
class LongText(ShortText):
    """Several lines. Characters are Unicode code points in NFC; a line's end is one."""

    kind: ClassVar[str] = "long_text"
    kind_name: ClassVar[str] = _l("A longer text")
    joint: ClassVar[str] = "\n\n"
    limit: int = 2000
    words: int = 0
    """The limit in words, in place of that in characters; 0: none."""

    def value_of(self, typed: Typed) -> str:
        text = unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", first_of(typed, self.name)))
        within(text, LONGEST)
        return within(text, self.limit, self.words)

    def rule(self) -> str:
        if not self.words:
            return super().rule()
        return ngettext("Up to %(num)s word", "Up to %(num)s words", self.words)

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not 0 <= self.words <= LONGEST_IN_WORDS:
            yield _("set a limit of 1 to %(most)s words", most=LONGEST_IN_WORDS)
