"""A form: sections of questions, and the few answers that lists and rules are about."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from grants.core.kernel.clock import months_between
from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.platform.questions import (
    Amount,
    Counted,
    Country,
    Day,
    Files,
    Number,
    Question,
    ShortText,
    Table,
)
from grants.platform.questions.budget import Budget
from grants.platform.questions.personal import Finding, findings
from grants.platform.questions.reading import Fault, Problem, Texts, Typed

MOST_TYPED = 400_000
"""Characters of one section: far above all limits, far below what harms the database."""

OWN_PAGE, ONE_PAGE, PAGE_BEFORE = "", "one", "before"
PAGES = (OWN_PAGE, ONE_PAGE, PAGE_BEFORE)
"""A section has a page for itself, and each time of a repeated section has one; all times of a
repeated section are on one page; it is on the page of the section before it.
"""

FACTS: Mapping[str, tuple[type[Question], ...]] = {
    "title": (ShortText,),
    "country": (Country,),
    "requested": (Budget, Amount),
    "months": (Number,),
    "starts_on": (Day,),
    "ends_on": (Day,),
}
"""What lists show and rules of a call ask for, and the kinds of question that may tell it."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A section as read: values by question key, and all that is to be corrected."""

    values: Mapping[str, Any]
    problems: Sequence[Problem]
    untouched: bool

    def counting(self, keys: Collection[str], failed: Sequence[Problem]) -> "Answered":
        """Only what is shown counts; `failed` are checks across questions that fail."""
        return Answered(
            {key: value for key, value in self.values.items() if key in keys},
            [*(p for p in self.problems if p.question in keys), *failed],
            self.untouched,
        )


@dataclass(frozen=True, kw_only=True)
class Section:
    """Questions on one page."""

    key: str
    title: Texts
    intro: Texts = field(default_factory=dict)
    show_when: str = ""
    """A condition, as logic/parse.py reads it; empty: always shown."""
    questions: tuple[Question, ...] = ()
    least_times: int = 1
    most_times: int = 1
    """How often it is filled in, each time for something else."""
    page: str = OWN_PAGE
    """On which page it is filled in: one of PAGES."""
    origin: str = ""
    """Where a repeated section is filled in: the key with which it was made; and which time."""
    place: int = 0
    parts: tuple["Section", ...] = ()
    """Where several are filled in on one page: each of them, with its questions of this page."""

    @property
    def each_part(self) -> tuple["Section", ...]:
        """What stands on its page: itself, where it has the page for itself."""
        return self.parts or (self,)

    @property
    def is_repeated(self) -> bool:
        """Is it one section still that will be filled in several times?"""
        return self.most_times > 1 and not self.place

    @property
    def name(self) -> str:
        return in_language(self.title)

    @property
    def files(self) -> list[Files]:
        return [question for question in self.questions if isinstance(question, Files)]

    @property
    def takes_files(self) -> bool:
        """Are files attached to its questions, or to rows of its tables?"""
        tables = (question for question in self.questions if isinstance(question, Table))
        return bool(self.files) or any(table.file_columns for table in tables)

    def place_of(self, key: str) -> Question | None:
        """The question, or the cell of a table, at which something with this key is attached."""
        places = (question.place_of(key) for question in self.questions)
        return next((place for place in places if place), None)

    def kept(self, typed: Typed) -> dict[str, list[str]]:
        """What belongs to this section, as typed: only line ends and characters that cannot be
        stored are corrected.

        DomainError if it is far more than any form can ask for.
        """
        corrected = {
            name: [text for text in map(_storable_text, texts) if text]
            for name, texts in typed.items()
            if any(question.owns(name) for question in self.questions)
        }
        if sum(len(text) for texts in corrected.values() for text in texts) > MOST_TYPED:
            raise DomainError(_("There is too much text in this section. Shorten it first."))
        return {name: texts for name, texts in corrected.items() if texts}

    def read(
        self,
        typed: Typed,
        attached: Mapping[str, int] | None = None,
        attested: Sequence[str] = (),
        in_files: Mapping[str, Sequence[Finding]] | None = None,
    ) -> Answered:
        """The values of what was typed. `attached` counts the files by question, and `in_files` is
        what in them may identify a victim; `attested` are the doubts that a person has answered.
        """
        counts = attached or {}
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for question in self.questions:
            reading = question.read(typed)
            values[question.key] = reading.value
            problems += reading.problems
            if isinstance(question, Counted) and question.required and not counts.get(question.key):
                problems.append(question.missing())
            problems += (
                Problem(question.key, question.target, finding.message, Fault.DOUBT)
                for finding in _doubts_about(question, typed, in_files or {})
                if finding.digest not in attested
            )
        return Answered(values, problems, not typed and not any(counts.values()))

    def doubts(
        self, typed: Typed, in_files: Mapping[str, Sequence[Finding]] | None = None
    ) -> list[Finding]:
        """What may identify a victim, in the order of the page."""
        return [
            finding
            for question in self.questions
            for finding in _doubts_about(question, typed, in_files or {})
        ]

    def question(self, key: str) -> Question:
        for question in self.questions:
            if question.key == key:
                return question
        raise Missing(_("Question not found."))


