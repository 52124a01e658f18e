"""An application as it is: what is written, what it says, and what is still to be corrected."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.applications.models import Answers, Application, AttachedFile
from grants.applying.applications.queries import answers_of, files_of
from grants.applying.calls.limits import requested_in, rule_problems, ruled_in
from grants.applying.calls.models import Call
from grants.applying.drafts.doubts import in_files
from grants.applying.references.queries import letters_counted
from grants.core.kernel.money import Money
from grants.core.people.models import Organisation
from grants.platform.questionnaires.asking import left_out, with_asked_cells
from grants.platform.questionnaires.form import Answered, Form, Section
from grants.platform.questionnaires.merging import PREFILLED
from grants.platform.questionnaires.outcome import deciding_questions, outcome_of, shown_in
from grants.platform.questionnaires.parts import Part
from grants.platform.questionnaires.picking import with_picks
from grants.platform.questionnaires.stages import values_of_note
from grants.platform.questions import Table
from grants.platform.questions.personal import Finding
from grants.platform.questions.picked import picks_in
from grants.platform.questions.reading import Problem, Typed


@dataclass(frozen=True, slots=True)
class AnsweredPart(Part):
    """A section with its answers as they can be used."""

    answered: Answered
    copied: bool

    @property
    def is_untouched(self) -> bool:
        return self.answered.untouched

    @property
    def is_prefilled(self) -> bool:
        return self.copied


class Work:
    """The whole application, read once for a page or an act."""

    def __init__(
        self,
        call: Call,
        organisation: Organisation,
        answers: Mapping[str, Answers],
        files: Sequence[AttachedFile],
        note: Application | None = None,
        letters: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.letters = letters
        """How many letters of reference count as an answer, by question key."""
        self.call, self.organisation, self.answers, self.files = call, organisation, answers, files
        typed = typed_in(answers)
        form = with_picks(call.questionnaire, typed)
        names = _names_of(files)
        self.form: Form = with_asked_cells(form, typed, self._counts, names)
        submitted = note.submission if note else None
        self.note = values_of_note(submitted.snapshot) if submitted else {}
        """What the concept note answered, where rules are about it."""

    @classmethod
    def of(cls, session: Session, application: Application) -> "Work":
        return cls(
            application.call,
            application.organisation,
            answers_of(session, application.id),
            files_of(session, application.id),
            application.note if application.call.questionnaire.note else None,
            letters_counted(session, application, application.call.questionnaire),
        )

    @cached_property
    def in_files(self) -> dict[str, list[Finding]]:
        """What in the files may identify a victim, by question key."""
        return in_files(self.files)

    @cached_property
    def _counts(self) -> Counter[str]:
        """How many files, or letters, answer each question."""
        return Counter(file.question for file in self.files) + Counter(self.letters)

    def files_at(self, question: str) -> list[AttachedFile]:
        return [file for file in self.files if file.question == question]

    @cached_property
    def parts(self) -> list[AnsweredPart]:
        """Every section, those that are hidden too. What is hidden does not count."""
        counts = self._counts
        written = [self._written_in(section) for section in self.form.sections]
        read = [
            section.read(typed, counts, attested, self.in_files)
            for section, (typed, attested, _version) in zip(
                self.form.sections, written, strict=True
            )
        ]
        outcome = outcome_of(self.form, read, counts, self.note)
        values = {key: value for part in outcome.parts for key, value in part.values.items()}
        ruled = list(rule_problems(self.call, values))
        return [
            _part_of_section(
                section, row, answered, ruled, outcome.shown, copied=self._is_copied(section)
            )
            for section, row, answered in zip(
                self.form.sections, written, outcome.parts, strict=True
            )
        ]

    def _written_in(self, section: Section) -> tuple[Typed, Sequence[str], int]:
        row = self.answers.get(section.key)
        return (row.given, row.attested, row.version) if row else ({}, [], 0)

    def _is_copied(self, section: Section) -> bool:
        """Was all that the section says copied from the profile or another application?"""
        row = self.answers.get(section.key)
        marks = row.written.values() if row else ()
        return (
            all(mark.get("sheet") == PREFILLED.mark for mark in marks)
            and (bool(marks) or not (row and row.given))
            and not any(section.place_of(question) for question in self.letters)
            and all(
                file.document.uploaded_at < file.application.begun_at
                for file in self.files
                if section.place_of(file.question)
            )
        )

    @property
    def shown_parts(self) -> list[AnsweredPart]:
        """The sections in which anything is asked."""
        return [part for part in self.parts if part.is_shown]

    @property
    def counted_files(self) -> list[AttachedFile]:
        """The files of questions that are asked."""
        sections = [(part.section, part.hidden) for part in self.parts]
        hidden = {key for section, keys in sections for key in left_out(section, keys)}
        unasked = [q for section, _keys in sections for q in section.questions if q.key in hidden]
        return [
            file
            for file in self.files
            if file.question not in hidden
            and not any(question.place_of(file.question) for question in unasked)
        ]

    def part(self, key: str) -> AnsweredPart:
        section = self.form.section(key)
        return next(part for part in self.parts if part.section.key == section.key)

    @cached_property
    def values(self) -> dict[str, Any]:
        """Every answer that can be used, by question key."""
        return {key: value for part in self.parts for key, value in part.answered.values.items()}

    @property
    def requested(self) -> Money | None:
        """The amount asked for: the total of the budget, or the answer that names it."""
        return requested_in(self.form, self.values)

    def fact(self, name: str) -> Any:
        return self.form.fact(name, self.values)


def typed_in(answers: Mapping[str, Answers]) -> Typed:
    """What is typed in all sections."""
    return {name: texts for row in answers.values() for name, texts in row.given.items()}


def _names_of(files: Iterable[AttachedFile]) -> dict[str, list[str]]:
    """The names of files, by the key of the question or the cell at which they are attached."""
    names: dict[str, list[str]] = {}
    for file in files:
        names.setdefault(file.question, []).append(file.document.name)
    return names


def section_now(session: Session, application: Application, key: str) -> tuple[Section, list[str]]:
    """A section with what can be picked in it, and what it does not ask for the answers given so
    far: keys of questions, and of cells of tables. Only the answers that decide it are read.
    """
    form = application.call.questionnaire
    section = form.section(key)
    deciding = deciding_questions(form, section)
    tables = [q for q in section.questions if isinstance(q, Table) and q.has_conditions]
    if not deciding and not tables and not any(map(picks_in, section.questions)):
        return section, []
    answers = answers_of(session, application.id)
    typed = typed_in(answers)
    files = files_of(session, application.id)
    letters = letters_counted(session, application, form)
    counts = Counter(file.question for file in files) + Counter(letters)
    form = with_asked_cells(with_picks(form, typed), typed, counts, _names_of(files))
    values = {
        question.key: question.read(answers[part.key].given).value
        for part in form.sections
        for question in part.questions
        if question.key in deciding and part.key in answers
    }
    keys_shown = shown_in(form, values, counts)
    hidden = frozenset(q.key for q in section.questions if q.key not in keys_shown)
    return form.section(key), left_out(form.section(key), hidden)


def _part_of_section(
    section: Section,
    row: tuple[Typed, Sequence[str], int],
    answered: Answered,
    ruled: Sequence[Problem],
    keys_shown: frozenset[str],
    *,
    copied: bool,
) -> AnsweredPart:
    hidden = frozenset(q.key for q in section.questions if q.key not in keys_shown)
    problems = [*answered.problems, *ruled_in(section, ruled)]
    return AnsweredPart(section, *row, problems, hidden, answered, copied)
