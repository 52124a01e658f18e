"""A report being written, as it is: what is typed, what it says, what is still to be corrected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from grants.granting.reporting.content import Content, Figures, problems
from grants.granting.reporting.models import Report, ReportDraft, ReportKind
from grants.granting.reporting.queries import budget_of, draft_of, figures, warnings_on
from grants.granting.reporting.questions import SPENT, content_of, report_form, typed_again
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questions import Beneficiaries
from grants.platform.questions.reading import Fault, Problem, Typed


class Progress(StrEnum):
    """How far a section has come."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it is."""

    section: Section
    typed: Typed
    attested: Sequence[str]
    version: int
    problems: Sequence[Problem]

    @property
    def progress(self) -> Progress:
        if not self.typed:
            return Progress.NOT_STARTED if self.problems else Progress.OPTIONAL
        return Progress.IN_PROGRESS if self.problems else Progress.COMPLETE


class Work:
    """The whole report, read once for a page or an act."""

    def __init__(self, session: Session, report: Report) -> None:
        self.session, self.report = session, report
        self.form: Form = report_form(budget_of(session, report.award_id))
        self._drafts = draft_of(session, report.id)

    @cached_property
    def parts(self) -> list[Part]:
        """Each section with its own problems, and those of the whole that it can correct."""
        sections = []
        for section in self.form.sections:
            draft = self._drafts.get(section.key)
            typed, attested = self._typed_answers(section), draft.attested if draft else []
            faults = section.read(typed, attested=attested).problems
            about = {fault.question for fault in faults}
            whole = [
                p
                for p in self._whole_problems
                if _asks_about(section, p) and p.question not in about
            ]
            sections.append(
                Part(section, typed, attested, draft.version if draft else 0, [*faults, *whole])
            )
        return sections

    def part(self, key: str) -> Part:
        section = self.form.section(key)
        return next(part for part in self.parts if part.section is section)

    def draft(self, key: str) -> ReportDraft | None:
        return self._drafts.get(key)

    @cached_property
    def values(self) -> dict[str, Any]:
        """Every answer that can be used, by question key."""
        return {
            key: value
            for section in self.form.sections
            for key, value in section.read(self._typed_answers(section)).values.items()
        }

    @cached_property
    def content(self) -> Content:
        """What the report would say if it were sent now."""
        return content_of(self.values)

    @cached_property
    def figures(self) -> Figures:
        """Budget against actual, with what is written so far."""
        return figures(self.session, self.report, self.content.expenditure)

    @cached_property
    def warnings(self) -> list[str]:
        """What to look at in the spending, once any is written."""
        return warnings_on(self.session, self.report, self.figures)

    @property
    def is_complete(self) -> bool:
        return not any(part.problems for part in self.parts)

    @property
    def is_final(self) -> bool:
        return self.report.kind is ReportKind.FINAL

    def _typed_answers(self, section: Section) -> Typed:
        draft = self._drafts.get(section.key)
        return draft.typed if draft else typed_again(self.report, section.key)

    @cached_property
    def _whole_problems(self) -> list[Problem]:
        """Where answers do not agree with each other, at the question that can correct it."""
        award = self.report.award.amount
        conflicts = problems(self.content, self.figures, award, final=self.is_final)
        return [self._problem_at(at, message) for at, message in self._placed_conflicts(conflicts)]

    def _problem_at(self, key: str, message: str) -> Problem:
        question = next(q for q in self.form.questions if q.key == key)
        empty = key == "beneficiaries" and not self.content.beneficiaries
        place = f"{question.name}-group" if isinstance(question, Beneficiaries) else question.name
        return Problem(key, place, message, Fault.MISSING if empty else Fault.WRONG)

    def _placed_conflicts(self, conflicts: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        for place, message in conflicts:
            if place == "expenditure":
                yield next(key for key in self._question_keys if key.startswith(SPENT)), message
            else:
                yield place, message

    @property
    def _question_keys(self) -> list[str]:
        return [question.key for question in self.form.questions]


def _asks_about(section: Section, problem: Problem) -> bool:
    return any(question.key == problem.question for question in section.questions)