@dataclass(frozen=True, kw_only=True)
class Check:
    """A rule that several answers keep together; its message is shown at the question `at`."""

    rule: str
    message: Texts
    at: str = ""


@dataclass(frozen=True, kw_only=True)
class Form:
    """What a call asks for. `facts` name the questions that lists and rules are about."""

    sections: tuple[Section, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    version: int = 1
    note: tuple[Question, ...] = ()
    """In a second stage, the questions of the concept note that rules may be about (stages.py)."""

    @property
    def is_conditional(self) -> bool:
        """Are some questions shown only sometimes?"""
        return any(section.show_when for section in self.sections) or any(
            question.show_when for question in self.items
        )

    def section(self, key: str) -> Section:
        """The section of this key, or the page on which it is filled in with others."""
        for section in self.sections:
            if section.key == key or any(part.key == key for part in section.parts):
                return section
        raise Missing(_("Section not found."))

    def part(self, key: str) -> Section:
        """The section of this key, without the others of its page."""
        for part in self.parts:
            if part.key == key:
                return part
        raise Missing(_("Section not found."))

    @property
    def parts(self) -> Iterator[Section]:
        """Each section for itself, on whatever page it is filled in."""
        return (part for section in self.sections for part in section.each_part)

    def place_of(self, key: str) -> Question | None:
        """The question, or the cell of a table, at which something with this key is attached."""
        places = (section.place_of(key) for section in self.sections)
        return next((place for place in places if place), None)

    @property
    def questions(self) -> Iterator[Question]:
        """All that expect an answer."""
        return (question for question in self.items if question.asks)

    @property
    def items(self) -> Iterator[Question]:
        """The questions, with what stands between them."""
        return (question for section in self.sections for question in section.questions)

    def fact(self, name: str, values: Mapping[str, Any]) -> Any:
        """The answer that gives a fact, of all values by question key."""
        return values.get(self.facts.get(name, ""))

    def months(self, values: Mapping[str, Any]) -> int | None:
        """How long the project lasts: as answered, or from its first day to its last; None where
        the form does not ask, or the answer is missing.
        """
        if "months" in self.facts:
            months = self.fact("months", values)
            return int(months) if months else None
        days = [self.fact(name, values) for name in ("starts_on", "ends_on")]
        if not all(days):
            return None
        first, last = map(date.fromisoformat, days)
        return months_between(first, last) if first <= last else None


def _doubts_about(
    question: Question, typed: Typed, in_files: Mapping[str, Sequence[Finding]]
) -> list[Finding]:
    written = [finding for text in question.prose(typed) for finding in findings(text)]
    attached = [found for key, found in in_files.items() if question.place_of(key)]
    return [*written, *(finding for found in attached for finding in found)]


def _storable_text(text: str) -> str:
    """One sign for a line end; NUL and unpaired surrogates, which no database keeps, are left
    out.
    """
    plain = re.sub(r"\r\n?", "\n", text)
    return re.sub("[\x00\ud800-\udfff]", "", plain)
