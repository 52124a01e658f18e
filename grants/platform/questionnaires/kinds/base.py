"""What all kinds of question share."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from grants.core.kernel.errors import FundError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.platform.questionnaires.reading import Fault, Problem, Reading, Texts, Typed

Option = tuple[str, str]
"""A code and its label in the reader's language."""


KEY = r"[a-z][a-z0-9_]{0,39}"
"""How keys of sections and questions are written."""


RESERVED = frozenset({"true", "false", "and", "or", "not", "in"})
"""Words of conditions, which no question can have as its key."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question. `key` names its answer for good; texts are in several languages."""

    kind: ClassVar[str]
    wide: ClassVar[bool] = False
    """Does it need the whole width of a page?"""

    key: str
    label: Texts
    help: Texts = field(default_factory=dict)
    required: bool = False
    show_when: str = ""
    """A condition, as logic/parse.py reads it; empty: always shown."""
    names_applicant: bool = False
    """Does its answer tell which organisation applies? Reviewers of a blind call do not get it."""

    @property
    def name(self) -> str:
        """Of its input, and how the names of its inputs begin."""
        return f"q_{self.key}"

    @property
    def title(self) -> str:
        return in_language(self.label)

    @property
    def tells_who_applies(self) -> bool:
        """So does an answer in which the organisation's own people may be named."""
        return self.names_applicant or bool(getattr(self, "people", False))

    def owns(self, name: str) -> bool:
        """Is this one of its inputs?"""
        return name == self.name

    def is_blank(self, typed: Typed) -> bool:
        return not any(
            text.strip() for name, texts in typed.items() if self.owns(name) for text in texts
        )

    def read(self, typed: Typed) -> Reading:
        """The value of what was typed, and what is to be corrected."""
        if self.is_blank(typed):
            return Reading(None, (self.missing(),) if self.required else ())
        try:
            return Reading(self.value_of(typed))
        except FundError as refusal:
            return Reading(None, (self.wrong(refusal.message),))

    def value_of(self, typed: Typed) -> Any:
        """The value of an answer that is there; InvalidInput says how to write it."""
        raise NotImplementedError

    def missing(self) -> Problem:
        return Problem(self.key, self.target, self.missing_text(), Fault.MISSING)

    def missing_text(self) -> str:
        return _("Fill in “%(label)s”.", label=self.title)

    def wrong(self, message: str, place: str = "") -> Problem:
        return Problem(self.key, place or self.target, message)

    @property
    def target(self) -> str:
        """The input that a message about the whole question leads to."""
        return self.name

    def prose(self, typed: Typed) -> Iterator[str]:  # noqa: ARG002 - most kinds hold none
        """What was written in words about others, where a victim might be mentioned."""
        return iter(())

    def faults(self) -> Iterator[str]:
        """What is wrong with the definition itself."""
        if not re.fullmatch(KEY, self.key):
            yield _("use lower-case letters, digits and _ in the key, starting with a letter")
        if not self.label.get("en", "").strip():
            yield _("give it a label in English")
