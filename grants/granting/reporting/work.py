"""A report being written, as it is: what is typed, what it says, what is still to be corrected."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

from sqlalchemy.orm import Session

from grants.core.kernel.money import FUNCTIONAL_CURRENCY, currencies
from grants.granting.reporting.answers import content_of, typed_again
from grants.granting.reporting.content import Content, Figures, exchange_problems, problems
from grants.granting.reporting.differences import SpendingDifference, differences_in, unexplained
from grants.granting.reporting.files import files_of
from grants.granting.reporting.models import FileKind, Report, ReportDraft
from grants.granting.reporting.projects import call_form_of, promise_of, spending_lines
from grants.granting.reporting.queries import draft_of, figures, warnings_on
from grants.granting.reporting.questions import SPENT, part_of_section, report_form
from grants.granting.reporting.returned import corrections_of
from grants.granting.reporting.workflow import OPEN, PartAnswer, ReportState
from grants.platform.questionnaires.asking import with_asked_cells
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.outcome import Outcome, outcome_of
from grants.platform.questionnaires.parts import Part
from grants.platform.questions import Beneficiaries
from grants.platform.questions.reading import Fault, Problem, Typed, first_of


class Work:
    """The whole report, read once for a page or an act."""

    def __init__(self, session: Session, report: Report) -> None:
        self.session, self.report = session, report
        self.promise = promise_of(report.award)
        self._drafts = draft_of(session, report.id)
        self.lines = spending_lines(session, report.award)
        self.call_form = call_form_of(report)
        form = report_form(self.lines, self.promise.results, self._typed_currency(), self.call_form)
        typed = [self._typed_answers(section).items() for section in self.call_form.sections]
        self.form: Form = with_asked_cells(form, dict(chain.from_iterable(typed)))
        self.corrections = corrections_of(session, report)

    @cached_property
    def parts(self) -> list[Part]:
        """Each section with its own problems, and those of the whole that it can correct."""
        sections = []
        for section, answered in zip(self.form.sections, self._outcome.parts, strict=True):
            draft, typed = self._drafts.get(section.key), self._typed_answers(section)
            faults = answered.problems
            about = {fault.question for fault in faults}
            whole = [
                p
                for p in self._whole_problems
                if _asks_about(section, p) and p.question not in about
            ]
            sections.append(
                Part(
                    section,
                    typed,
                    self._attested_in(section),
                    draft.version if draft else 0,
                    [*faults, *whole],
                    frozenset(q.key for q in section.questions) - self._outcome.shown,
                )
            )
        return sections

    @property
    def shown_parts(self) -> list[Part]:
        """The sections in which anything is asked."""
        return [part for part in self.parts if part.is_shown]

    @cached_property
    def _outcome(self) -> Outcome:
        """What of the answers counts: what is not asked does not."""
        return outcome_of(
            self.form,
            [
                section.read(self._typed_answers(section), attested=self._attested_in(section))
                for section in self.form.sections
            ],
        )

    def _attested_in(self, section: Section) -> Sequence[str]:
        draft = self._drafts.get(section.key)
        return draft.attested if draft else []

    def part(self, key: str) -> Part:
        section = self.form.section(key)
        return next(part for part in self.parts if part.section is section)

    def draft(self, key: str) -> ReportDraft | None:
        return self._drafts.get(key)

    @cached_property
    def values(self) -> dict[str, Any]:
        """Every answer that can be used, by question key."""
        return {key: value for part in self._outcome.parts for key, value in part.values.items()}

    @cached_property
    def content(self) -> Content:
        """What the report would say if it were sent now."""
        answers = {section.key: self._typed_answers(section) for section in self.call_form.sections}
        return content_of(self.values, self.lines, answers)

    @property
    def line_texts(self) -> dict[str, str]:
        """What is written of each own budget line, in USD."""
        return {key: str(amount) for key, amount in self.content.lines.items()}

    @cached_property
    def figures(self) -> Figures:
        """Budget against actual, with what is written so far."""
        return figures(self.session, self.report, self.content.expenditure)

    @cached_property
    def differences(self) -> list[SpendingDifference]:
        """The lines whose spending so far is to be explained, once their figures are entered."""
        return [
            difference
            for difference in differences_in(self.session, self.report, self.content)
            if self.values.get(f"{SPENT}{difference.key}") is not None
        ]

    @cached_property
    def warnings(self) -> list[str]:
        """What to look at in the spending, once any is written."""
        return warnings_on(self.session, self.report, self.figures)

    def is_open(self, part: Part) -> bool:
        """May this section be changed? Of a report that came back: what was returned, and what
        no longer agrees with the rest where the fund has not accepted it.
        """
        if self.report.state is not ReportState.SENT_BACK or not self.corrections:
            return self.report.state in OPEN
        if part.section.key in self.corrections:
            return True
        answer = self.report.answer_to(part_of_section(part.section.key))
        return bool(part.problems) and answer is not PartAnswer.ACCEPTED

    @property
    def is_complete(self) -> bool:
        return not any(part.problems for part in self.parts)

    def _typed_currency(self) -> str:
        """The currency that amounts are typed in: chosen in the draft, or as submitted."""
        draft = self._drafts.get("money")
        typed = draft.typed if draft else typed_again(self.report, "money")
        chosen = first_of(typed, "q_currency")
        return chosen if chosen in currencies() else FUNCTIONAL_CURRENCY

    @property
    def has_evidence(self) -> bool:
        """Does a file show the exchange rate?"""
        return any(file.kind is FileKind.RATE for file in files_of(self.session, self.report))

    def _typed_answers(self, section: Section) -> Typed:
        draft = self._drafts.get(section.key)
        return draft.typed if draft else typed_again(self.report, section.key)

    @cached_property
    def _whole_problems(self) -> list[Problem]:
        """Where answers do not agree with each other, at the question that can correct it."""
        award = self.report.award.amount
        conflicts = [
            *exchange_problems(self.content, has_evidence=self.has_evidence),
            *problems(self.content, self.figures, award),
            *unexplained(self.differences),
        ]
        return [self._problem_at(at, message) for at, message in self._placed_conflicts(conflicts)]

    def _problem_at(self, key: str, message: str) -> Problem:
        question = next(q for q in self.form.questions if q.key == key)
        empty = key == "beneficiaries" and not self.content.beneficiaries
        place = f"{question.name}-group" if isinstance(question, Beneficiaries) else question.name
        return Problem(key, place, message, Fault.MISSING if empty else Fault.WRONG)

    def _placed_conflicts(self, conflicts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
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
