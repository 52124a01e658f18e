"""A form: sections of questions, and the few answers that lists and rules are about."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.platform.questionnaires.budget import Budget
from grants.platform.questionnaires.kinds import (
    Amount,
    Country,
    Day,
    Files,
    Number,
    Question,
    ShortText,
)
from grants.platform.questionnaires.personal import Finding, findings
from grants.platform.questionnaires.reading import Fault, Problem, Texts, Typed

MOST_TYPED = 400_000
"""Characters of one section: far above all limits, far below what harms the database."""

FACTS: Mapping[str, tuple[type[Question], ...]] = {
    "title": (ShortText,),
    "country": (Country,),
    "requested": (Budget, Amount),
    "months": (Number,),
    "starts_on": (Day,),
}
"""What lists show and rules of a call ask for, and the kinds of question that may tell it."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A section as read: values by question key, and all that is to be corrected."""

    values: Mapping[str, Any]
    problems: Sequence[Problem]
    untouched: bool


@dataclass(frozen=True, kw_only=True)
class Section:
    """Questions on one page."""

    key: str
    title: Texts
    intro: Texts = field(default_factory=dict)
    questions: tuple[Question, ...] = ()

    @property
    def name(self) -> str:
        return in_language(self.title)

    @property
    def files(self) -> list[Files]:
        return [question for question in self.questions if isinstance(question, Files)]

    def kept(self, typed: Typed) -> dict[str, list[str]]:
        """What belongs to this section, as typed: only line ends and characters that cannot be
        stored are corrected.

        DomainError if it is far more than any form can ask for.
        """
        kept = {
            name: [_storable(text) for text in texts if text]
            for name, texts in typed.items()
            if any(question.owns(name) for question in self.questions)
        }
        if sum(len(text) for texts in kept.values() for text in texts) > MOST_TYPED:
            raise DomainError(_("This is too much text for one section. Shorten it first."))
        return {name: texts for name, texts in kept.items() if any(texts)}

    def read(
        self,
        typed: Typed,
        attached: Mapping[str, int] | None = None,
        attested: Sequence[str] = (),
    ) -> Answered:
        """The values of what was typed. `attached` counts the files by question; `attested` are
        the doubts that a person has answered.
        """
        counts = attached or {}
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for question in self.questions:
            reading = question.read(typed)
            values[question.key] = reading.value
            problems += reading.problems
            if isinstance(question, Files) and question.required and not counts.get(question.key):
                problems.append(question.missing())
            problems += (
                Problem(question.key, question.target, finding.message, Fault.DOUBT)
                for finding in _doubts(question, typed)
                if finding.digest not in attested
            )
        return Answered(values, problems, not typed and not any(counts.values()))

    def doubts(self, typed: Typed) -> list[Finding]:
        """What may identify a victim, in the order of the page."""
        return [finding for question in self.questions for finding in _doubts(question, typed)]

    def question(self, key: str) -> Question:
        for question in self.questions:
            if question.key == key:
                return question
        raise Missing(_("There is no such question."))


@dataclass(frozen=True, kw_only=True)
class Form:
    """What a call asks for. `facts` name the questions that lists and rules are about."""

    sections: tuple[Section, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    version: int = 1

    def section(self, key: str) -> Section:
        for section in self.sections:
            if section.key == key:
                return section
        raise Missing(_("This form has no such section."))

    @property
    def questions(self) -> Iterator[Question]:
        return (question for section in self.sections for question in section.questions)

    def fact(self, name: str, values: Mapping[str, Any]) -> Any:
        """The answer that gives a fact, of all values by question key."""
        return values.get(self.facts.get(name, ""))

    def faults(self) -> list[str]:
        """What has to be corrected before the form can be used; each with its place."""
        return [*self._section_faults(), *self._question_faults(), *self._fact_faults()]

    def _section_faults(self) -> Iterator[str]:
        if not self.sections:
            yield _("The form has no section.")
        for key in _twice(section.key for section in self.sections):
            yield _("Two sections have the key %(key)s.", key=key)
        for section in self.sections:
            where = section.title.get("en") or section.key
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", section.key):
                yield _("%(where)s: use small letters, digits and _ in the key.", where=where)
            if not section.title.get("en", "").strip():
                yield _("%(where)s: give it a title in English.", where=where)
            if not section.questions:
                yield _("%(where)s: it asks nothing.", where=where)

    def _question_faults(self) -> Iterator[str]:
        for key in _twice(question.key for question in self.questions):
            yield _("Two questions have the key %(key)s.", key=key)
        for question in self.questions:
            where = question.label.get("en") or question.key
            for fault in question.faults():
                yield _("%(where)s: %(fault)s.", where=where, fault=fault)

    def _fact_faults(self) -> Iterator[str]:
        by_key = {question.key: question for question in self.questions}
        for fact, key in self.facts.items():
            if fact not in FACTS or not isinstance(by_key.get(key), FACTS[fact]):
                yield _(
                    "No question can tell “%(fact)s” under the key %(key)s.", fact=fact, key=key
                )
        for fact in ("title", "requested"):
            if fact not in self.facts:
                yield _("Say which question tells “%(fact)s”.", fact=fact)


def _doubts(question: Question, typed: Typed) -> list[Finding]:
    return [finding for text in question.prose(typed) for finding in findings(text)]


def _twice(keys: Iterator[str]) -> list[str]:
    return [key for key, times in Counter(keys).items() if times > 1]


def _storable(text: str) -> str:
    """One sign for a line end; NUL and unpaired surrogates, which no database keeps, are left
    out.
    """
    plain = re.sub(r"\r\n?", "\n", text)
    return re.sub("[\x00\ud800-\udfff]", "", plain)
