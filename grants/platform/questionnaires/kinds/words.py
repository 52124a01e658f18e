"""Answers in words: a line, or a text."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from grants.core.kernel.language import gettext as _
from grants.core.kernel.lengths import within
from grants.platform.questionnaires.kinds.base import Question
from grants.platform.questionnaires.reading import Typed, first_of

LONGEST = 20_000
LONGEST_IN_WORDS = 3_000
"""What the longest answer may hold."""


@dataclass(frozen=True, kw_only=True)
class ShortText(Question):
    """One line. `people`: names and numbers of the organisation's own people are wanted here."""

    kind: ClassVar[str] = "short_text"
    limit: int = 300
    people: bool = False

    def value_of(self, typed: Typed) -> str:
        return within(unicodedata.normalize("NFC", first_of(typed, self.name)), self.limit)

    def prose(self, typed: Typed) -> Iterator[str]:
        if not self.people:
            yield from typed.get(self.name, ())

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not 0 < self.limit <= LONGEST:
            yield _("set a limit of 1 to %(most)s characters", most=LONGEST)


@dataclass(frozen=True, kw_only=True)
class LongText(ShortText):
    """Several lines. Characters are Unicode code points in NFC; a line's end is one."""

    kind: ClassVar[str] = "long_text"
    limit: int = 2000
    words: int = 0
    """The limit in words, in place of that in characters; 0: none."""

    def value_of(self, typed: Typed) -> str:
        text = unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", first_of(typed, self.name)))
        within(text, LONGEST)
        return within(text, self.limit, self.words)

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not 0 <= self.words <= LONGEST_IN_WORDS:
            yield _("set a limit of 1 to %(most)s words", most=LONGEST_IN_WORDS)
