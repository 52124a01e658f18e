"""Answers in words: a line, or a text."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.platform.questionnaires.kinds.base import Question
from grants.platform.questionnaires.reading import Typed, first_of


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
        if not 0 < self.limit <= 20_000:
            yield _("set a limit of 1 to %(most)s characters", most=20_000)


@dataclass(frozen=True, kw_only=True)
class LongText(ShortText):
    """Several lines. Characters are Unicode code points in NFC; a line's end is one."""

    kind: ClassVar[str] = "long_text"
    limit: int = 2000

    def value_of(self, typed: Typed) -> str:
        text = re.sub(r"\r\n?", "\n", first_of(typed, self.name))
        return within(unicodedata.normalize("NFC", text), self.limit)


def within(text: str, limit: int) -> str:
    """The text, if it is not longer than its limit."""
    over = len(text) - limit
    if over > 0:
        raise InvalidInput(
            ngettext(
                "Shorten it by %(num)s character: the limit is %(limit)s.",
                "Shorten it by %(num)s characters: the limit is %(limit)s.",
                over,
                limit=limit,
            )
        )
    return text
